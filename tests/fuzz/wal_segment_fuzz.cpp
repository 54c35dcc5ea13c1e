/// A segment with any content: the scan ends, and what it takes for intact
/// can be written again.

#include "runtime/wal/hard_state_file.hpp"
#include "runtime/wal/record.hpp"
#include "runtime/wal/segment.hpp"

using namespace troupe;
using namespace troupe::wal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view file{reinterpret_cast<const char*>(data), size};
  static_cast<void>(read_hard_state(file, std::nullopt));
  const auto header = read_segment_header(file, 1, std::nullopt);
  // Without a valid header the frames are tried all the same.
  auto place = header ? header->first : frame_place{1, 0};
  const auto alignment = header ? header->frame_alignment : 512;
  for (;;) {
    const auto stop =
        scan_frames(file, alignment, place, [](std::vector<record> records) {
          bytes again;
          for (const auto& value : records)
            append_record(again, value, 1);
        });
    if (!stop || !stop->resume || stop->resume->offset <= place.offset)
      return 0;
    place = *stop->resume;
  }
}

/// A segment or hard state file with any content: the scan ends, and what it
/// takes for intact can be written again. Each input is also read with its
/// checksums put right.

#include "runtime/wal/hard_state_file.hpp"
#include "runtime/wal/record.hpp"
#include "runtime/wal/segment.hpp"
#include "tests/fuzz/wal_seal.hpp"

using namespace troupe;
using namespace troupe::wal;

namespace {

void scan(bytes_view file) {
  const auto header = read_segment_header(file, 1, std::nullopt);
  // Without a valid header the frames are tried all the same.
  auto place = header ? header->first : frame_place{1, 0};
  const auto alignment = header ? header->frame_alignment : sector_octets;
  for (;;) {
    const auto stop =
        scan_frames(file, alignment, place, [](std::vector<record> records) {
          bytes again;
          for (const auto& value : records)
            append_record(again, value, 1);
        });
    if (!stop || !stop->resume || stop->resume->offset <= place.offset)
      return;
    place = *stop->resume;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  bytes file{reinterpret_cast<const char*>(data), size};
  scan(file);
  static_cast<void>(read_hard_state(file, std::nullopt));
  auto slots = file;
  for (std::size_t slot : {0, 1})
    fuzz::seal_page(slots, slot * hard_state_slot_octets,
                    hard_state_slot_octets);
  static_cast<void>(read_hard_state(slots, std::nullopt));
  auto headless = file;
  fuzz::seal_segment(headless, 0);
  scan(headless);
  fuzz::seal_segment(file, segment_header_octets);
  scan(file);
  return 0;
}

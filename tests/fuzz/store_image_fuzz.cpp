#include "messages/base/check.hpp"
#include "messages/base/crc32c.hpp"
#include "runtime/store/image_record.hpp"
#include "runtime/store/store_image.hpp"

using namespace troupe;

namespace {

/// Ends the whole records at the front of `file` with a record that counts and
/// sums them, so that changes to the others are not refused for it.
bytes sealed(bytes_view file) {
  bytes out;
  std::uint64_t records = 0;
  while (file.size() >= 4) {
    std::size_t length = 4;
    for (std::size_t i = 0; i < 4; ++i)
      length += std::size_t{static_cast<std::uint8_t>(file[i])} << (8 * i);
    if (length > file.size())
      break;
    const auto record = store::image::read_record(file.substr(4, length - 4));
    if (!record || std::holds_alternative<store::image::end_record>(*record))
      break;
    out += file.substr(0, length);
    file.remove_prefix(length);
    ++records;
  }
  wire::writer end;
  store::image::write_end(end, {records, crc32c(out)});
  const auto record = std::move(end).take();
  for (auto shift : {0, 8, 16, 24})
    out.push_back(static_cast<char>(record.size() >> shift & 0xff));
  return out + record;
}

void load(bytes input) {
  const auto source = [&]() -> result<bytes> {
    return std::exchange(input, {});
  };
  const auto loaded = store::read_image(source);
  if (!loaded)
    return;
  const auto root = loaded->snapshot();
  const auto written =
      store::write_image(*root, [&](bytes_view chunk) -> status_result {
        input += chunk;
        return unit{};
      });
  TROUPE_CHECK(written.has_value(), "the sink takes everything");
  const auto again = store::read_image(source);
  TROUPE_CHECK(again.has_value(), "what was written can be read");
  TROUPE_CHECK(state_hash(*again->snapshot()) == state_hash(*root),
               "a store survives its image");
}

} // namespace

/// Whatever loads as a store is one: its image loads as the same state. Each
/// input is also read with an end that fits it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view file{reinterpret_cast<const char*>(data), size};
  load(bytes{file});
  load(sealed(file));
  return 0;
}

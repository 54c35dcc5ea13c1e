#include "messages/base/check.hpp"
#include "runtime/store/store_image.hpp"

using namespace troupe;

/// Whatever loads as a store is one: its image loads as the same state.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  bytes input{reinterpret_cast<const char*>(data), size};
  auto source = [&]() -> result<bytes> { return std::exchange(input, {}); };
  auto loaded = store::read_image(source);
  if (!loaded)
    return 0;
  auto root = loaded->snapshot();
  auto written =
      store::write_image(*root, [&](bytes_view chunk) -> status_result {
        input += chunk;
        return unit{};
      });
  TROUPE_CHECK(written.has_value(), "the sink takes everything");
  auto again = store::read_image(source);
  TROUPE_CHECK(again.has_value(), "what was written can be read");
  TROUPE_CHECK(state_hash(*again->snapshot()) == state_hash(*root),
               "a store survives its image");
  return 0;
}

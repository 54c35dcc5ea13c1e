#include "messages/protocol/stream_frame.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

stream_frame full_frame() {
  return {frame_kind::data,  true, 70000, 3, message_type::log_open, "a text",
          bytes{"\0data", 5}};
}

} // namespace

TEST_CASE("frames have the octets of their version", "[protocol]") {
  struct row {
    const char* name;
    stream_frame value;
  };
  const row rows[] = {{"full", full_frame()}, {"least", {}}};
  for (auto& [name, value] : rows) {
    CAPTURE(name);
    auto made = encode_frame(value);
    auto path = std::string{"stream_frame/"} + name + "_v1.hex";
    CHECK(to_hex(made) == to_hex(golden(path, made)));
    auto read = decode_frame(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("frames that are none", "[protocol]") {
  auto made = encode_frame(full_frame());
  for (std::size_t i = 0; i < made.size(); ++i)
    CHECK_FALSE(decode_frame(made.substr(0, i)).has_value());
  CHECK(decode_frame("\x80").error().code == errc::corrupt);
  CHECK(decode_frame("\x81\x01\x0a").error().code == errc::unsupported);
  CHECK(decode_frame(bytes{"\x81\x01\x00", 3}).error().code
        == errc::unsupported);
}

TEST_CASE("a frame's text is cut at its limit", "[protocol]") {
  auto value = full_frame();
  value.text.assign(frame_text_max + 1, 'x');
  auto read = decode_frame(encode_frame(value));
  REQUIRE(read.has_value());
  CHECK(read->text.size() == frame_text_max);
}

#include "messages/codec/protobuf.hpp"
#include "tests/unit/messages/codec/json_widget.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::codec;
using namespace std::string_literals;

namespace {

/// A length-delimited field; everything in these tests is short.
bytes field(int number, const bytes& octets) {
  return bytes{static_cast<char>(number << 3 | 2)}
         + static_cast<char>(octets.size()) + octets;
}

bytes body(const bytes& raw) {
  return "k8s\0"s + field(1, field(1, "v1") + field(2, "Widget"))
         + field(2, raw);
}

const schema::type_desc* lookup(std::string_view version,
                                std::string_view kind) {
  return version == "v1" && kind == "Widget" ? &widget::type() : nullptr;
}

std::string parts_json(const bytes& raw) {
  auto got = decode_protobuf(body(raw), lookup);
  return got ? encode_json(*got->doc.root().find(13), &widget::part())
             : got.error().message;
}

} // namespace

TEST_CASE("what is malformed is refused") {
  struct row {
    std::string name;
    bytes given;
  };

  for (const auto& x : {
           row{"no magic", "{}"},
           row{"no envelope", "k8s\0\xff"s},
           row{"truncated raw", body("").substr(0, 10)},
           row{"length beyond the end", body("\x32\x7f")},
           row{"endless varint", body("\x18" + bytes(11, '\xff'))},
           row{"group", body("\x33\x34")},
           row{"field zero", body("\x02\x00"s)},
           row{"varint where text belongs", body("\x30\x01")},
           row{"no UTF-8", body(field(6, "\xff"))},
           row{"bad quantity", body(field(8, field(1, "x")))},
           row{"time out of range",
               body(field(10, "\x10\xff\xff\xff\xff\x0f"))},
           row{"raw that is no JSON",
               body("\x8a\x01" + ("\x03" + field(1, "{")))},
           row{"compressed", body("") + field(3, "gzip")},
           row{"other type", body("") + field(4, "application/json")},
       }) {
    INFO(x.name);
    auto got = decode_protobuf(x.given, lookup);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_argument);
  }
}

TEST_CASE("an unknown kind is named") {
  auto got = decode_protobuf(
      "k8s\0"s + field(1, field(1, "x/v2") + field(2, "Gear")), lookup);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::not_found);
  CHECK(got.error().message
        == "no kind \"Gear\" is registered for version \"x/v2\"");
}

TEST_CASE("an inlined message gives its fields to its parent") {
  const auto port = field(2, "\x08\x00\x10\x50"s);
  CHECK(parts_json(field(13, field(1, "p") + field(3, field(1, "/x") + port)))
        == R"([{"name":"p","path":"/x","port":80}])");
}

TEST_CASE("lists come packed or not, scattered or together") {
  auto got = decode_protobuf(
      body("\x82\x01\x02\x01\x02" + field(6, "x") + "\x80\x01\x03"), lookup);
  REQUIRE(got);
  const auto* numbers = got->doc.root().find(16);
  REQUIRE(numbers->size() == 3);
  CHECK(numbers->items()[2]->integer() == 3);
}

TEST_CASE("a message that comes twice is merged") {
  const auto& metadata = widget::metadata();
  auto got = decode_protobuf(
      body(field(1, field(1, "a")) + field(1, field(6, "7"))), lookup);
  REQUIRE(got);
  CHECK(encode_json(*got->doc.root().find(1), &metadata)
        == R"({"name":"a","resourceVersion":"7","creationTimestamp":null})");
}

TEST_CASE("protobuf past a limit is too large") {
  const auto data = body(field(1, field(1, "a")) + field(6, "x"));
  CHECK(decode_protobuf(data, lookup));
  for (const auto& limits :
       {protobuf_limits{.size_max = data.size() - 1},
        protobuf_limits{.depth_max = 1}, protobuf_limits{.nodes_max = 2}}) {
    auto got = decode_protobuf(data, lookup, limits);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::too_large);
  }
}

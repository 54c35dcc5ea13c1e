#include "messages/protocol/actor_tree.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actor_tree;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

row some_row(std::string address) {
  return {std::move(address),
          "state",
          "running",
          2,
          3,
          70000,
          1,
          std::chrono::milliseconds{1500}};
}

} // namespace

TEST_CASE("actor tree requests have the octets of their version",
          "[protocol]") {
  struct sample {
    const char* name;
    request value;
  };
  const sample samples[] = {{"list", {verb::list, ""}},
                            {"list_after", {verb::list, "/node/n1/agent"}},
                            {"kill", {verb::kill, "/server/s1/state/main"}}};
  for (const auto& [name, value] : samples) {
    CAPTURE(name);
    const auto made = encode(value);
    CHECK(
        to_hex(made)
        == to_hex(golden(std::string{"actor_tree/"} + name + "_v1.hex", made)));
    const auto read = decode_request(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("actor tree answers have the octets of their version", "[protocol]") {
  struct sample {
    const char* name;
    answer value;
  };
  const sample samples[] = {
      {"done", {}},
      {"unknown", {outcome::unknown, {}, false}},
      {"rows", {outcome::done, {some_row("/server/s1"), {}}, true}}};
  for (const auto& [name, value] : samples) {
    CAPTURE(name);
    const auto made = encode(value);
    CHECK(
        to_hex(made)
        == to_hex(golden(std::string{"actor_tree/"} + name + "_v1.hex", made)));
    const auto read = decode_answer(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("the largest answer fits into a packet", "[protocol]") {
  answer value;
  for (std::size_t i = 0; i < rows_max; ++i)
    value.rows.push_back({std::string(address_max, 'a'), std::string(64, 'k'),
                          "backing-off", UINT64_MAX, UINT64_MAX, UINT64_MAX,
                          UINT64_MAX, duration::max()});
  const auto made = encode(value);
  CHECK(made.size() <= packet_max);
  CHECK(decode_answer(made).has_value());
}

TEST_CASE("actor tree packets that are refused", "[protocol]") {
  using namespace std::string_literals;
  struct sample {
    const char* name;
    bytes data;
    errc code;
  };
  const sample samples[] = {
      {"empty", "", errc::corrupt},
      {"a verb of the future", "\x81\x01\x09"s, errc::unsupported},
      {"an uptime past the end of time",
       "\x81\x02\x91\x81\x08\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s,
       errc::corrupt},
      {"more than a packet", bytes(packet_max + 1, 'x'), errc::too_large}};
  for (const auto& [name, data, code] : samples) {
    CAPTURE(name);
    const auto asked = decode_request(data);
    const auto answered = decode_answer(data);
    CHECK((!asked || !answered));
    const auto& why = asked ? answered.error() : asked.error();
    CHECK(why.code == code);
  }
}

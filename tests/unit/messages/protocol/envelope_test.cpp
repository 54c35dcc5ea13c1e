#include "messages/protocol/envelope.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

envelope full_envelope() {
  envelope e;
  e.cluster_uid = "6d0f9c1e-0000-4000-8000-00000000000a";
  e.sender = "/server/s1/state/main";
  e.incarnation = 70000;
  e.recipient = "/server/any/state/main";
  e.recipient_incarnation = 70001;
  e.correlation_id = 42;
  e.time_left = std::chrono::seconds{5};
  e.trace = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  e.type = message_type::propose;
  e.payload = "payload";
  return e;
}

envelope least_envelope() {
  envelope e;
  e.cluster_uid = "c";
  e.sender = "/s";
  e.recipient = "/r";
  e.type = message_type::propose_outcome;
  return e;
}

} // namespace

TEST_CASE("envelopes have the octets of their version for ever", "[protocol]") {
  struct row {
    const char* name;
    envelope value;
  };
  const row rows[] = {{"full", full_envelope()}, {"least", least_envelope()}};
  for (auto& [name, value] : rows) {
    CAPTURE(name);
    auto made = encode_envelope(value);
    REQUIRE(made.has_value());
    auto want =
        golden(std::string{"envelope/envelope_v1_"} + name + ".hex", *made);
    CHECK(to_hex(*made) == to_hex(want));
    auto read = decode_envelope(want);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("an envelope of a newer version", "[protocol]") {
  auto value = full_envelope();
  value.version = 2;
  value.type = message_type{99999};
  auto made = *encode_envelope(value);
  // One more field at the end: 200: [true].
  made[0] = static_cast<char>(made[0] + 1);
  auto read = decode_envelope(made + "\xcc\xc8\x91\xc3");
  REQUIRE(read.has_value());
  CHECK(*read == value);
  CHECK(to_string(read->type).empty());

  value.compat_version = 2;
  auto refused = decode_envelope(*encode_envelope(value));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::unsupported);
}

TEST_CASE("an envelope cut anywhere is refused", "[protocol]") {
  auto made = *encode_envelope(full_envelope());
  for (std::size_t i = 0; i < made.size(); ++i)
    CHECK_FALSE(decode_envelope(made.substr(0, i)).has_value());
}

TEST_CASE("an envelope past its limits is not written", "[protocol]") {
  auto large = full_envelope();
  large.payload.assign(payload_max + 1, 'x');
  CHECK(encode_envelope(large).error().code == errc::too_large);
  auto nameless = full_envelope();
  nameless.sender.clear();
  CHECK(encode_envelope(nameless).error().code == errc::invalid_argument);
  auto aimless = full_envelope();
  aimless.recipient.clear();
  CHECK(encode_envelope(aimless).error().code == errc::invalid_argument);
  auto late = full_envelope();
  late.time_left = duration{-1};
  CHECK(encode_envelope(late).error().code == errc::invalid_argument);
}

#include "messages/protocol/store_codec.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::store;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

proposal full_proposal() {
  proposal p;
  p.id = proposal_id{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}};
  p.deadline = wall_time{duration{1'700'000'000'123'456'789}};
  p.fence = fence{"controller/garbage-collector", revision{300}};
  p.guards = {key_absent{"core/configmaps/a/x"},
              key_at_revision{"core/configmaps/a/y", revision{70000}},
              key_has_uid{"core/configmaps/a/z", "uid-1"},
              key_present{"core/namespaces/a"}, namespace_active{"a"}};
  columns c;
  c.uid = "2f1e9d0c-0000-4000-8000-000000000001";
  c.labels = {{"app", "web"}, {"tier", ""}};
  c.fields = {{"metadata.name", "x"}};
  c.owner_uids = {"uid-1", "uid-2"};
  c.deleting = true;
  p.ops = {put{"core/configmaps/a/x", make_shared_bytes(bytes(300, '\xff')), c},
           put{"core/configmaps/a/y", make_shared_bytes(""), {}},
           erase{"core/configmaps/a/z"}};
  return p;
}

proposal least_proposal() {
  proposal p;
  p.deadline = wall_time{duration{-1}};
  return p;
}

struct command_row {
  const char* name;
  command value;
};

std::vector<command_row> commands() {
  return {{"proposal_full", full_proposal()},
          {"proposal_least", least_proposal()},
          {"raise_fence", raise_fence{"scheduler", revision{1ull << 40}}},
          {"compact", compact{revision{65535}}}};
}

struct outcome_row {
  const char* name;
  propose_outcome value;
};

std::vector<outcome_row> outcomes() {
  return {{"committed",
           committed{{{revision{7}, true}, {revision{1ull << 33}, false}}}},
          {"guard_failed", guard_failed{2, revision{129}}},
          {"fenced_off", fenced_off{revision{12}}},
          {"outcome_compacted", outcome_compacted{}},
          {"not_leader", not_leader{"s2"}},
          {"outcome_unknown", outcome_unknown{}},
          {"proposal_expired", proposal_expired{}},
          {"overloaded", overloaded{"the store is full"}}};
}

errc refusal(bytes_view data) {
  auto decoded = decode_command(data);
  REQUIRE_FALSE(decoded.has_value());
  return decoded.error().code;
}

bytes operator""_octets(const char* text, std::size_t size) {
  return bytes{text, size};
}

} // namespace

TEST_CASE("commands have the octets of their version for ever", "[protocol]") {
  for (auto& [name, value] : commands()) {
    CAPTURE(name);
    auto made = encode_command(value);
    REQUIRE(made.has_value());
    auto want = golden(std::string{"store/command_v1_"} + name + ".hex", *made);
    CHECK(to_hex(*made) == to_hex(want));
    auto read = decode_command(want);
    REQUIRE(read.has_value());
    CHECK(to_hex(*encode_command(*read)) == to_hex(want));
  }
}

TEST_CASE("a decoded proposal is the one encoded", "[protocol]") {
  auto given = full_proposal();
  auto read = decode_command(*encode_command(given));
  REQUIRE(read.has_value());
  auto& got = std::get<proposal>(*read);
  CHECK(got.id == given.id);
  CHECK(got.deadline == given.deadline);
  CHECK(got.fence->name == given.fence->name);
  CHECK(got.fence->epoch == given.fence->epoch);
  REQUIRE(got.guards.size() == 5);
  CHECK(std::get<key_at_revision>(got.guards[1]).at == revision{70000});
  CHECK(std::get<key_has_uid>(got.guards[2]).uid == "uid-1");
  CHECK(std::get<namespace_active>(got.guards[4]).name == "a");
  REQUIRE(got.ops.size() == 3);
  auto& first = std::get<put>(got.ops[0]);
  CHECK(*first.value == *std::get<put>(given.ops[0]).value);
  CHECK(first.columns == std::get<put>(given.ops[0]).columns);
  CHECK(std::get<erase>(got.ops[2]).key == "core/configmaps/a/z");
}

TEST_CASE("outcomes have the octets of their version for ever", "[protocol]") {
  for (auto& [name, value] : outcomes()) {
    CAPTURE(name);
    auto made = encode_outcome(value);
    REQUIRE(made.has_value());
    auto want = golden(std::string{"store/outcome_v1_"} + name + ".hex", *made);
    CHECK(to_hex(*made) == to_hex(want));
    auto read = decode_outcome(want);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("what no reader could take is not written", "[protocol]") {
  auto refused = [](op o) {
    proposal p;
    p.ops = {std::move(o)};
    return !encode_command(p).has_value();
  };
  auto value = make_shared_bytes("v");
  CHECK_FALSE(refused(put{bytes(key_max, 'k'), value, {}}));
  CHECK(refused(put{bytes(key_max + 1, 'k'), value, {}}));
  CHECK(refused(put{"", value, {}}));
  CHECK(refused(put{"k", nullptr, {}}));
  CHECK(refused(put{"k", make_shared_bytes(bytes(value_max + 1, 'v')), {}}));
  CHECK(refused(put{"k", value, {.uid = bytes(uid_max + 1, 'u')}}));
  CHECK(refused(
      put{"k", value, {.labels = {{"n", bytes(column_value_max + 1, 'v')}}}}));
  CHECK(refused(erase{""}));
  proposal many;
  many.ops.assign(ops_max + 1, erase{"k"});
  CHECK_FALSE(encode_command(many).has_value());
  proposal large;
  large.ops.assign(3, put{"k", make_shared_bytes(bytes(value_max, 'v')), {}});
  CHECK(encode_command(large).error().code == errc::too_large);
}

TEST_CASE("malformed commands are refused", "[protocol]") {
  struct row {
    const char* name;
    bytes given;
    errc want;
  };
  const row rows[] = {
      {"nothing", "", errc::corrupt},
      {"not a map", "\x01", errc::corrupt},
      {"no body", "\x81\x01\x01"_octets, errc::corrupt},
      {"newer version", "\x82\x01\x02\x04\x81\x01\x05"_octets,
       errc::unsupported},
      {"unknown body", "\x82\x01\x01\x05\x80"_octets, errc::unsupported},
      {"unknown field", "\x82\x01\x01\x04\x81\x02\x05"_octets,
       errc::unsupported},
      {"two bodies", "\x83\x01\x01\x03\x81\x01\xc4\x01n\x04\x81\x01\x05"_octets,
       errc::corrupt},
      {"descending ids", "\x82\x04\x81\x01\x05\x01\x01"_octets, errc::corrupt},
      {"integer not minimal", "\x82\x01\x01\x04\x81\x01\xcc\x05"_octets,
       errc::corrupt},
      {"cut short", "\x82\x01\x01\x04\x81\x01"_octets, errc::corrupt},
      {"octets behind", "\x82\x01\x01\x04\x81\x01\x05\x00"_octets,
       errc::corrupt},
      {"claims many guards",
       "\x82\x01\x01\x02\x83\x01\xc4\x10"
       "0123456789abcdef"
       "\x02\x00\x04\xdd\xff\xff\xff\xff"_octets,
       errc::too_large},
  };
  for (auto& [name, given, want] : rows) {
    CAPTURE(name);
    CHECK(refusal(given) == want);
  }
  CHECK(refusal(bytes(command_max + 1, '\0')) == errc::too_large);
}

TEST_CASE("outcomes of newer compatible versions are understood",
          "[protocol]") {
  // version 9, compat_version 1, not_leader {1: "s1", 7: [nil, {}]}, 90: 1.5
  auto newer = decode_outcome("\x84\x01\x09\x02\x01\x0e\x82\x01\xa2s1\x07\x92"
                              "\xc0\x80\x5a\xcb\x3f\xf8\0\0\0\0\0\0"_octets);
  REQUIRE(newer.has_value());
  CHECK(*newer == propose_outcome{not_leader{"s1"}});
  auto too_new = decode_outcome("\x83\x01\x09\x02\x09\x0d\x80"_octets);
  REQUIRE_FALSE(too_new.has_value());
  CHECK(too_new.error().code == errc::unsupported);
}

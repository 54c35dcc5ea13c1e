#include "messages/protocol/replica_message.hpp"
#include "messages/protocol/store_codec.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::state;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

replica_message request() {
  forward_request out;
  out.group = raft::group_id{1};
  out.term = raft::term{7};
  out.from = raft::member_id{"s2"};
  out.to = raft::member_id{"s1"};
  out.life = 0x0123456789abcdef;
  out.number = 4;
  out.commands.push_back({9, wall_time{std::chrono::seconds{1'800'000'000}},
                          make_shared_bytes("a command")});
  out.commands.push_back({10, {}, make_shared_bytes("")});
  return out;
}

replica_message answer() {
  forward_answer out;
  out.group = raft::group_id{1};
  out.from = raft::member_id{"s1"};
  out.to = raft::member_id{"s2"};
  out.life = 0x0123456789abcdef;
  out.outcomes.push_back({4, 9, raft::log_index{70},
                          store::committed{{{store::revision{12}, true}}}});
  out.outcomes.push_back({4, 10, raft::log_index{71}, store::not_leader{"s3"}});
  return out;
}

replica_message of_raft() {
  return raft::message{raft::group_id{1}, raft::term{2}, raft::member_id{"s1"},
                       raft::member_id{"s2"}, raft::heartbeat{}};
}

} // namespace

TEST_CASE("replicas' messages have the octets of their version") {
  struct row {
    const char* name;
    replica_message value;
  };
  const row rows[] = {
      {"request", request()}, {"answer", answer()}, {"raft", of_raft()}};
  for (auto& [name, value] : rows) {
    CAPTURE(name);
    const auto made = encode(value);
    const auto path = std::string{"replica/"} + name + "_v1.hex";
    CHECK(to_hex(made) == to_hex(golden(path, made)));
    const auto read = decode_replica_message(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
    for (std::size_t i = 0; i < made.size(); ++i)
      CHECK_FALSE(decode_replica_message(made.substr(0, i)).has_value());
  }
}

TEST_CASE("messages name who sent them, and to whom") {
  CHECK(sender_of(request()) == raft::member_id{"s2"});
  CHECK(receiver_of(answer()) == raft::member_id{"s2"});
  CHECK(sender_of(of_raft()) == raft::member_id{"s1"});
}

TEST_CASE("replicas' messages that are none") {
  CHECK(decode_replica_message("\x07").error().code == errc::unsupported);
  CHECK(decode_replica_message("\x01\x90").error().code == errc::corrupt);
  // A command without a payload.
  CHECK(decode_replica_message("\x01\x81\x05\x91\x81\x01\x01").error().code
        == errc::corrupt);
  // An outcome too many.
  CHECK(decode_replica_message("\x02\x81\x05\xdc\x10\x01").error().code
        == errc::too_large);
}

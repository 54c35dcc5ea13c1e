#include "messages/protocol/raft_codec.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace troupe::raft {

namespace {

struct sample {
  const char* name;
  message_body body;
};

std::vector<sample> samples() {
  const auto at = [](std::uint64_t index, std::uint64_t t) {
    return log_position{log_index{index}, raft::term{t}};
  };
  const auto data = make_shared_bytes("payload");
  return {
      {"vote_request", vote_request{at(9, 2), true, false}},
      {"vote_response", vote_response{false, true}},
      {"append_request",
       append_request{at(9, 2),
                      log_index{8},
                      {{at(10, 3), entry_kind::no_op, nullptr},
                       {at(11, 3), entry_kind::command, data}}}},
      {"append_accepted", append_accepted{log_index{11}}},
      {"append_rejected", append_rejected{log_index{11}, at(7, 1), true}},
      {"heartbeat", heartbeat{log_index{8}, read_context{300}}},
      {"heartbeat_response", heartbeat_response{read_context{300}}},
      {"read_request", read_request{read_context{1}}},
      {"read_response", read_response{read_context{1}, log_index{8}, true}},
      {"snapshot_chunk", snapshot_chunk{at(70000, 3), 262144, true, data}},
      {"snapshot_ack", snapshot_ack{log_index{70000}, 262151}},
      {"timeout_now", timeout_now{}},
      {"tail_request", tail_request{}},
      {"tail_response", tail_response{{log_index{9}, raft::term{4}}}},
  };
}

message wrap(message_body body) {
  return {group_id{1}, raft::term{3}, member_id{"s1"}, member_id{"s2"},
          std::move(body)};
}

} // namespace

TEST_CASE("raft messages keep the octets of version 1", "[raft]") {
  const std::filesystem::path folder{TROUPE_TEST_DATA "/compat/raft/v1"};
  const auto* rewrite = std::getenv("TROUPE_REWRITE");
  for (const auto& s : samples()) {
    INFO(s.name);
    const auto file = folder / (std::string{s.name} + ".msgpack");
    const auto octets = encode(wrap(s.body));
    if (rewrite != nullptr && std::string{rewrite} == "1")
      std::ofstream{file, std::ios::binary} << octets;
    std::ifstream in{file, std::ios::binary};
    const std::string golden{std::istreambuf_iterator<char>{in}, {}};
    CHECK(octets == golden);
    const auto back = decode(golden);
    REQUIRE(back);
    CHECK(*back == wrap(s.body));
  }
}

TEST_CASE("every cut of a raft message is refused", "[raft]") {
  for (const auto& s : samples()) {
    const auto octets = encode(wrap(s.body));
    for (std::size_t n = 0; n < octets.size(); ++n)
      CHECK_FALSE(decode(bytes_view{octets}.substr(0, n)));
    CHECK_FALSE(decode(octets + '\0'));
  }
}

TEST_CASE("raft messages past their limits are refused", "[raft]") {
  const auto gap = append_request{
      {}, {}, {{{log_index{2}, raft::term{1}}, entry_kind::no_op, nullptr}}};
  CHECK(decode(encode(wrap(gap))).error().code == errc::corrupt);
  auto long_name = wrap(timeout_now{});
  long_name.from = member_id{std::string(member_id_length_max + 1, 'x')};
  CHECK(decode(encode(long_name)).error().code == errc::too_large);
  CHECK(decode(bytes(message_bytes_max + 1, '\0')).error().code
        == errc::too_large);
  auto newer = encode(wrap(timeout_now{}));
  newer[2] = 2; // compat_version
  CHECK(decode(newer).error().code == errc::unsupported);
}

} // namespace troupe::raft

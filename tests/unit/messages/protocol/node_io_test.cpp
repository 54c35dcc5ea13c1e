#include "messages/protocol/node_io.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::node_io;
using troupe::test::golden;
using troupe::test::to_hex;

namespace {

container_ref some_container() {
  return {"default", "web", "6d0f9c1e-0000-4000-8000-00000000000a", "nginx"};
}

log_request full_log_request() {
  log_request value;
  value.from = some_container();
  value.follow = true;
  value.previous = true;
  value.timestamps = true;
  value.tail_lines = 0;
  value.limit_octets = 70000;
  value.since = wall_time{duration{1'700'000'000'000'000'000}};
  return value;
}

command_request full_command_request() {
  return {
      some_container(), {"sh", "-c", "", "echo $0"}, true, true, true, true};
}

} // namespace

TEST_CASE("log requests have the octets of their version", "[protocol]") {
  struct row {
    const char* name;
    log_request value;
  };
  const row rows[] = {{"log_full", full_log_request()}, {"log_least", {}}};
  for (auto& [name, value] : rows) {
    CAPTURE(name);
    auto made = encode(value);
    CHECK(to_hex(made)
          == to_hex(golden(std::string{"node_io/"} + name + "_v1.hex", made)));
    auto read = decode_log_request(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("command requests have the octets of their version", "[protocol]") {
  struct row {
    const char* name;
    command_request value;
  };
  const row rows[] = {{"command_full", full_command_request()},
                      {"command_least", {}}};
  for (auto& [name, value] : rows) {
    CAPTURE(name);
    auto made = encode(value);
    CHECK(to_hex(made)
          == to_hex(golden(std::string{"node_io/"} + name + "_v1.hex", made)));
    auto read = decode_command_request(made);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("node requests cut anywhere are refused", "[protocol]") {
  auto log = encode(full_log_request());
  for (std::size_t i = 0; i < log.size(); ++i)
    CHECK_FALSE(decode_log_request(log.substr(0, i)).has_value());
  auto command = encode(full_command_request());
  for (std::size_t i = 0; i < command.size(); ++i)
    CHECK_FALSE(decode_command_request(command.substr(0, i)).has_value());
}

TEST_CASE("node requests past their limits are refused", "[protocol]") {
  auto long_name = full_log_request();
  long_name.from.pod.assign(254, 'x');
  CHECK(decode_log_request(encode(long_name)).error().code == errc::too_large);
  auto negative = full_log_request();
  negative.tail_lines = -1;
  CHECK(decode_log_request(encode(negative)).error().code == errc::corrupt);
  auto many = full_command_request();
  many.command.assign(4097, "x");
  CHECK(decode_command_request(encode(many)).error().code == errc::too_large);
}

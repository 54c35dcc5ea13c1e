#include "runtime/bus/subject.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

const bus_peer s1{"server", "s1"};
const bus_peer n1{"node", "n1"};

} // namespace

TEST_CASE("subjects and back", "[bus]") {
  struct row {
    subject value;
    const char* want;
  };
  const row rows[] = {
      {{"c1", n1, s1, lane::control}, "c1.node.n1.server.s1.control"},
      {{"c1", s1, {"node", "a.b*c>d e%"}, lane::bulk},
       "c1.server.s1.node.a%2Eb%2Ac%3Ed%20e%25.bulk"},
      {{"c1", {"node", "\xc3\xa9_-Z9"}, s1, lane::bulk},
       "c1.node.%C3%A9_-Z9.server.s1.bulk"},
  };
  for (auto& [value, want] : rows) {
    CHECK(to_string(value) == want);
    auto read = parse_subject(want);
    REQUIRE(read.has_value());
    CHECK(*read == value);
  }
}

TEST_CASE("what is no subject", "[bus]") {
  for (auto text :
       {"", "c1", "c1.node.n1.server.s1", "c1.node.n1.server.s1.other",
        "c1.node.n1.server.s1.control.x", "c1.node..server.s1.control",
        "c1.node.n%2.server.s1.control", "c1.node.n%2e.server.s1.control",
        "c1.node.n%41.server.s1.control", "c1.node.n 1.server.s1.control",
        "c1.node.%.server.s1.control", ".node.n1.server.s1.control"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_subject(text).has_value());
  }
}

TEST_CASE("the process of an address", "[bus]") {
  CHECK(process_of("/server/s1/gateway") == s1);
  CHECK(process_of("/node/n1") == n1);
  CHECK(process_of("/server/any/x") == bus_peer{"server", "any"});
  for (auto text : {"", "/", "server/s1", "/server", "/server/", "/pod/x",
                    "//s1", "/server//x"})
    CHECK_FALSE(process_of(text).has_value());
  CHECK_FALSE(process_of("/node/n1/" + std::string(512, 'x')).has_value());
}

TEST_CASE("who may be a process", "[bus]") {
  CHECK(is_process(s1));
  CHECK(is_process({"node", "any"}));
  CHECK_FALSE(is_process({"server", "any"}));
  CHECK_FALSE(is_process({"server", ""}));
  CHECK_FALSE(is_process({"nobody", "x"}));
  CHECK_FALSE(is_process({"node", "a/b"}));
}

TEST_CASE("what processes may say and hear", "[bus]") {
  using patterns = std::vector<std::string>;
  CHECK(publish_patterns("c1", s1) == patterns{"c1.server.s1.>"});
  CHECK(publish_patterns("c1", n1) == patterns{"c1.node.n1.server.>"});
  CHECK(subscribe_patterns("c1", s1)
        == patterns{"c1.*.*.server.s1.>", "c1.*.*.server.any.>"});
  CHECK(subscribe_patterns("c1", n1)
        == patterns{"c1.server.*.node.n1.>", "c1.nobody.*.node.n1.>"});
  CHECK(subscriptions("c1", s1, lane::bulk)
        == std::vector<subscription>{{"c1.*.*.server.s1.bulk", ""},
                                     {"c1.*.*.server.any.bulk", "any"}});
  CHECK(subscriptions("c1", {"node", "a.b"}, lane::control)
        == std::vector<subscription>{{"c1.server.*.node.a%2Eb.control", ""},
                                     {"c1.nobody.*.node.a%2Eb.control", ""}});
}

TEST_CASE("where word of nobody comes from", "[bus]") {
  const auto text = nobody_subject("c1", n1, lane::control, 70000);
  CHECK(text == "c1.nobody.70000.node.n1.control");
  CHECK(nobody_id(*parse_subject(text)) == 70000u);
  CHECK_FALSE(nobody_id({"c1", {"nobody", "7x"}, n1, lane::control}));
  CHECK_FALSE(nobody_id({"c1", {"node", "7"}, n1, lane::control}));
}

TEST_CASE("logs and commands do not hold up the rest", "[bus]") {
  CHECK(lane_of(message_type::api_request) == lane::control);
  CHECK(lane_of(message_type::watch_open) == lane::control);
  CHECK(lane_of(message_type::log_open) == lane::bulk);
  CHECK(lane_of(message_type::command_open) == lane::bulk);
}

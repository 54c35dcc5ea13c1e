#include "tests/sim/scenario/scenario.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::sim;

TEST_CASE("a scenario is drawn alike from the same seed") {
  const auto text = read_scenario("swarm");
  REQUIRE(text);
  CHECK(to_text(*draw("swarm", *text, 5)) == to_text(*draw("swarm", *text, 5)));
  CHECK(to_text(*draw("swarm", *text, 5)) != to_text(*draw("swarm", *text, 6)));
}

TEST_CASE("values are within their spans") {
  const auto drawn = draw("x",
                          "servers 5 # five\n"
                          "loss 2%..4%\n"
                          "think 3ms | 5ms\n"
                          "segment 64KiB\n"
                          "fault kill every 1s..2s for 5ms chance 100%\n"
                          "fault split every 1s chance 0%\n",
                          3);
  REQUIRE(drawn);
  CHECK(drawn->servers == 5);
  CHECK(drawn->links.loss >= 20'000);
  CHECK(drawn->links.loss <= 40'000);
  const auto think = drawn->think;
  CHECK((think == std::chrono::milliseconds{3}
         || think == std::chrono::milliseconds{5}));
  CHECK(drawn->segment_octets == 65536);
  REQUIRE(drawn->faults.size() == 1);
  CHECK(drawn->faults[0].kind == "kill");
  CHECK(drawn->faults[0].every_max == std::chrono::seconds{2});
  CHECK(drawn->faults[0].for_min == std::chrono::milliseconds{5});
}

TEST_CASE("what is not understood is named") {
  for (const char* text :
       {"severs 3", "servers", "servers three", "servers 5..3", "servers 3 |",
        "servers 3 4", "think 3h", "fault", "fault sneeze every 1s",
        "fault kill", "fault kill every 0s", "fault kill every 1s for",
        "fault kill every 1s with 2s"}) {
    INFO(text);
    const auto drawn = draw("x", text, 1);
    REQUIRE_FALSE(drawn);
    CHECK(drawn.error().message.find(text) != std::string::npos);
  }
}

TEST_CASE("every scenario of the folder can be drawn") {
  CHECK(scenario_names().size() >= 5);
  for (const auto& name : scenario_names()) {
    INFO(name);
    const auto text = read_scenario(name);
    REQUIRE(text);
    CHECK(draw(name, *text, 1));
  }
  const auto missing = read_scenario("nowhere");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("swarm") != std::string::npos);
}

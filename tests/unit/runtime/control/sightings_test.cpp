#include "runtime/control/sightings.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;
using namespace std::chrono_literals;
using ages = std::map<std::string, sighting>;

namespace {

constexpr mono_time start{1h};

} // namespace

TEST_CASE("sightings: a value is as old as the first plan that saw it") {
  sightings all;
  all.replace("a", {{"beat", "1"}, {"zone", "x"}}, start);
  all.replace("a", {{"beat", "2"}, {"zone", "x"}}, start + 3s);
  CHECK(all.of("a", start + 5s)
        == ages{{"beat", {"2", 2s}}, {"zone", {"x", 5s}}});
  CHECK(all.age("a", "beat", "2", start + 5s) == 2s);
  CHECK(all.age("a", "zone", "x", start + 5s) == 5s);
}

TEST_CASE("sightings: what is not seen has no age") {
  sightings all;
  all.replace("a", {{"beat", "1"}}, start);
  CHECK(all.age("a", "beat", "2", start + 5s) == 0s);
  CHECK(all.age("a", "zone", "1", start + 5s) == 0s);
  CHECK(all.age("b", "beat", "1", start + 5s) == 0s);
  CHECK(all.of("b", start).empty());
}

TEST_CASE("sightings: what is seen no more is forgotten") {
  sightings all;
  all.replace("a", {{"beat", "1"}, {"zone", "x"}}, start);
  all.replace("a", {{"zone", "x"}}, start + 1s);
  all.replace("a", {{"beat", "1"}, {"zone", "x"}}, start + 2s);
  CHECK(all.age("a", "beat", "1", start + 9s) == 7s);
  CHECK(all.age("a", "zone", "x", start + 9s) == 9s);
  all.replace("a", {}, start + 3s);
  CHECK(all.of("a", start + 9s).empty());
}

TEST_CASE("sightings: a copy stays as it is") {
  sightings all;
  all.replace("a", {{"beat", "1"}}, start);
  const auto before = all;
  all.replace("a", {{"beat", "2"}}, start + 1s);
  all.replace("b", {{"beat", "1"}}, start + 1s);
  CHECK(before.of("a", start) == ages{{"beat", {"1", 0s}}});
  CHECK(before.of("b", start).empty());
}

#include "actors/gateway/http/warning_values.hpp"

#include <catch2/catch.hpp>

using troupe::gateway::warning_values;
using texts = std::vector<std::string>;

TEST_CASE("warnings are quoted, and each is said once") {
  CHECK(warning_values({}).empty());
  CHECK(warning_values({"a \"b\" \\c", "d", "d", ""})
        == texts{R"(299 - "a \"b\" \\c")", "299 - \"d\""});
  CHECK(warning_values({"line\nbreak", "é"}) == texts{"299 - \"é\""});
}

TEST_CASE("many long warnings are cut") {
  texts all;
  for (char c = 'a'; c <= 'z'; ++c)
    all.push_back(std::string(1000, c));
  const auto four = warning_values({all[0], all[1], all[2], all[3]});
  REQUIRE(four.size() == 4);
  CHECK(four[3] == "299 - \"" + all[3] + "\"");
  const auto values = warning_values(all);
  REQUIRE(values.size() == 16);
  CHECK(values[0] == "299 - \"" + std::string(256, 'a') + "\"");
  std::string wide;
  for (int i = 0; i < 5000; ++i)
    wide += "é";
  CHECK(warning_values({wide}).at(0)
        == "299 - \"" + wide.substr(0, 512) + "\"");
}

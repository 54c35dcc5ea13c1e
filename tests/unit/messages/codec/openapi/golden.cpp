#include "tests/unit/messages/codec/openapi/golden.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace troupe::test {

namespace {

std::string path_of(const std::string& name) {
  return std::string{TROUPE_TEST_DATA} + "/codec/" + name;
}

} // namespace

std::string read_data(const std::string& name) {
  std::ifstream in{path_of(name), std::ios::binary};
  INFO("file " << path_of(name));
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool matches_golden(const std::string& name, std::string_view actual) {
  if (std::getenv("TROUPE_REWRITE_GOLDENS")) {
    std::ofstream out{path_of(name), std::ios::binary};
    out << actual;
    return out.good();
  }
  return read_data(name) == actual;
}

} // namespace troupe::test

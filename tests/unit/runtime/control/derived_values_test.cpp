#include "runtime/control/derived_values.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::control;

namespace {

store::version at(std::uint64_t revision) {
  store::version out;
  out.modified = store::revision{revision};
  return out;
}

} // namespace

TEST_CASE("what follows from a version is worked out once") {
  derived_values values;
  int made = 0;
  const auto make = [&] { return ++made; };
  CHECK(*values.get<int>("core/pods/a/b", at(3), make) == 1);
  CHECK(*values.get<int>("core/pods/a/b", at(3), make) == 1);
  SECTION("but anew for another version or object") {
    CHECK(*values.get<int>("core/pods/a/b", at(4), make) == 2);
    CHECK(*values.get<int>("core/pods/a/c", at(4), make) == 3);
    CHECK(*values.get<int>("core/pods/a/b", at(4), make) == 2);
    CHECK(values.size() == 2);
  }
  SECTION("or for another use") {
    const auto text = [] { return std::string{"x"}; };
    CHECK(*values.get<std::string>("core/pods/a/b", at(3), text) == "x");
  }
  SECTION("and is no more once the object is gone, but for who has it") {
    const auto mine = values.get<int>("core/pods/a/b", at(3), make);
    values.forget("core/pods/a/b");
    CHECK(values.size() == 0);
    CHECK(*mine == 1);
    CHECK(*values.get<int>("core/pods/a/b", at(3), make) == 2);
  }
}

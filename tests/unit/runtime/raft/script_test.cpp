#include "tests/unit/runtime/raft/script_env.hpp"

#include <catch2/catch.hpp>

namespace troupe::raft::test {

TEST_CASE("scripts print what they did when they were last read", "[raft]") {
  for (const auto& file : troupe::test::scripts_in(TROUPE_TEST_DATA "/raft")) {
    script_env env;
    const auto failures = troupe::test::run_script(
        file, [&](const script_command& c) { return env.run(c); });
    for (const auto& failure : failures)
      FAIL_CHECK(failure);
    CHECK(failures.empty());
  }
}

} // namespace troupe::raft::test

#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("the scripts of the pods hold", "[pod]") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/pod")) {
    test::pod_script script;
    const auto problems =
        test::run_script(file, [&](const test::script_command& command) {
          return script(command);
        });
    for (auto& problem : problems)
      FAIL_CHECK(file.filename().string() << ": " << problem);
  }
}

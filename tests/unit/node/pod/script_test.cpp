#include "tests/unit/node/pod/launch_script.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// Every script of the folder, each with a new `Script`.
template <class Script>
void run_all(const char* folder) {
  for (auto& file : test::scripts_in(folder)) {
    Script script;
    const auto problems =
        test::run_script(file, [&](const test::script_command& command) {
          return script(command);
        });
    for (auto& problem : problems)
      FAIL_CHECK(file.filename().string() << ": " << problem);
  }
}

} // namespace

TEST_CASE("what nodes do for pods is as the scripts say", "[pod]") {
  run_all<test::pod_script>(TROUPE_TEST_DATA "/pod/act");
}

TEST_CASE("what containers run as is as the scripts say", "[pod]") {
  run_all<test::launch_script>(TROUPE_TEST_DATA "/pod/launch");
}

#include "messages/view/core_v1.hpp"
#include "node/pod/storage.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// `pod` gives the pod, `use` says what is exceeded when it has written that.
class storage_script {
public:
  std::string operator()(const test::script_command& command) {
    const view::core_v1::pod pod{pod_};
    if (command.name == "use") {
      const auto excess = storage_excess(pod, test::read_use(command));
      return excess.empty() ? "nothing" : '[' + excess + ']';
    }
    pod_ = test::read_pod(command.input);
    return pod::limits_storage(view::core_v1::pod{pod_}) ? "limited"
                                                         : "unlimited";
  }

private:
  codec::document pod_;
};

} // namespace

TEST_CASE("pods are held to what they may write", "[pod]") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/pod/storage")) {
    storage_script script;
    const auto problems = test::run_script(
        file, [&](const test::script_command& it) { return script(it); });
    for (auto& problem : problems)
      FAIL_CHECK(file.filename().string() << ": " << problem);
  }
}

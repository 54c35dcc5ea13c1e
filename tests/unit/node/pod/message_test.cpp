#include "messages/view/core_v1.hpp"
#include "node/pod/facts.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// The termination message that is kept of a pod's only running container.
std::string kept(int containers, const std::string& message) {
  std::string yaml = "spec:\n  containers:\n";
  for (int i = 0; i < containers; ++i)
    yaml += "  - {name: c" + std::to_string(i) + ", image: a}\n";
  const auto doc = test::read_pod(yaml);
  pod::observed_pod observed;
  auto& container = observed.containers["c0"];
  container.phase = pod::container_phase::running;
  container.id = "x";
  apply(observed, view::core_v1::pod{doc},
        pod::container_exited{"c0", "x", 1, 0, false, message, {}}, {}, {});
  REQUIRE(container.exit);
  return container.exit->message;
}

} // namespace

TEST_CASE("termination messages of a pod share 12 KiB", "[pod]") {
  const std::string longest(4096, 'x');
  CHECK(kept(1, longest) == longest);
  CHECK(kept(3, longest) == longest);
  CHECK(kept(12, longest) == std::string(1024, 'x'));
  CHECK(kept(12, "short") == "short");
  CHECK(kept(12, "").empty());
}

TEST_CASE("a message is not cut inside a character", "[pod]") {
  std::string letters;
  for (int i = 0; i < 1000; ++i)
    letters += "\xC3\xA4";
  CHECK(kept(12, letters).size() == 1024);
  CHECK(kept(12, "x" + letters).size() == 1023);
}

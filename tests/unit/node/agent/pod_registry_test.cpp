#include "node/agent/pod_registry.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;

TEST_CASE("what was heard of a pod does not depend on its actor", "[agent]") {
  const auto older = test::shared_object("Pod", "{}");
  const auto newer = test::shared_object("Pod", "{}");
  pod_registry registry;
  CHECK_FALSE(registry.heard("u"));
  registry.hear("u", {older, false});
  registry.put("u", {older, nullptr, nullptr});
  // The actor dies with this in its mailbox, and without an entry for it.
  registry.hear("u", {newer, true});
  CHECK(registry.find("u")->pod == older);
  REQUIRE(registry.heard("u"));
  CHECK(registry.heard("u")->pod == newer);
  CHECK(registry.heard("u")->gone);
  registry.erase("u");
  CHECK_FALSE(registry.find("u"));
  CHECK_FALSE(registry.heard("u"));
}

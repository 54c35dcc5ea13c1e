#include "node/agent/event_subjects.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;

TEST_CASE("the subject of a pod is its metadata", "[events]") {
  const auto pod =
      test::make_object("v1", "Pod",
                        R"({"metadata":{"name":"p","namespace":"ns","uid":"u",
          "resourceVersion":"5"}})");
  const auto subject = subject_of_pod(pod);
  CHECK(subject.kind == "Pod");
  CHECK(subject.ns == "ns");
  CHECK(subject.name == "p");
  CHECK(subject.uid == "u");
  CHECK(subject.resource_version == "5");
}

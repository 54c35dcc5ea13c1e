#include "actors/scheduler/requests.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::scheduler;

namespace {

std::string text(const amounts& of) {
  std::string out = "cpu=" + std::to_string(of.milli_cpu)
                    + "m memory=" + std::to_string(of.memory)
                    + " disk=" + std::to_string(of.ephemeral_storage);
  for (const auto& one : of.scalars)
    out += " " + one.name + "=" + std::to_string(one.amount);
  return out;
}

codec::document pod(const std::string& body) {
  auto read = codec::decode_yaml("{" + body + "}",
                                 schema::find_kind_type({"", "v1", "Pod"}));
  REQUIRE(read);
  REQUIRE(read->problems.empty());
  return std::move(read->doc);
}

} // namespace

TEST_CASE("what a pod asks of its node", "[scheduler requests]") {
  struct row {
    const char* name;
    const char* pod;
    const char* asked;
    const char* guessed;
  };
  const row rows[] = {
      {"nothing", "spec: {containers: [{name: a}, {name: b}]}",
       "cpu=0m memory=0 disk=0", "cpu=200m memory=419430400 disk=0"},
      {"containers run together",
       "spec: {containers: [{name: a, resources: {requests: {cpu: 2, memory: "
       "1G}}}, {name: b, resources: {requests: {cpu: 1, memory: 1G}}}]}",
       "cpu=3000m memory=2000000000 disk=0",
       "cpu=3000m memory=2000000000 disk=0"},
      {"an explicit zero is no gap",
       "spec: {containers: [{name: a, resources: {requests: {cpu: 0}}}]}",
       "cpu=0m memory=0 disk=0", "cpu=0m memory=209715200 disk=0"},
      {"init containers run one after the other",
       "spec: {initContainers: [{name: i, resources: {requests: {cpu: 2, "
       "memory: 1G}}}, {name: j, resources: {requests: {cpu: 2, memory: 3G}}}],"
       " containers: [{name: a, resources: {requests: {cpu: 2, memory: 1G}}}, "
       "{name: b, resources: {requests: {cpu: 1, memory: 1G}}}]}",
       "cpu=3000m memory=3000000000 disk=0",
       "cpu=3000m memory=3000000000 disk=0"},
      {"a sidecar runs beside what comes after it",
       "spec: {initContainers: [{name: i, resources: {requests: {cpu: 5}}}, "
       "{name: s, restartPolicy: Always, resources: {requests: {cpu: 1}}}, "
       "{name: j, resources: {requests: {cpu: 5}}}], containers: [{name: a, "
       "resources: {requests: {cpu: 2}}}]}",
       "cpu=6000m memory=0 disk=0", "cpu=6000m memory=419430400 disk=0"},
      {"overhead comes on top",
       "spec: {overhead: {cpu: 250m, memory: 120Mi}, containers: [{name: a, "
       "resources: {requests: {cpu: 1, ephemeral-storage: 1Gi}}}]}",
       "cpu=1250m memory=125829120 disk=1073741824",
       "cpu=1250m memory=335544320 disk=1073741824"},
      {"devices and huge pages are counted",
       "spec: {containers: [{name: a, resources: {requests: {example.com/gpu: "
       "2, hugepages-2Mi: 4Mi}}}, {name: b, resources: {requests: "
       "{example.com/gpu: 1}}}]}",
       "cpu=0m memory=0 disk=0 example.com/gpu=3 hugepages-2Mi=4194304",
       "cpu=200m memory=419430400 disk=0 example.com/gpu=3 "
       "hugepages-2Mi=4194304"},
      {"requests of the pod as a whole come first",
       "spec: {resources: {requests: {cpu: 1}}, overhead: {cpu: 100m}, "
       "containers: [{name: a, resources: {requests: {cpu: 3, memory: 1k}}}]}",
       "cpu=1100m memory=1000 disk=0", "cpu=1100m memory=1000 disk=0"},
      {"the larger counts while a resize is under way",
       "{spec: {containers: [{name: a, resources: {requests: {cpu: 1, memory: "
       "3k}}}]}, status: {containerStatuses: [{name: a, allocatedResources: "
       "{cpu: 2}, resources: {requests: {cpu: 1500m, memory: 1k}}}]}}",
       "cpu=2000m memory=3000 disk=0", "cpu=2000m memory=3000 disk=0"},
      {"a resize that cannot be does not count",
       "{spec: {containers: [{name: a, resources: {requests: {cpu: 8}}}]}, "
       "status: {conditions: [{type: PodResizePending, status: \"True\", "
       "reason: Infeasible}], containerStatuses: [{name: a, "
       "allocatedResources: {cpu: 1}, resources: {requests: {cpu: 1}}}]}}",
       "cpu=1000m memory=0 disk=0", "cpu=1000m memory=209715200 disk=0"},
      {"halves of an octet add up",
       "spec: {containers: [{name: a, resources: {requests: {memory: 500m}}}, "
       "{name: b, resources: {requests: {memory: 500m}}}]}",
       "cpu=0m memory=1 disk=0", "cpu=200m memory=1 disk=0"},
  };
  for (const auto& [name, body, asked, guessed] : rows) {
    CAPTURE(name);
    std::string whole{body};
    if (whole.front() == '{')
      whole = whole.substr(1, whole.size() - 2);
    const auto doc = pod(whole);
    CHECK(text(pod_requests(view::core_v1::pod{doc})) == asked);
    CHECK(text(guessed_requests(view::core_v1::pod{doc})) == guessed);
  }
}

TEST_CASE("amounts that are taken away leave nothing", "[scheduler requests]") {
  amounts sum;
  const amounts one{100, 5, 7, {{"b.com/x", 2}, {"c.com/y", 1}}};
  const amounts two{50, 0, 0, {{"a.com/z", 4}, {"c.com/y", 3}}};
  sum.add(one, 1);
  sum.add(two, 1);
  CHECK(sum.scalar_of("c.com/y") == 4);
  CHECK(sum.scalar_of("none") == 0);
  sum.add(one, -1);
  CHECK(sum == two);
  sum.add(two, -1);
  CHECK(sum == amounts{});
  CHECK(sum.nothing());
}

#include "messages/view/core_v1.hpp"
#include "node/pod/environment.hpp"
#include "node/pod/launch.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("references are expanded as upstream does", "[pod]") {
  const std::vector<pod::env_var> variables{
      {"A", "1"}, {"B", "$(A)"}, {"A", "2"}, {"", "empty"}};
  const std::pair<const char*, const char*> table[] = {
      {"", ""},
      {"plain", "plain"},
      {"$(A)", "2"},
      {"x$(A)y$(A)", "x2y2"},
      {"$(B)", "$(A)"},
      {"$$(A)", "$(A)"},
      {"$$$(A)", "$2"},
      {"$$$$(A)", "$$(A)"},
      {"$(C)", "$(C)"},
      {"$A", "$A"},
      {"$", "$"},
      {"$$", "$"},
      {"$(A", "$(A"},
      {"$(", "$("},
      {"$()", "empty"},
      {"$($(A))", "$($(A))"},
      {"cost: $5", "cost: $5"},
  };
  for (auto& [given, want] : table)
    CHECK(pod::expand(given, variables) == want);
}

TEST_CASE("the downward API reads fields and resources", "[pod]") {
  const auto document = test::read_pod(R"(
metadata: {name: p, namespace: ns, uid: u, labels: {b: "x\"y", a: "1"}}
spec:
  serviceAccountName: robot
  containers:
  - name: c
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 1500m}}
)");
  const view::core_v1::pod pod{document};
  const pod::downward_facts facts{
      "n1", {"10.0.0.1", "fd::1"}, {"10.1.0.2", "fd::2"}, 4000, 1 << 30, 0};
  const std::pair<const char*, const char*> fields[] = {
      {"metadata.name", "p"},
      {"metadata.namespace", "ns"},
      {"metadata.uid", "u"},
      {"metadata.labels['a']", "1"},
      {"metadata.labels['none']", ""},
      {"metadata.labels", "a=\"1\"\nb=\"x\\\"y\""},
      {"spec.nodeName", "n1"},
      {"spec.serviceAccountName", "robot"},
      {"status.hostIP", "10.0.0.1"},
      {"status.hostIPs", "10.0.0.1,fd::1"},
      {"status.podIP", "10.1.0.2"},
      {"status.podIPs", "10.1.0.2,fd::2"},
  };
  for (auto& [path, want] : fields)
    CHECK(*downward_field(pod, path, facts) == want);
  CHECK_FALSE(downward_field(pod, "spec.other", facts));
  struct row {
    const char* resource;
    const char* divisor;
    const char* want;
  };
  const row resources[] = {
      {"requests.cpu", "", "1"},
      {"requests.cpu", "1m", "100"},
      {"limits.cpu", "0", "2"},
      {"limits.cpu", "1m", "1500"},
      {"requests.memory", "1Mi", "64"},
      {"requests.memory", "", "67108864"},
      {"limits.memory", "1Mi", "1024"},
      {"requests.memory", "1Gi", "1"},
      {"requests.ephemeral-storage", "", "0"},
  };
  const auto container = pod.spec().containers()[0];
  for (auto& each : resources)
    CHECK(*downward_resource(container, each.resource, each.divisor, facts)
          == each.want);
  CHECK_FALSE(downward_resource(container, "cpu", "", facts));
}

TEST_CASE("stop signals have names", "[pod]") {
  const view::core_v1::container none;
  for (auto& [given, want] :
       {std::pair{"", "SIGTERM"}, std::pair{"3", "SIGQUIT"},
        std::pair{"QUIT", "SIGQUIT"}, std::pair{"SIGUSR1", "SIGUSR1"},
        std::pair{"RTMIN+3", "RTMIN+3"}}) {
    pod::image_defaults image;
    image.stop_signal = given;
    CHECK(stop_signal(none, image) == want);
  }
}

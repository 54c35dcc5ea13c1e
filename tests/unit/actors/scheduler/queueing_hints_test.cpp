#include "actors/scheduler/pod_info.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::scheduler;

namespace {

codec::document read(const std::string& kind, const std::string& yaml) {
  auto out = codec::decode_yaml(yaml, schema::find_kind_type({"", "v1", kind}));
  REQUIRE(out);
  REQUIRE(out->problems.empty());
  return std::move(out->doc);
}

const std::string resources =
    "status: {allocatable: {cpu: 2, memory: 2Gi, pods: 5}}";

/// One row: what the plugin turned away, and a change. Texts are the inner
/// parts of objects; "" is an object that is not there.
struct hint_row {
  const char* name;
  plugin which;
  const char* pod; ///< spec
  const char* before;
  const char* now;
  bool worth;
};

const std::string spreading =
    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, "
    "whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: "
    "x}}}], containers: [{name: a}]";
const std::string near_x =
    "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: zone, labelSelector: {matchLabels: {app: x}}}]}}, "
    "containers: [{name: a}]";
const std::string apart_x =
    "affinity: {podAntiAffinity: "
    "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
    "labelSelector: {matchLabels: {app: x}}}]}}, containers: [{name: a}]";

} // namespace

TEST_CASE("which changes of nodes wake a pod", "[queueing hints]") {
  const auto plain = "containers: [{name: a}]";
  const auto big =
      "containers: [{name: a, resources: {requests: {cpu: 1500m}}}]";
  const auto ssd = "nodeSelector: {disk: ssd}, containers: [{name: a}]";
  const auto cordoned = "metadata: {}, spec: {unschedulable: true}";
  const auto tainted = "spec: {taints: [{key: k, effect: NoSchedule}]}";
  const auto in_zone = "metadata: {labels: {zone: z1}}";
  const auto small = "status: {allocatable: {cpu: 1, memory: 1Gi, pods: 5}}";
  const auto large = resources.c_str();
  const hint_row rows[] = {
      {"uncordoned", plugin::node_unschedulable, plain, cordoned, "{}", true},
      {"added", plugin::node_unschedulable, plain, "", "{}", true},
      {"added cordoned", plugin::node_unschedulable, plain, "", cordoned,
       false},
      {"still open", plugin::node_unschedulable, plain, "{}", in_zone, false},
      {"taint gone", plugin::taint_toleration, plain, tainted, "{}", true},
      {"taint stays", plugin::taint_toleration, plain, tainted, tainted, false},
      {"added tainted", plugin::taint_toleration, plain, "", tainted, false},
      {"label comes", plugin::node_affinity, ssd, "{}",
       "metadata: {labels: {disk: ssd}}", true},
      {"another label", plugin::node_affinity, ssd, "{}", in_zone, false},
      {"node with ports", plugin::node_ports, plain, "", "{}", true},
      {"node changes", plugin::node_ports, plain, "{}", in_zone, false},
      {"large enough", plugin::node_resources_fit, big, "", large, true},
      {"too small", plugin::node_resources_fit, big, "", small, false},
      {"grows", plugin::node_resources_fit, big, small, large, true},
      {"as large", plugin::node_resources_fit, big, large, large, false},
      {"zone comes", plugin::pod_topology_spread, spreading.c_str(), "{}",
       in_zone, true},
      {"no zone", plugin::pod_topology_spread, spreading.c_str(), "", "{}",
       false},
      {"zone goes", plugin::pod_topology_spread, spreading.c_str(), in_zone, "",
       true},
      {"zone for affinity", plugin::inter_pod_affinity, near_x.c_str(), "",
       in_zone, true},
      {"no zone for affinity", plugin::inter_pod_affinity, near_x.c_str(), "",
       "{}", false},
      {"any node to be apart", plugin::inter_pod_affinity, apart_x.c_str(), "",
       "{}", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    class_table classes;
    changed_pod pod{"u", false,
                    classes.class_of(
                        read("Pod", "{spec: {" + std::string{row.pod} + "}}"))};
    const auto node = [&](std::string text) {
      if (text == "{}")
        return read_node(read("Node", text));
      return read_node(read("Node", "{" + text + "}"));
    };
    cluster_change change;
    std::optional<node_info> before;
    std::optional<node_info> now;
    if (*row.before != '\0')
      change.node_before = &before.emplace(node(row.before));
    if (*row.now != '\0')
      change.node_now = &now.emplace(node(row.now));
    CHECK(worth_another_try(row.which, pod, change, {}) == row.worth);
  }
}

TEST_CASE("which changes of other pods wake a pod", "[queueing hints]") {
  const auto plain = "containers: [{name: a}]";
  const auto small =
      "containers: [{name: a, resources: {requests: {cpu: 100m}}}]";
  const auto on_80 =
      "containers: [{name: a, ports: [{containerPort: 1, hostPort: 80}]}]";
  const std::string there = "labels: {app: x}|nodeName: n1, ";
  const std::string other = "labels: {app: other}|nodeName: n1, ";
  const auto with = [&](const std::string& head, const char* spec) {
    return head + spec;
  };
  struct row {
    const char* name;
    plugin which;
    std::string pod;
    std::string before;
    std::string now;
    bool worth;
  };
  const row rows[] = {
      {"room", plugin::node_resources_fit, small, with(there, plain), "", true},
      {"no room", plugin::node_resources_fit, small, with("labels: {}|", plain),
       "", false},
      {"scaled down", plugin::node_resources_fit, small,
       with(there, "containers: [{name: a, resources: {requests: {cpu: 2}}}]"),
       with(there, "containers: [{name: a, resources: {requests: {cpu: 1}}}]"),
       true},
      {"scaled up", plugin::node_resources_fit, small,
       with(there, "containers: [{name: a, resources: {requests: {cpu: 1}}}]"),
       with(there, "containers: [{name: a, resources: {requests: {cpu: 2}}}]"),
       false},
      {"port free", plugin::node_ports, on_80, with(there, on_80), "", true},
      {"another port", plugin::node_ports, on_80,
       with(there, "containers: [{name: a, ports: [{containerPort: 1, "
                   "hostPort: 81}]}]"),
       "", false},
      {"one to spread with", plugin::pod_topology_spread, spreading, "",
       with(there, plain), true},
      {"one of others", plugin::pod_topology_spread, spreading, "",
       with(other, plain), false},
      {"label changes", plugin::pod_topology_spread, spreading,
       with(there, plain), with(other, plain), true},
      {"company comes", plugin::inter_pod_affinity, near_x, "",
       with(there, plain), true},
      {"company without a node", plugin::inter_pod_affinity, near_x, "",
       with("labels: {app: x}|", plain), false},
      {"company goes", plugin::inter_pod_affinity, near_x, with(there, plain),
       "", false},
      {"a stranger goes", plugin::inter_pod_affinity, apart_x,
       with(there, plain), "", true},
      {"a stranger comes", plugin::inter_pod_affinity, apart_x, "",
       with(there, plain), false},
      {"a hermit goes", plugin::inter_pod_affinity, plain,
       with("labels: {app: z}|nodeName: n1, ",
            "affinity: {podAntiAffinity: "
            "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "
            "zone, labelSelector: {}}]}}, containers: [{name: a}]"),
       "", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    class_table classes;
    const auto make = [&](const std::string& uid, const std::string& text) {
      const auto bar = text.find('|');
      const auto head =
          bar == std::string::npos ? std::string{} : text.substr(0, bar);
      const auto doc =
          read("Pod", "{metadata: {namespace: d, uid: " + uid
                          + (head.empty() ? "" : ", " + head) + "}, spec: {"
                          + text.substr(bar + 1) + "}}");
      return static_cast<changed_pod>(
          read_pod("core/pods/d/x", doc, store::revision{1}, classes));
    };
    const auto pod = make("u", row.pod);
    cluster_change change;
    std::optional<changed_pod> before;
    std::optional<changed_pod> now;
    if (!row.before.empty())
      change.pod_before = &before.emplace(make("v", row.before));
    if (!row.now.empty())
      change.pod_now = &now.emplace(make("v", row.now));
    CHECK(worth_another_try(row.which, pod, change, {}) == row.worth);
  }
}

TEST_CASE("more tolerations of its own wake a pod", "[queueing hints]") {
  class_table classes;
  const auto make = [&](const std::string& tolerations) {
    return static_cast<changed_pod>(read_pod(
        "core/pods/d/x",
        read("Pod", "{metadata: {uid: u}, spec: {tolerations: [" + tolerations
                        + "], containers: [{name: a}]}}"),
        store::revision{1}, classes));
  };
  const auto before = make("");
  const auto some = make("{key: k, operator: Exists}");
  const auto cordon =
      make("{key: node.kubernetes.io/unschedulable, operator: Exists}");
  cluster_change change;
  change.pod_before = &before;
  change.pod_now = &some;
  CHECK(worth_another_try(plugin::taint_toleration, some, change, {}));
  CHECK_FALSE(worth_another_try(plugin::node_unschedulable, some, change, {}));
  change.pod_now = &cordon;
  CHECK(worth_another_try(plugin::node_unschedulable, cordon, change, {}));
}

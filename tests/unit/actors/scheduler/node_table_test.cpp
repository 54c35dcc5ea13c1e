#include "actors/scheduler/cycle.hpp"
#include "actors/scheduler/pod_info.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;
using namespace troupe::scheduler;

namespace {

codec::document read(const std::string& kind, const std::string& yaml) {
  auto out = codec::decode_yaml(yaml, schema::find_kind_type({"", "v1", kind}));
  REQUIRE(out);
  REQUIRE(out->problems.empty());
  return std::move(out->doc);
}

/// Templates that care about one another in all ways there are.
std::vector<pod_class_ptr> templates(class_table& classes) {
  const std::string specs[] = {
      "containers: [{name: a, image: web, resources: {requests: {cpu: 500m, "
      "memory: 1Gi}}}]",
      "nodeSelector: {disk: ssd}, containers: [{name: a, ports: "
      "[{containerPort: 80, hostPort: 80}]}]",
      "tolerations: [{key: t, operator: Exists}], topologySpreadConstraints: "
      "[{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, "
      "labelSelector: {matchLabels: {app: s2}}}, {maxSkew: 2, topologyKey: "
      "kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, "
      "labelSelector: {matchLabels: {app: s2}}}], containers: [{name: a}]",
      "affinity: {podAntiAffinity: "
      "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "
      "kubernetes.io/hostname, labelSelector: {matchLabels: {app: s3}}}]}}, "
      "containers: [{name: a}]",
      "affinity: {podAffinity: "
      "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
      "labelSelector: {matchLabels: {app: s3}}}]}, podAntiAffinity: "
      "{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 7, "
      "podAffinityTerm: {topologyKey: zone, labelSelector: {matchLabels: "
      "{app: s0}}}}]}}, containers: [{name: a, image: \"web:2\"}]",
      "affinity: {nodeAffinity: "
      "{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 3, "
      "preference: {matchExpressions: [{key: disk, operator: In, values: "
      "[ssd]}]}}]}, podAntiAffinity: "
      "{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
      "labelSelector: {matchLabels: {app: s1}}}]}}, containers: [{name: a}]",
  };
  std::vector<pod_class_ptr> out;
  for (std::size_t i = 0; i < std::size(specs); ++i)
    out.push_back(classes.class_of(read(
        "Pod", "{metadata: {namespace: d, labels: {app: s" + std::to_string(i)
                   + "}}, spec: {" + specs[i] + "}}")));
  return out;
}

node_info random_node(const std::string& name, prng& random) {
  std::string labels = "kubernetes.io/hostname: " + name;
  if (random.chance(80))
    labels += ", zone: z" + std::to_string(random.below(3));
  if (random.chance(50))
    labels += ", disk: ssd";
  std::string spec;
  if (random.chance(20))
    spec += "unschedulable: true";
  else if (random.chance(20))
    spec += "taints: [{key: t, effect: NoSchedule}]";
  else if (random.chance(20))
    spec += "taints: [{key: u, effect: PreferNoSchedule}]";
  std::string images;
  if (random.chance(50))
    images = ", images: [{names: [\"web:latest\"], sizeBytes: "
             + std::to_string(random.below(2'000'000'000)) + "}]";
  return read_node(read(
      "Node", "{metadata: {name: " + name + ", labels: {" + labels
                  + "}}, spec: {" + spec + "}, status: {allocatable: {cpu: "
                  + std::to_string(1 + random.below(4))
                  + ", memory: 4Gi, pods: 6}" + images + "}}"));
}

/// The world as a list, from which a table can be made from scratch.
struct model {
  std::map<std::string, node_info> nodes;
  std::map<std::string, std::pair<std::string, resident>> pods;

  node_table build() const {
    node_table out;
    for (const auto& [uid, place] : pods)
      out.put_pod(place.first, place.second);
    for (const auto& [name, node] : nodes)
      out.put_node(node);
    return out;
  }
};

/// All that a class sees: outcome of each filter, and scores.
std::map<std::string, std::string> sight(class_view& view,
                                         const node_table& table) {
  const namespace_labels none;
  view.refresh(table, none);
  view.hard().begin_filter(view.what());
  std::map<std::string, std::string> out;
  std::vector<row> passing;
  for (row at = 0; at < table.rows(); ++at) {
    if (!table.present(at))
      continue;
    auto& line = out[table.node(at).name];
    if (const auto& found = view.at(at); found.by) {
      line = name_of(*found.by);
      for (const auto& text : found.fit.missing.texts(view.what()))
        line += " " + text;
    }
    line += "|" + std::string{view.hard().filter(at)} + "|"
            + std::string{view.affinity().filter(at, table, view.what(), none)};
    if (line == "||")
      passing.push_back(at);
  }
  for (const auto& [at, score] : score(view, table, passing, {}))
    out[table.node(at).name] += std::to_string(score);
  return out;
}

} // namespace

TEST_CASE("a table kept up to date is as one made from scratch",
          "[scheduler property]") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    class_table classes;
    const auto kinds = templates(classes);
    model world;
    node_table table;
    std::vector<class_view> views;
    for (const auto& kind : kinds)
      views.emplace_back(kind, std::nullopt);
    for (int turn = 0; turn < 200; ++turn) {
      const auto node = "n" + std::to_string(random.below(6));
      const auto uid = "p" + std::to_string(random.below(20));
      switch (random.below(5)) {
        case 0: {
          auto info = random_node(node, random);
          table.put_node(info);
          world.nodes.insert_or_assign(node, std::move(info));
          break;
        }
        case 1:
          if (random.chance(30)) {
            table.remove_node(node);
            world.nodes.erase(node);
          }
          break;
        case 2:
        case 3: {
          resident pod{uid, kinds[random.below(kinds.size())], 0,
                       random.chance(20)};
          table.put_pod(node, pod);
          world.pods.insert_or_assign(uid, std::pair{node, pod});
          break;
        }
        case 4:
          table.remove_pod(uid);
          world.pods.erase(uid);
          break;
      }
      if (!random.chance(30))
        continue;
      const auto fresh = world.build();
      REQUIRE(fresh.size() == table.size());
      for (auto& view : views) {
        const auto at = static_cast<std::size_t>(&view - views.data());
        class_view anew{kinds[at], std::nullopt};
        REQUIRE(sight(view, table) == sight(anew, fresh));
      }
    }
  }
}

TEST_CASE("pods of a template have one class", "[scheduler]") {
  class_table classes;
  const auto pod = [&](const std::string& name, const std::string& app,
                       const std::string& volume) {
    return classes.class_of(
        read("Pod", "{metadata: {name: " + name
                        + ", namespace: d, labels: "
                          "{app: "
                        + app
                        + "}}, spec: {containers: [{name: a, "
                          "image: web}], volumes: [{name: "
                        + volume + ", emptyDir: {}}]}}"));
  };
  const auto a = pod("a", "web", "v1");
  CHECK(a == pod("b", "web", "v2"));
  CHECK(a != pod("c", "db", "v1"));
  CHECK(a->id != pod("c", "db", "v1")->id);
  CHECK(a->images == std::vector<std::string>{"web:latest"});
}

TEST_CASE("a view that looked too long ago looks at all rows again",
          "[scheduler]") {
  class_table classes;
  const auto kind = templates(classes)[0];
  node_table table;
  table.put_node(
      read_node(read("Node", "{metadata: {name: a}, status: {allocatable: "
                             "{cpu: 1, memory: 1Gi, pods: 9}}}")));
  class_view view{kind, std::nullopt};
  view.refresh(table, {});
  CHECK_FALSE(view.at(0).by);
  table.put_pod("a", {"x", kind, 0, false});
  for (int i = 0; i < 20'000; ++i) {
    table.put_pod("b", {"y", kind, 0, false});
    table.remove_pod("y");
  }
  view.refresh(table, {});
  CHECK(view.at(0).by == plugin::node_resources_fit);
}

#include "actors/controllers/controllers.hpp"
#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/nodes/taints.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using troupe::test::script_command;
namespace core = view::core_v1;

namespace {

controllers::controller_spec spec_named(const std::string& name) {
  for (auto& spec : controllers::all_controllers())
    if (spec.name == name)
      return spec;
  throw std::runtime_error{"no controller " + name};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream list{text};
  for (std::string each; std::getline(list, each, ',');)
    out.push_back(each);
  return out;
}

/// "a:b:c" apart at the first colon.
std::pair<std::string, std::string> halves(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == text.npos)
    return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

/// Taints of Kubernetes' own are written without their domain.
std::string full_key(const std::string& key) {
  return key == "dedicated" ? key : "node.kubernetes.io/" + key;
}

std::string short_key(std::string_view key) {
  return std::string{key.substr(key.find('/') + 1)};
}

/// A cluster's nodes and pods, and one controller about them. Commands:
///
///     node <name> [ready=True] [zone=a] [taints=key:effect,...] [pressure]
///          [cordoned] [labels=...]      a Node, as its agent would report it;
///                                       ready=never: nothing was reported
///     report <name> [ready=True]        its agent writes its status
///     pod <name> <node> [ready=True] [phase=Running] [deleting] [held]
///          [tolerates=key:seconds,...]  a pod of that node; "-": of none;
///                                       key "all": everything
///     erase <key>                       the object is gone
///     work <seconds> [beat=n1,n2]       the controller works for so long while
///                      these nodes renew their Leases every ten seconds;
///                      prints writes and events after the seconds passed
///     pause <seconds>  time passes, and nothing works
///     restart          the controller dies and starts anew
///     nodes, pods      what is stored
class node_script {
public:
  explicit node_script(const std::string& controller)
      : runner_(world_, spec_named(controller)) {
    world_.place("{apiVersion: v1, kind: Namespace, metadata: {name: default, "
                 "uid: d}, status: {phase: Active}}");
  }

  std::string run(const script_command& c) {
    if (c.name == "node")
      return world_.place(node(c)), "ok";
    if (c.name == "report")
      return report(c);
    if (c.name == "pod")
      return world_.place(pod(c)), "ok";
    if (c.name == "erase")
      return world_.erase(c.word(0)), "gone";
    if (c.name == "work")
      return work(std::chrono::seconds{std::stoi(c.word(0))}, c.option("beat"));
    if (c.name == "pause")
      return world_.advance(std::chrono::seconds{std::stoi(c.word(0))}), "ok";
    if (c.name == "restart")
      return runner_.restart(), "restarted";
    if (c.name == "nodes")
      return nodes();
    if (c.name == "pods")
      return pods();
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  static bool has_word(const script_command& c, const std::string& word) {
    return std::ranges::find(c.words, word) != c.words.end();
  }

  std::string condition(const std::string& type,
                        const std::string& status) const {
    const auto now = meta::format_time(world_.wall);
    return "{type: " + type + ", status: \"" + status
           + "\", reason: Reported, message: m, lastHeartbeatTime: \"" + now
           + "\", lastTransitionTime: \"" + now + "\"}";
  }

  std::string conditions(const script_command& c) const {
    const auto ready = c.option("ready", "True");
    if (ready == "never")
      return "[]";
    return "[" + condition("DiskPressure", "False") + ", "
           + condition("PIDPressure", "False") + ", "
           + condition("MemoryPressure",
                       has_word(c, "pressure") ? "True" : "False")
           + ", " + condition("Ready", ready) + "]";
  }

  std::string node(const script_command& c) const {
    std::string taints;
    for (const auto& each : split(c.option("taints"))) {
      const auto [key, effect] = halves(each);
      taints += "{key: " + full_key(key) + ", effect: " + effect
                + ", timeAdded: \"" + meta::format_time(world_.wall) + "\"}, ";
    }
    std::string labels;
    if (const auto zone = c.option("zone"); !zone.empty())
      labels += "topology.kubernetes.io/zone: " + zone + ", ";
    for (const auto& each : split(c.option("labels"))) {
      const auto [key, value] = halves(each);
      labels += key + ": " + value + ", ";
    }
    return "{apiVersion: v1, kind: Node, metadata: {name: " + c.word(0)
           + ", uid: u-" + c.word(0) + ", labels: {" + labels
           + "}, creationTimestamp: \"2025-12-31T23:00:00Z\"}, spec: "
             "{unschedulable: "
           + (has_word(c, "cordoned") ? "true" : "false") + ", taints: ["
           + taints + "]}, status: {conditions: " + conditions(c) + "}}";
  }

  /// The Node as it is, with the status of another.
  std::string report(const script_command& c) {
    const auto key = controllers::nodes::node_key(c.word(0));
    const auto before = world_.view().get(key);
    test::controller_world beside;
    beside.place(node(c));
    const auto reported = beside.view().get(key);
    auto changed = before->clone();
    const auto status = schema::ids::node::status;
    changed.set(changed.root(), status,
                changed.clone(*reported->root().find(status)));
    auto write = control::update_of(key, std::move(changed), "report");
    write.subresource = "status";
    const auto answer = world_.act(write);
    return answer.status.success ? "ok" : answer.status.message;
  }

  std::string pod(const script_command& c) const {
    std::string tolerations;
    for (const auto& each : split(c.option("tolerates"))) {
      const auto [key, seconds] = halves(each);
      tolerations += "{operator: Exists, effect: NoExecute";
      if (key != "all")
        tolerations += ", key: " + full_key(key);
      if (!seconds.empty())
        tolerations += ", tolerationSeconds: " + seconds;
      tolerations += "}, ";
    }
    std::string more;
    if (has_word(c, "deleting"))
      more += ", deletionTimestamp: \"2026-01-01T00:00:00Z\", "
              "deletionGracePeriodSeconds: 30";
    if (has_word(c, "held"))
      more += ", finalizers: [example.com/hold]";
    return "{apiVersion: v1, kind: Pod, metadata: {namespace: default, name: "
           + c.word(0) + ", uid: u-" + c.word(0)
           + ", creationTimestamp: \"2025-12-31T23:00:00Z\"" + more
           + "}, spec: {"
           + (c.word(1) == "-" ? "" : "nodeName: " + c.word(1) + ", ")
           + "containers: [{name: c, image: i}], "
             "terminationGracePeriodSeconds: "
             "30, tolerations: ["
           + tolerations + "]}, status: {phase: " + c.option("phase", "Running")
           + ", conditions: [{type: Ready, status: \""
           + c.option("ready", "True") + "\"}]}}";
  }

  std::string work(duration span, const std::string& beating) {
    constexpr duration beat_period = std::chrono::seconds{10};
    const auto start = world_.mono;
    std::string out;
    while (world_.mono < start + span) {
      for (const auto& name : split(beating))
        beat(name);
      const auto end = std::min(start + span, world_.mono + beat_period);
      do
        out += take_doings(world_.mono - start);
      while (runner_.step_until(end));
      out += take_doings(world_.mono - start);
    }
    return out.empty() ? "nothing" : out;
  }

  void beat(const std::string& name) {
    world_.place("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: "
                 "{namespace: kube-node-lease, name: "
                 + name + ", uid: lease-" + name + "}, spec: {renewTime: \""
                 + meta::format_micro_time(world_.wall) + "\"}}");
  }

  std::string take_doings(duration passed) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(passed).count();
    std::string out;
    for (auto* lines : {&runner_.writes, &runner_.events})
      for (const auto& line : std::exchange(*lines, {}))
        out += std::to_string(seconds) + " " + line + "\n";
    return out;
  }

  /// "n1 Ready=Unknown/NodeStatusUnknown, MemoryPressure=..., x:NoSchedule".
  std::string nodes() const {
    const auto view = world_.view();
    std::string out;
    view.each("core/nodes/", [&](const control::object_key& key, const auto&) {
      const auto found = view.get(key);
      const core::node node{*found};
      out += std::string{node.metadata().name()};
      for (auto each : node.status().conditions())
        out += " " + std::string{each.type()} + "=" + std::string{each.status()}
               + "/" + std::string{each.reason()};
      for (const auto& each : controllers::nodes::taints_of(*found))
        out += " " + short_key(each.key) + ":" + each.effect;
      for (const auto& [name, value] : node.metadata().labels())
        out += " " + std::string{name} + "=" + std::string{value};
      out += "\n";
      return true;
    });
    return out.empty() ? "nothing" : out;
  }

  /// "web on n1 Running Ready=False DisruptionTarget=True/..., deleting".
  std::string pods() const {
    const auto view = world_.view();
    std::string out;
    view.each("core/pods/", [&](const control::object_key& key, const auto&) {
      const auto found = view.get(key);
      const core::pod pod{*found};
      out += std::string{pod.metadata().name()} + " on "
             + std::string{pod.spec().node_name()} + " "
             + std::string{pod.status().phase()};
      for (auto each : pod.status().conditions()) {
        out +=
            " " + std::string{each.type()} + "=" + std::string{each.status()};
        if (!each.reason().empty())
          out += "/" + std::string{each.reason()} + "/"
                 + std::string{each.message()};
      }
      if (pod.metadata().has_deletion_timestamp())
        out += " deleting grace="
               + std::to_string(pod.metadata().deletion_grace_period_seconds());
      out += "\n";
      return true;
    });
    return out.empty() ? "nothing" : out;
  }

  test::controller_world world_;
  test::controller_runner runner_;
};

void run_all(const std::string& folder, const std::string& controller) {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/reconcile/" + folder)) {
    CAPTURE(file);
    node_script run{controller};
    for (auto& difference : test::run_script(
             file, [&](const script_command& c) { return run.run(c); }))
      FAIL_CHECK(difference);
  }
}

} // namespace

TEST_CASE("reconcile scripts: node lifecycle") {
  run_all("node_lifecycle", "node-lifecycle");
}

TEST_CASE("reconcile scripts: taint eviction") {
  run_all("taint_eviction", "taint-eviction");
}

TEST_CASE("reconcile scripts: pod gc") {
  run_all("pod_gc", "pod-gc");
}

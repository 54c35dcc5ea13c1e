#include "actors/scheduler/scheduler_core.hpp"
#include "messages/codec/json.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/scheduler/scheduler_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using troupe::test::script_command;

namespace {

/// One world for each script. Commands:
///
///     node <name> [cpu=4] [memory=8Gi] [pods=110] [labels=a=b] [more]
///                      a node; the input is added to its spec, as YAML lines
///     place            one object per line, as YAML; prints the keys
///     erase <key>      the object is gone
///     settle           the scheduler works until it rests; prints its calls
///     pass <seconds>   time goes by, and the scheduler works; likewise
///     queue            how many pods wait, and where
///     scores <key>     the nodes that pass the filters, and their scores
class script {
public:
  std::string run(const script_command& c) {
    if (c.name == "node")
      return node(c);
    if (c.name == "place")
      return place(c);
    if (c.name == "erase")
      return world_.erase(c.word(0)), "gone";
    if (c.name == "settle")
      return settle();
    if (c.name == "pass")
      return pass(std::chrono::seconds{std::stoi(c.word(0))});
    if (c.name == "queue")
      return queue();
    if (c.name == "scores")
      return scores(c.word(0));
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  std::string node(const script_command& c) {
    std::string labels = "kubernetes.io/hostname: " + c.word(0);
    std::istringstream more{c.option("labels")};
    for (std::string one; std::getline(more, one, ',');)
      labels += ", " + one.replace(one.find('='), 1, ": \"") + "\"";
    const auto resources =
        "{cpu: \"" + c.option("cpu", "4") + "\", memory: "
        + c.option("memory", "8Gi") + ", ephemeral-storage: 100Gi, pods: \""
        + c.option("pods", "110") + "\""
        + (c.option("more").empty() ? "" : ", " + c.option("more")) + "}";
    std::string spec;
    std::istringstream lines{c.input};
    for (std::string line; std::getline(lines, line);)
      spec += (spec.empty() ? "" : ", ") + line;
    return world_.place("{apiVersion: v1, kind: Node, metadata: {name: "
                        + c.word(0) + ", labels: {" + labels + "}}, spec: {"
                        + spec + "}, status: {allocatable: " + resources
                        + c.option("status") + "}}");
  }

  std::string place(const script_command& c) {
    std::string out;
    std::istringstream lines{c.input};
    for (std::string line; std::getline(lines, line);)
      out += world_.place(line) + "\n";
    return out;
  }

  std::string settle() {
    runner_.calls.clear();
    runner_.settle();
    CHECK(runner_.warnings == std::vector<std::string>{});
    std::string out;
    for (const auto& one : runner_.calls)
      out += one + "\n";
    return out.empty() ? "nothing" : out;
  }

  std::string pass(duration span) {
    runner_.calls.clear();
    const auto until = world_.mono + span;
    while (runner_.wake_at() && *runner_.wake_at() <= until) {
      world_.advance(std::max(*runner_.wake_at() - world_.mono, duration{}));
      runner_.settle();
    }
    world_.advance(until - world_.mono);
    auto calls = std::move(runner_.calls);
    auto rest = settle();
    std::string out;
    for (const auto& one : calls)
      out += one + "\n";
    return out.empty() ? rest : out + (rest == "nothing" ? "" : rest);
  }

  std::string queue() {
    const auto& all = runner_.core().queue();
    return std::to_string(all.active()) + " active, "
           + std::to_string(all.backing_off()) + " backing off, "
           + std::to_string(all.unschedulable()) + " unschedulable, "
           + std::to_string(all.gated()) + " gated";
  }

  std::string scores(const std::string& key) {
    const auto& core = runner_.core();
    const auto view = world_.view();
    scheduler::class_table classes;
    const auto what = classes.class_of(*view.get(key));
    scheduler::related_pods related;
    control::informer_cache cache{{scheduler::related_pods::prefixes()}};
    cache.advance(world_.store.current(),
                  [&](const auto& change) { related.change(change); });
    scheduler::class_view mine{what, related.of(*what, view)};
    mine.refresh(core.nodes(), core.namespaces());
    std::vector<scheduler::row> passing;
    for (scheduler::row at = 0; at < core.nodes().rows(); ++at)
      if (core.nodes().present(at) && !mine.at(at).by)
        passing.push_back(at);
    std::map<std::string, std::string> lines;
    const auto add = [&](const std::string& name,
                         const scheduler::score_weights& weights) {
      for (const auto& [at, score] :
           scheduler::score(mine, core.nodes(), passing, weights))
        lines[core.nodes().node(at).name] +=
            " " + name + "=" + std::to_string(score);
    };
    add("taints", {1, 0, 0, 0, 0, 0, 0});
    add("affinity", {0, 1, 0, 0, 0, 0, 0});
    add("least", {0, 0, 1, 0, 0, 0, 0});
    add("spread", {0, 0, 0, 1, 0, 0, 0});
    add("pods", {0, 0, 0, 0, 1, 0, 0});
    add("balance", {0, 0, 0, 0, 0, 1, 0});
    add("images", {0, 0, 0, 0, 0, 0, 1});
    add("all", {});
    std::string out;
    for (const auto& [name, line] : lines)
      out += name + line + "\n";
    return out;
  }

  test::api_world world_;
  test::scheduler_runner runner_{world_};
};

} // namespace

TEST_CASE("schedule scripts") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/schedule")) {
    CAPTURE(file);
    script run;
    for (auto& difference : test::run_script(
             file, [&](const script_command& c) { return run.run(c); }))
      FAIL_CHECK(difference);
  }
}

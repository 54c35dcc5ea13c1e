#include "actors/singleton/lease_document.hpp"
#include "messages/meta/time.hpp"
#include "messages/view/coordination_v1.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/singleton/election_world.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <stdexcept>

using namespace troupe;

namespace {

constexpr const char* lease_key =
    "coordination.k8s.io/leases/kube-system/kube-scheduler";

std::int64_t seconds_of(const std::string& text) {
  return std::stoll(text); // "15s"
}

/// A candidate and whether its process runs.
struct member {
  member(test::api_world& world, const std::string& name)
      : runner(world, name) {}

  test::candidate runner;
  bool paused = false;
};

class script {
public:
  script() { test::furnish(world_); }

  std::string run(const test::script_command& c) {
    act(c);
    return std::exchange(out_, {});
  }

private:
  void act(const test::script_command& c) {
    if (c.name == "join")
      join(c.word(0), c.option("skew", "0s"));
    else if (c.name == "advance")
      advance(seconds_of(c.word(0)));
    else if (c.name == "lease")
      show_lease();
    else if (c.name == "write")
      write(c.word(0), c.option("epoch"));
    else if (c.name == "delete")
      world_.erase(lease_key);
    else if (c.name == "give")
      give(c.word(0));
    else if (c.name == "namespace-gone")
      world_.erase("core/namespaces/kube-system");
    else if (c.name == "namespace-comes")
      test::furnish(world_);
    else
      change(at(c.word(0)), c);
    settle();
    tell_renewals();
  }

  void change(member& who, const test::script_command& c) {
    if (c.name == "crash")
      who.runner.restart();
    else if (c.name == "pause")
      who.paused = true;
    else if (c.name == "resume")
      who.paused = false;
    else if (c.name == "cut")
      who.runner.cut_off = true;
    else if (c.name == "heal")
      who.runner.cut_off = false;
    else if (c.name == "leave")
      who.runner.leave();
    else if (c.name == "lose-answer")
      who.runner.answers_to_lose = 1;
    else
      throw std::runtime_error{"no command " + c.name};
  }

  void join(const std::string& name, const std::string& skew) {
    auto made = std::make_unique<member>(world_, name);
    made->runner.wall_skew = std::chrono::seconds{seconds_of(skew)};
    made->runner.tell = [this](const std::string& line) {
      out_ += line + "\n";
    };
    members_[name] = std::move(made);
  }

  member& at(const std::string& name) { return *members_.at(name); }

  /// Until nobody has anything to do at this moment.
  void settle() {
    bool again = true;
    for (int steps = 0; again; ++steps) {
      if (steps > 1000)
        throw std::runtime_error{"the candidates never come to rest"};
      again = false;
      for (auto& [name, one] : members_)
        again = (!one->paused && one->runner.step()) || again;
    }
  }

  void advance(std::int64_t seconds) {
    const auto end = world_.mono + std::chrono::seconds{seconds};
    while (world_.mono < end) {
      auto next = end;
      for (auto& [name, one] : members_)
        if (const auto at = one->runner.wake_at();
            !one->paused && at && *at > world_.mono)
          next = std::min(next, *at);
      const auto before = out_.size();
      world_.advance(next - world_.mono);
      settle();
      if (out_.size() > before)
        out_.insert(before, "at " + clock() + "\n");
    }
  }

  /// Since the script began.
  std::string clock() const {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
        world_.mono.time_since_epoch());
    return std::to_string(ms.count() / 1000) + "."
           + std::to_string(ms.count() / 100 % 10) + "s";
  }

  void tell_renewals() {
    for (auto& [name, one] : members_)
      if (const auto count = std::exchange(one->runner.renewals, 0u))
        out_ += name + ": renewals " + std::to_string(count) + "\n";
  }

  void show_lease() {
    const auto object = world_.view().get(lease_key);
    if (object == nullptr) {
      out_ += "none\n";
      return;
    }
    const auto spec = view::coordination_v1::lease{*object}.spec();
    const auto held = std::string{spec.holder_identity()};
    const auto again = holders_.insert(held).second ? "" : " (as before)";
    const auto took = *meta::parse_micro_time(spec.acquire_time());
    const auto renewed = *meta::parse_micro_time(spec.renew_time());
    out_ += "holder "
            + (held.empty() ? "nobody" : held.substr(0, held.find('_')) + again)
            + ", transitions " + std::to_string(spec.lease_transitions())
            + ", lasts " + std::to_string(spec.lease_duration_seconds())
            + "s, renewed "
            + std::to_string(
                std::chrono::duration_cast<std::chrono::seconds>(renewed - took)
                    .count())
            + "s after it was acquired\n";
  }

  void write(const std::string& name, const std::string& epoch) {
    auto& who = at(name).runner;
    if (epoch.empty() && !who.runs()) {
      out_ += "nobody runs\n";
      return;
    }
    const auto answer = who.write(
        epoch.empty() ? *who.runs() : store::revision{std::stoull(epoch)});
    out_ += (answer.status.success ? "written"
                                   : std::to_string(answer.status.code) + " "
                                         + answer.status.message)
            + "\n";
  }

  /// A user gives the lease to somebody who never renews it.
  void give(const std::string& holder) {
    world_.place("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: "
                 "{name: kube-scheduler, namespace: kube-system}, spec: "
                 "{holderIdentity: "
                 + holder + ", leaseDurationSeconds: 15}}");
  }

  test::api_world world_;
  std::map<std::string, std::unique_ptr<member>> members_;
  std::set<std::string> holders_;
  std::string out_;
};

} // namespace

TEST_CASE("singleton scripts") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/singleton")) {
    CAPTURE(file);
    script run;
    for (auto& difference : test::run_script(
             file, [&](const test::script_command& c) { return run.run(c); }))
      FAIL_CHECK(difference);
  }
}

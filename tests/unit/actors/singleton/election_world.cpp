#include "tests/unit/actors/singleton/election_world.hpp"

#include "actors/singleton/lease_document.hpp"

namespace troupe::test {

namespace {

singleton::election_config describe(const std::string& member) {
  singleton::election_config out;
  out.lease = lease_name;
  out.member = member;
  out.user = {"system:kube-scheduler", {}, {"system:authenticated"}, {}};
  return out;
}

/// Different for every member and life.
std::uint64_t seed_of(const std::string& member, std::uint64_t life) {
  return std::hash<std::string>{}(member) + life;
}

} // namespace

/// The election, with a process around it.
class candidate::elected_loop final : public control::control_loop {
public:
  elected_loop(candidate& owner, std::uint64_t seed)
      : owner_(owner), election_(describe(owner.member_), seed) {}

  /// The process dies, and what it runs.
  ~elected_loop() override { owner_.runs_.reset(); }

  control::loop_effects step(const control::moment& now,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input> inputs) override {
    election_.fenced_off(std::exchange(owner_.refused_, {}));
    if (owner_.leaving_)
      election_.leave();
    auto effects = election_.step(now, std::move(view), std::move(inputs));
    if (!std::exchange(owner_.has_left_, election_.has_left())
        && owner_.has_left_)
      owner_.say("has left");
    if (effects.stop) {
      owner_.runs_.reset();
      owner_.say("stops");
    }
    if (effects.raise)
      raise(*effects.raise, now, effects);
    if (effects.start) {
      owner_.runs_ = effects.start;
      owner_.say("starts, epoch " + std::to_string(effects.start->value()));
    }
    for (const auto& line : effects.warnings)
      owner_.say(line);
    return effects;
  }

  bool quiet() const override { return false; }

private:
  void raise(store::revision epoch, const control::moment& now,
             control::loop_effects& effects) {
    owner_.say("raises the fence to " + std::to_string(epoch.value()));
    if (owner_.cut_off)
      return;
    owner_.world_.store.apply_now(store::raise_fence{lease_name, epoch});
    effects.wake_at = now.mono; // its outcome is news
  }

  candidate& owner_;
  singleton::lease_election election_;
};

candidate::candidate(api_world& world, std::string member)
    : loop_runner(world,
                  [this] {
                    return std::make_unique<elected_loop>(
                        *this, seed_of(member_, ++lives_));
                  }),
      member_(std::move(member)) {
  on_call = [this](const api::request& request) {
    const auto* doc = request.body.get();
    if (request.verb == api::verb::create)
      say("asks for a new lease");
    else if (doc != nullptr && singleton::holder_of(*doc).empty())
      say("gives the lease back");
    else if (doc != nullptr
             && codec::find_path(doc->root(), doc->type(), "spec.acquireTime")
                        ->string_or("")
                    == singleton::renew_time_of(*doc))
      say("asks for the lease");
    else
      ++renewals;
  };
}

void candidate::say(const std::string& what) const {
  if (tell)
    tell(member_ + ": " + what);
}

api::response candidate::write(store::revision epoch) {
  api::request request;
  request.user.name = "writer";
  request.verb = api::verb::create;
  request.target = {"", "v1", "configmaps", "", "default", ""};
  request.body = config_map(member_ + "-" + std::to_string(++writes_));
  request.fence = api::fence{lease_name, epoch.value()};
  auto answer = world_.call(std::move(request));
  if (answer.fenced_off)
    refused_ = store::revision{*answer.fenced_off};
  return answer;
}

void furnish(api_world& world) {
  for (const auto* name : {"kube-system", "default"})
    world.place(std::string{"{apiVersion: v1, kind: Namespace, metadata: "
                            "{name: "}
                + name + "}, status: {phase: Active}}");
}

} // namespace troupe::test

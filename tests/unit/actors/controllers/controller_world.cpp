#include "tests/unit/actors/controllers/controller_world.hpp"

#include "actors/gateway/access/roles.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/schema/registry.hpp"

#include <stdexcept>

namespace troupe::test {

namespace {

using control::object_key;

std::array<std::uint8_t, 16> id_of(std::uint64_t number) {
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

schema::group_version_kind kind_of(const codec::decoded& read) {
  const auto slash = read.api_version.find('/');
  if (slash == std::string::npos)
    return {"", read.api_version, read.kind};
  const std::string_view whole{read.api_version};
  return {whole.substr(0, slash), whole.substr(slash + 1), read.kind};
}

const schema::resource_desc& resource_for(const std::string& yaml) {
  const auto read = codec::decode_yaml(
      yaml, schema::find_type(
                "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata"));
  if (!read)
    throw std::runtime_error{read.error().message};
  const auto* resource = schema::find_kind(kind_of(*read));
  if (resource == nullptr)
    throw std::runtime_error{"no resource of kind " + read->kind};
  return *resource;
}

} // namespace

controller_world::controller_world()
    : wall(std::chrono::seconds{1'767'225'600}) {
  gateway::writer_ports ports;
  ports.store = &store;
  ports.wall_now = [this] { return wall; };
  ports.mono_now = [this] { return mono; };
  ports.random_id = [this] { return id_of(++drawn_); };
  api_ = std::make_unique<gateway::local_api>(
      std::move(ports), [](const api::request& request) {
        const std::string_view user = request.user.name;
        if (!user.starts_with("system:controller:")
            && !user.starts_with("system:kube-"))
          return std::optional<api::status>{};
        return gateway::check_access(request.user,
                                     gateway::question_of(request));
      });
  store.set_wall_time(wall);
}

object_key controller_world::place(const std::string& yaml) {
  const auto& resource = resource_for(yaml);
  auto read = codec::decode_yaml(yaml, resource.type);
  if (!read || !read->problems.empty())
    throw std::runtime_error{"cannot read " + yaml};
  store::proposal proposal;
  proposal.id = next_id();
  proposal.deadline = wall + std::chrono::seconds{60};
  auto put = gateway::make_put(read->doc, resource);
  const auto key = put.key;
  proposal.ops.push_back(std::move(put));
  store.propose_now(std::move(proposal));
  return key;
}

void controller_world::erase(const object_key& key) {
  store::proposal proposal;
  proposal.id = next_id();
  proposal.deadline = wall + std::chrono::seconds{60};
  proposal.ops.push_back(store::erase{key});
  store.propose_now(std::move(proposal));
}

api::response controller_world::call(api::request request) {
  give_account(request);
  std::optional<api::response> out;
  api_->call(std::move(request), mono + std::chrono::seconds{30},
             [&](api::response answer) { out = std::move(answer); });
  if (!out)
    throw std::runtime_error{"a write did not answer"};
  return std::move(*out);
}

api::response controller_world::remove(const object_key& key,
                                       const std::string& propagation_policy) {
  control::action removal;
  removal.kind = control::action_kind::remove;
  removal.target = key;
  removal.propagation_policy = propagation_policy;
  return act(removal);
}

api::response controller_world::act(const control::action& wanted) {
  auto request = control::to_request(wanted, "user");
  request.user = {"user", {}, {}, {}};
  return call(std::move(request));
}

void controller_world::give_account(const api::request& request) {
  const auto& target = request.target;
  const bool creates_pod = request.verb == api::verb::create
                           && target.group.empty() && target.resource == "pods"
                           && target.subresource.empty();
  if (creates_pod
      && store.current()->get("core/serviceaccounts/" + target.ns + "/default")
             == nullptr)
    place("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, "
          "namespace: "
          + target.ns + "}, automountServiceAccountToken: false}");
}

control::snapshot controller_world::view() const {
  control::informer_cache cache{{{""}, true}};
  cache.advance(store.current(), [](const control::object_change&) {});
  return cache.at(wall);
}

std::vector<std::string>
controller_world::names(const std::string& prefix) const {
  std::vector<std::string> out;
  view().each(prefix, [&](const object_key& key, const auto&) {
    out.push_back(key.substr(prefix.size()));
    return true;
  });
  return out;
}

void controller_world::advance(duration by) {
  mono += by;
  wall += by;
  store.set_mono_time(mono);
  store.set_wall_time(wall);
}

store::proposal_id controller_world::next_id() {
  return store::proposal_id{id_of(++drawn_)};
}

controller_runner::controller_runner(controller_world& world,
                                     controllers::controller_spec spec)
    : world_(world), spec_(std::move(spec)) {
  restart();
}

void controller_runner::restart() {
  core_ = std::make_unique<controllers::controller_core>(spec_, 1);
  answers_.clear();
  seen_.reset();
  wake_at_ = world_.mono;
}

bool controller_runner::step() {
  if (fails(2))
    restart();
  std::vector<controllers::core_input> inputs;
  bool fresh = seen_ == nullptr || !faults_;
  const bool news = has_news();
  if (!answers_.empty() && !fails(30)) {
    fresh =
        fresh
        || std::holds_alternative<controllers::read_ended>(answers_.front());
    inputs.push_back(std::move(answers_.front()));
    answers_.pop_front();
  } else if (answers_.empty() && !news) {
    if (core_->quiet())
      return false;
    if (wake_at_ && *wake_at_ > world_.mono)
      world_.advance(*wake_at_ - world_.mono);
  }
  seen_ = choose_view(fresh);
  auto effects = core_->step(world_.now(), seen_, std::move(inputs));
  for (auto& effect : effects.writes)
    write(effect);
  for (const auto& [about, note] : effects.events)
    events.push_back(about.kind + " " + about.name + ": " + to_string(note));
  if (effects.read)
    answers_.push_back(
        controllers::read_ended{fails(10) ? store::barrier_outcome::timed_out
                                          : store::barrier_outcome::reached});
  wake_at_ = effects.wake_at;
  return true;
}

bool controller_runner::step_until(mono_time end) {
  const bool waits = answers_.empty() && !has_news();
  if (waits && (core_->quiet() || !wake_at_ || *wake_at_ > end)) {
    world_.advance(end - world_.mono);
    return false;
  }
  return step();
}

bool controller_runner::has_news() const {
  return seen_ == nullptr
         || seen_->applied() < world_.store.current()->applied();
}

void controller_runner::settle() {
  for (int steps = 0; step(); ++steps)
    if (steps > 20'000)
      throw std::runtime_error{"the controller never comes to rest"};
}

std::shared_ptr<const store::store_snapshot>
controller_runner::choose_view(bool fresh) {
  auto newest = world_.store.current();
  if (history_.empty() || history_.back()->applied() < newest->applied())
    history_.push_back(newest);
  if (fresh || !faults_ || faults_->chance(30))
    return newest;
  auto chosen = history_[faults_->below(history_.size())];
  return chosen->applied() > seen_->applied() ? chosen : seen_;
}

void controller_runner::write(controllers::write_effect& effect) {
  api::response lost;
  lost.status = api::timeout("lost", 0);
  const auto& target = effect.request.target;
  writes.push_back(
      std::string{to_string(effect.request.verb)} + " "
      + control::make_key(target.group, target.resource, target.ns, target.name)
      + (target.subresource.empty() ? "" : " ") + target.subresource);
  if (fails(10)) {
    answers_.push_back(controllers::write_answered{effect.ticket, lost});
    return;
  }
  if (auto no = refuse ? refuse(effect.request) : std::nullopt) {
    answers_.push_back(
        controllers::write_answered{effect.ticket, std::move(*no)});
    return;
  }
  if (before_write)
    before_write(effect.request);
  auto answer = world_.call(std::move(effect.request));
  if (fails(10))
    answer = lost;
  answers_.push_back(
      controllers::write_answered{effect.ticket, std::move(answer)});
}

} // namespace troupe::test

#include "tests/unit/actors/gateway/object/object_world.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"

#include <stdexcept>

namespace troupe::test {

using gateway::object_answer;
using gateway::object_call;

std::shared_ptr<const store::store_snapshot> faulty_store::current() const {
  return stale ? stale : inner_.current();
}

void faulty_store::propose(store::proposal value,
                           std::function<void(store::propose_outcome)> done) {
  // A copy, for the hook may replace itself.
  if (auto hook = before_propose)
    hook(proposals.size());
  proposals.push_back(value);
  auto next = fate::pass;
  if (!fates.empty()) {
    next = fates.front();
    fates.pop_front();
  }
  switch (next) {
    case fate::pass:
      return inner_.propose(std::move(value), std::move(done));
    case fate::not_leader:
      return done(store::not_leader{});
    case fate::unknown_done:
      return inner_.propose(std::move(value),
                            [done](auto) { done(store::outcome_unknown{}); });
    case fate::unknown_lost:
      return done(store::outcome_unknown{});
    case fate::overloaded:
      return done(store::overloaded{"too many writes are waiting"});
    case fate::expired:
      return done(store::proposal_expired{});
  }
}

void faulty_store::raise(store::raise_fence value, wall_time deadline,
                         std::function<void(store::propose_outcome)> done) {
  inner_.raise(std::move(value), deadline, std::move(done));
}

void faulty_store::read_index(
    mono_time, std::function<void(store::barrier_outcome)> done) {
  ++barriers_asked;
  auto next = store::barrier_outcome::reached;
  if (!barriers.empty()) {
    next = barriers.front();
    barriers.pop_front();
  }
  if (next == store::barrier_outcome::reached)
    stale = nullptr;
  done(next);
}

void faulty_store::wait_applied(
    store::revision, mono_time deadline,
    std::function<void(store::barrier_outcome)> done) {
  now = std::max(now, deadline);
  done(store::barrier_outcome::timed_out);
}

std::pair<std::shared_ptr<const store::store_snapshot>,
          std::unique_ptr<store::subscription>>
faulty_store::subscribe(
    std::function<void(const store::applied_batch&)> on_batch) {
  return inner_.subscribe(std::move(on_batch));
}

object_world::object_world()
    : wall{meta::parse_time("2026-01-02T03:04:05Z").value()} {}

object_call object_world::call(const std::string& plural, const std::string& ns,
                               const std::string& name) const {
  object_call out;
  out.user.name = "alice";
  out.resource = schema::find_resource("", "v1", plural);
  if (out.resource == nullptr)
    throw std::runtime_error{"no resource " + plural};
  out.ns = ns;
  out.name = name;
  out.field_manager = "tester";
  out.deadline = store.now + std::chrono::seconds{30};
  return out;
}

codec::document object_world::body(object_call& call, const std::string& json) {
  const auto* type = call.resource->type;
  for (const auto& one : call.resource->subresources)
    if (one.name == call.subresource)
      type = one.type;
  auto decoded = codec::decode_json(json, type);
  if (!decoded)
    throw std::runtime_error{decoded.error().message};
  call.problems = decoded->problems;
  return std::move(decoded->doc);
}

/// The one answer.
object_answer object_world::answer_of(
    const std::function<void(gateway::object_done)>& start) {
  std::optional<object_answer> heard;
  start([&](object_answer answer) {
    if (heard)
      throw std::logic_error{"two answers"};
    heard = std::move(answer);
  });
  drain();
  return heard.value();
}

void object_world::drain() {
  while (!tasks_.empty()) {
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
  }
}

object_answer object_world::create(object_call call, const std::string& json) {
  auto object = body(call, json);
  return answer_of([&](const auto& done) {
    writer().create(std::move(call), std::move(object), done);
  });
}

object_answer object_world::update(object_call call, const std::string& json) {
  auto object = body(call, json);
  return answer_of([&](const auto& done) {
    writer().update(std::move(call), std::move(object), done);
  });
}

object_answer object_world::patch(object_call call, gateway::patch_kind kind,
                                  const std::string& text, bool force) {
  return answer_of([&](const auto& done) {
    writer().patch(std::move(call), kind, text, force, done);
  });
}

object_answer object_world::remove(object_call call,
                                   gateway::delete_call options) {
  return answer_of([&](const auto& done) {
    writer().remove(std::move(call), std::move(options), done);
  });
}

gateway::writer_ports object_world::ports() {
  gateway::writer_ports out;
  out.ending = ending;
  out.store = &store;
  out.wall_now = [this] { return wall; };
  out.mono_now = [this] { return store.now; };
  out.random_id = [this] {
    std::array<std::uint8_t, 16> id{};
    auto number = ++drawn_;
    for (std::size_t i = 0; i < 8; ++i, number >>= 8)
      id[i] = id[15 - i] = static_cast<std::uint8_t>(number);
    if (!next_random.empty()) {
      id.fill(next_random.front());
      next_random.pop_front();
    }
    return id;
  };
  out.service_ranges = service_ranges;
  out.resume = [this](auto task) { tasks_.push_back(std::move(task)); };
  return out;
}

void object_world::advance(duration by) {
  wall += by;
  store.now += by;
  inner.set_wall_time(wall);
}

std::string object_json(const codec::document& object,
                        const schema::resource_desc& resource,
                        std::uint64_t revision, bool managed) {
  auto shown = object.clone();
  if (!managed)
    gateway::erase_meta(shown, gateway::object_meta::managed_fields);
  const auto version = std::to_string(revision);
  codec::encode_options options;
  options.api_version = "v1";
  options.kind = resource.kind.kind;
  if (revision != 0)
    options.resource_version = version;
  return codec::encode_json(shown.root(), shown.type(), options);
}

} // namespace troupe::test

#include "node/agent/pod_core.hpp"

#include "messages/view/core_v1.hpp"
#include "node/pod/record.hpp"
#include "node/pod/status.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace troupe::agent {

namespace {

namespace core = view::core_v1;

constexpr int not_found = 404;
constexpr int conflict = 409;
/// Between two tries to write a status.
constexpr duration write_retry = std::chrono::seconds{1};

void append(std::vector<pod::pod_event>& to, std::vector<pod::pod_event> more) {
  std::ranges::move(more, std::back_inserter(to));
}

bool have_same_status(const codec::document& a, const codec::document& b) {
  const auto* one = core::pod{a}.status().raw();
  const auto* other = core::pod{b}.status().raw();
  return one != nullptr && other != nullptr && codec::equal(*one, *other);
}

void sooner(std::optional<wall_time>& due, wall_time at) {
  if (!due || at < *due)
    due = at;
}

} // namespace

std::uint64_t revision_of(const codec::document& object) {
  const auto text = core::pod{object}.metadata().resource_version();
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

pod_core::pod_core(pod_ptr pod, pod::pod_config config)
    : config_(std::move(config)), pod_(std::move(pod)) {
  // nop
}

pod_effects pod_core::adopted(pod::observed_pod observed,
                              const std::vector<pod::pod_fact>& facts,
                              wall_time now) {
  observed_ = std::move(observed);
  pod::clock_is(observed_, now);
  adopted_ = true;
  std::vector<pod::pod_event> events;
  for (const auto& fact : facts)
    append(events, pod::apply(observed_, core::pod{*pod_}, fact, now, config_));
  return step(now, std::move(events));
}

pod_effects pod_core::changed(pod_ptr newer, wall_time now) {
  if (revision_of(*newer) < revision_of(*pod_))
    return {};
  pod_ = std::move(newer);
  write_again_.reset();
  return step(now, {});
}

pod_effects pod_core::take(const pod::pod_fact& fact, wall_time now) {
  return step(now, pod::apply(observed_, core::pod{*pod_}, fact, now, config_));
}

pod_effects pod_core::status_answered(const api::response& answer,
                                      wall_time now) {
  const auto sent = std::exchange(sent_, nullptr);
  if (answer.status.success) {
    // What the API keeps otherwise is not worth a write at once.
    if (answer.object && sent && !have_same_status(*answer.object, *sent))
      write_again_ = now + write_retry;
    if (answer.object && revision_of(*answer.object) > revision_of(*pod_))
      pod_ = answer.object;
    return step(now, {});
  }
  if (answer.status.code == not_found)
    return take(pod::object_vanished{}, now);
  // After a conflict the newer object is on its way here.
  write_again_ = now + write_retry;
  return step(now, {});
}

pod_effects pod_core::look(wall_time now) {
  return step(now, {});
}

void pod_core::clock_was_set(duration by) {
  pod::clock_was_set(observed_, by);
  if (write_again_)
    *write_again_ += by;
}

pod_effects pod_core::step(wall_time now, std::vector<pod::pod_event> events) {
  pod_effects out;
  out.events = std::move(events);
  if (!adopted_)
    return out;
  compare_status(now, out);
  const core::pod view{*pod_};
  auto plan = pod::compute_pod_actions(view, observed_, now, config_);
  for (const auto& action : plan.actions)
    append(out.events, pod::begin(observed_, view, action, now, config_));
  if (!plan.actions.empty() && !out.status)
    compare_status(now, out);
  out.actions = std::move(plan.actions);
  out.finished = plan.finished;
  if (plan.look_again)
    sooner(out.look_again, *plan.look_again);
  auto record = pod::encode_record(observed_);
  if (record != record_ && !out.finished) {
    record_ = record;
    out.record = std::move(record);
  }
  return out;
}

/// Asks for a write when the API's status is not what is observed.
void pod_core::compare_status(wall_time now, pod_effects& out) {
  if (observed_.vanished || observed_.object_deleted)
    return;
  const core::pod view{*pod_};
  const auto wanted = pod::compute_status(view, observed_, now, config_);
  const auto* stored = view.status().raw();
  if (stored != nullptr && codec::equal(*stored, wanted.root())) {
    if (everything_ended() && !observed_.final_status_stored)
      append(out.events, pod::apply(observed_, view, pod::final_status_stored{},
                                    now, config_));
    return;
  }
  if (sent_)
    return;
  if (write_again_ && now < *write_again_)
    return sooner(out.look_again, *write_again_);
  write_again_.reset();
  sent_ =
      std::make_shared<const codec::document>(pod::with_status(*pod_, wanted));
  out.status = sent_;
}

bool pod_core::everything_ended() const {
  const auto phase = pod::compute_phase(core::pod{*pod_}, observed_);
  if (!observed_.ending_since && phase != "Succeeded" && phase != "Failed")
    return false;
  return std::ranges::none_of(observed_.containers, [](const auto& each) {
    return each.second.phase == pod::container_phase::creating
           || each.second.phase == pod::container_phase::running;
  });
}

} // namespace troupe::agent

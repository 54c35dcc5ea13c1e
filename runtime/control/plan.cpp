#include "runtime/control/plan.hpp"

#include "messages/meta/time.hpp"
#include "runtime/control/object_meta.hpp"

#include <algorithm>

namespace troupe::control {

namespace {

std::string_view name_of(action_kind kind) {
  switch (kind) {
    case action_kind::create:
      return "create";
    case action_kind::update:
      return "update";
    case action_kind::remove:
      break;
  }
  return "delete";
}

bool same_body(const action& a, const action& b) {
  if (a.body == nullptr || b.body == nullptr)
    return a.body == b.body;
  return codec::equal(a.body->root(), b.body->root());
}

} // namespace

bool operator==(const action& a, const action& b) {
  return a.kind == b.kind && a.target == b.target
         && a.subresource == b.subresource && same_body(a, b) && a.uid == b.uid
         && a.resource_version == b.resource_version
         && a.propagation_policy == b.propagation_policy
         && a.grace_period_seconds == b.grace_period_seconds
         && a.reason == b.reason && a.confirm == b.confirm
         && a.event == b.event;
}

std::string to_string(const action& value) {
  std::string out{name_of(value.kind)};
  out += " " + value.target;
  if (!value.subresource.empty())
    out += " " + value.subresource;
  if (!value.propagation_policy.empty())
    out += " " + value.propagation_policy;
  if (value.grace_period_seconds)
    out += " grace=" + std::to_string(*value.grace_period_seconds);
  if (!value.uid.empty())
    out += " uid=" + value.uid;
  if (!value.resource_version.empty())
    out += " @" + value.resource_version;
  if (value.confirm)
    out += " confirm";
  return out + ": " + value.reason;
}

bool plan::needs_confirmation() const {
  return std::any_of(actions.begin(), actions.end(),
                     [](const action& one) { return one.confirm; });
}

std::string to_string(const plan& value) {
  std::string out;
  for (const auto& one : value.actions)
    out += to_string(one) + "\n";
  if (value.again_at)
    out += "again at " + meta::format_time(*value.again_at) + "\n";
  for (const auto& [about, note] : value.events)
    out +=
        "tells " + about.kind + " " + about.name + " " + to_string(note) + "\n";
  for (const auto& [name, what] : value.seen)
    out += "saw " + name + ": " + what + "\n";
  return out;
}

action update_of(const object_key& key, codec::document changed,
                 std::string reason) {
  action out;
  out.kind = action_kind::update;
  out.target = key;
  out.uid = uid_of(changed);
  out.resource_version = resource_version_of(changed);
  out.body = std::make_shared<const codec::document>(std::move(changed));
  out.reason = std::move(reason);
  return out;
}

action removal_of(const object_key& key, const store::version& seen,
                  std::string propagation_policy, std::string reason) {
  action out;
  out.kind = action_kind::remove;
  out.target = key;
  out.uid = seen.columns->uid;
  out.resource_version = std::to_string(seen.modified.value());
  out.propagation_policy = std::move(propagation_policy);
  out.reason = std::move(reason);
  return out;
}

} // namespace troupe::control

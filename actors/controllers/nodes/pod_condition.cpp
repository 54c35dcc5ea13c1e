#include "actors/controllers/nodes/pod_condition.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::controllers::nodes {

namespace {

namespace ids = schema::ids;
namespace fields = ids::pod_condition;

codec::node& conditions_of(codec::document& pod) {
  auto& status = pod.object_at(pod.root(), ids::pod::status);
  return pod.list_at(status, ids::pod_status::conditions);
}

codec::node* find(codec::document& pod, std::string_view type) {
  for (auto* each : conditions_of(pod).items())
    if (view::core_v1::pod_condition{each}.type() == type)
      return each;
  return nullptr;
}

void set(codec::document& pod, codec::node& condition, codec::field_id id,
         std::string_view text) {
  if (text.empty())
    pod.erase(condition, id);
  else
    pod.set(condition, id, pod.make_string(text));
}

} // namespace

bool set_condition(codec::document& pod, const pod_condition& wanted,
                   wall_time now) {
  auto* found = find(pod, wanted.type);
  if (found == nullptr) {
    found = pod.make_object();
    set(pod, *found, fields::type, wanted.type);
    pod.push_back(conditions_of(pod), found);
  }
  const view::core_v1::pod_condition before{found};
  if (before.status() == wanted.status && before.reason() == wanted.reason
      && before.message() == wanted.message)
    return false;
  if (before.status() != wanted.status)
    set(pod, *found, fields::last_transition_time, meta::format_time(now));
  set(pod, *found, fields::status, wanted.status);
  set(pod, *found, fields::reason, wanted.reason);
  set(pod, *found, fields::message, wanted.message);
  return true;
}

bool set_not_ready(codec::document& pod, wall_time now) {
  auto* found = find(pod, "Ready");
  if (found == nullptr
      || view::core_v1::pod_condition{found}.status() == "False")
    return false;
  set(pod, *found, fields::status, "False");
  set(pod, *found, fields::last_transition_time, meta::format_time(now));
  return true;
}

} // namespace troupe::controllers::nodes

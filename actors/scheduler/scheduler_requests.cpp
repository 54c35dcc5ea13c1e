#include "actors/scheduler/scheduler_requests.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"
#include "runtime/control/object_meta.hpp"

namespace troupe::scheduler {

namespace {

namespace ids = schema::ids;
namespace condition_id = ids::pod_condition;

constexpr const char* condition_type = "PodScheduled";

void set(codec::document& doc, codec::node& to, codec::field_id id,
         std::string_view text) {
  doc.set(to, id, doc.make_string(text));
}

struct standing {
  std::optional<std::size_t> index;
  view::core_v1::pod_condition condition;
};

standing find_condition(const view::core_v1::pod& pod) {
  const auto all = pod.status().conditions();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].type() == condition_type)
      return {i, all[i]};
  return {};
}

} // namespace

api::request scheduler_request(api::verb verb, api::target target,
                               codec::document body) {
  api::request out;
  out.user.name = scheduler_user;
  out.user.groups = {"system:authenticated"};
  out.verb = verb;
  out.target = std::move(target);
  out.field_manager = "kube-scheduler";
  out.body = std::make_shared<const codec::document>(std::move(body));
  return out;
}

api::request bind_request(const pod_info& pod, const std::string& node) {
  codec::document doc{schema::find_kind_type({"", "v1", "Binding"})};
  auto& metadata = doc.object_at(doc.root(), ids::binding::metadata);
  set(doc, metadata, ids::object_meta::name, pod.name);
  set(doc, metadata, ids::object_meta::namespace_, pod.what->ns);
  set(doc, metadata, ids::object_meta::uid, pod.uid);
  auto& target = doc.object_at(doc.root(), ids::binding::target);
  set(doc, target, ids::object_reference::kind, "Node");
  set(doc, target, ids::object_reference::name, node);
  return scheduler_request(
      api::verb::create, {"", "v1", "pods", "binding", pod.what->ns, pod.name},
      std::move(doc));
}

std::optional<api::request> status_request(const codec::document& pod,
                                           const failure& why, wall_time now) {
  const view::core_v1::pod seen{pod};
  const auto generation = seen.metadata().generation();
  const auto [index, before] = find_condition(seen);
  const bool was_false = before.status() == "False";
  if (was_false && before.reason() == why.reason
      && before.message() == why.message
      && before.observed_generation() == generation)
    return std::nullopt;
  auto next = pod.clone();
  auto& status = next.object_at(next.root(), ids::pod::status);
  auto& conditions = next.list_at(status, ids::pod_status::conditions);
  auto* made = next.make_object();
  set(next, *made, condition_id::type, condition_type);
  set(next, *made, condition_id::status, "False");
  set(next, *made, condition_id::last_transition_time,
      was_false && !before.last_transition_time().empty()
          ? std::string{before.last_transition_time()}
          : meta::format_time(now));
  set(next, *made, condition_id::reason, why.reason);
  set(next, *made, condition_id::message, why.message);
  next.set(*made, condition_id::observed_generation,
           next.make_integer(generation));
  if (index)
    next.replace_item(conditions, *index, made);
  else
    next.push_back(conditions, made);
  const std::string ns{seen.metadata().namespace_()};
  const std::string name{seen.metadata().name()};
  auto out = scheduler_request(api::verb::update,
                               {"", "v1", "pods", "status", ns, name},
                               std::move(next));
  out.uid = control::uid_of(pod);
  out.resource_version = control::resource_version_of(pod);
  return out;
}

} // namespace troupe::scheduler

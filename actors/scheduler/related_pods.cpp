#include "actors/scheduler/related_pods.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

using meta::requirement;
using meta::requirement_op;

struct controller_kind {
  std::string_view api_version;
  std::string_view kind;
  std::string_view group;
  std::string_view plural;
};

constexpr controller_kind controllers[] = {
    {"v1", "ReplicationController", "", "replicationcontrollers"},
    {"apps/v1", "ReplicaSet", "apps", "replicasets"},
    {"apps/v1", "StatefulSet", "apps", "statefulsets"},
};

constexpr std::string_view services = "core/services/";

const codec::node* selector_of(const codec::document& object) {
  return codec::find_path(object.root(), object.type(), "spec.selector");
}

bool selects(const label_set& selector, const label_set& labels) {
  return !selector.empty()
         && std::all_of(selector.begin(), selector.end(), [&](const auto& one) {
              return label_of(labels, one.name) == one.value;
            });
}

/// What the class's controller selects: pairs, or requirements.
void add_controller(const pod_class& what, const control::snapshot& view,
                    std::map<std::string, std::string>& pairs,
                    std::vector<requirement>& more) {
  if (!what.controller)
    return;
  const auto* kind = std::find_if(
      std::begin(controllers), std::end(controllers), [&](const auto& one) {
        return one.api_version == what.controller->api_version
               && one.kind == what.controller->kind;
      });
  if (kind == std::end(controllers))
    return;
  const auto object = view.get(control::make_key(
      kind->group, kind->plural, what.ns, what.controller->name));
  const auto* selector = object == nullptr ? nullptr : selector_of(*object);
  if (selector == nullptr)
    return;
  if (selector->is(codec::node_kind::map)) {
    for (const auto& [name, value] : view::map<std::string_view>{selector})
      pairs.insert_or_assign(std::string{name}, std::string{value});
    return;
  }
  const auto read = read_selector(selector);
  more.insert(more.end(), read.requirements().begin(),
              read.requirements().end());
}

} // namespace

const std::vector<std::string>& related_pods::prefixes() {
  static const std::vector<std::string> all{
      std::string{services}, "core/replicationcontrollers/",
      "apps/replicasets/", "apps/statefulsets/"};
  return all;
}

bool related_pods::change(const control::object_change& change) {
  const auto& key = change.key;
  const bool ours =
      std::any_of(prefixes().begin(), prefixes().end(),
                  [&](const auto& prefix) { return key.starts_with(prefix); });
  if (!ours)
    return false;
  ++epoch_;
  if (!key.starts_with(services))
    return true;
  const auto parts = control::parse_key(key);
  auto& mine = services_[std::string{parts->ns}];
  mine.erase(key);
  if (change.now == nullptr)
    return true;
  const auto object = control::decode_object(key, *change.now);
  const auto* selector = object ? selector_of(*object) : nullptr;
  if (selector != nullptr && !selector->empty())
    mine.emplace(key, read_labels(view::map<std::string_view>{selector}));
  return true;
}

std::optional<meta::label_selector>
related_pods::of(const pod_class& what, const control::snapshot& view) const {
  std::map<std::string, std::string> pairs;
  if (const auto mine = services_.find(what.ns); mine != services_.end())
    for (const auto& [key, selector] : mine->second)
      if (selects(selector, what.labels))
        for (const auto& one : selector)
          pairs.insert_or_assign(one.name, one.value);
  std::vector<requirement> more;
  add_controller(what, view, pairs, more);
  std::vector<requirement> all;
  for (const auto& [name, value] : pairs)
    all.push_back({name, requirement_op::in, {value}});
  all.insert(all.end(), more.begin(), more.end());
  if (all.empty())
    return std::nullopt;
  return meta::label_selector{std::move(all)};
}

} // namespace troupe::scheduler

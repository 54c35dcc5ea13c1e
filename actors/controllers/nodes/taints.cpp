#include "actors/controllers/nodes/taints.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::controllers::nodes {

namespace {

namespace ids = schema::ids;
namespace core = view::core_v1;

bool same_place(const taint& a, const taint& b) {
  return a.key == b.key && a.effect == b.effect;
}

codec::node* make(codec::document& doc, const taint& from, wall_time now) {
  namespace fields = ids::taint;
  auto* out = doc.make_object();
  doc.set(*out, fields::key, doc.make_string(from.key));
  if (!from.value.empty())
    doc.set(*out, fields::value, doc.make_string(from.value));
  doc.set(*out, fields::effect, doc.make_string(from.effect));
  doc.set(*out, fields::time_added, doc.make_string(meta::format_time(now)));
  return out;
}

taint read(core::taint from) {
  return {std::string{from.key()}, std::string{from.value()},
          std::string{from.effect()}, std::string{from.time_added()}};
}

/// Kubernetes documentation, "Taints and Tolerations".
bool tolerates(core::toleration one, const taint& with) {
  if (!one.effect().empty() && one.effect() != with.effect)
    return false;
  if (!one.key().empty() && one.key() != with.key)
    return false;
  if (one.operator_() == "Exists")
    return true;
  return (one.operator_().empty() || one.operator_() == "Equal")
         && one.value() == with.value;
}

} // namespace

std::vector<taint> taints_of(const codec::document& node) {
  std::vector<taint> out;
  for (auto each : core::node{node}.spec().taints())
    out.push_back(read(each));
  return out;
}

bool has_taint(const std::vector<taint>& all, std::string_view key,
               std::string_view effect) {
  return std::ranges::any_of(all, [&](const taint& each) {
    return each.key == key && each.effect == effect;
  });
}

void change_taints(codec::document& node, const std::vector<taint>& gone,
                   const std::vector<taint>& added, wall_time now) {
  auto& spec = node.object_at(node.root(), ids::node::spec);
  auto& list = node.list_at(spec, ids::node_spec::taints);
  std::vector<codec::node*> kept;
  for (auto* each : list.items())
    if (std::ranges::none_of(gone, [&](const taint& one) {
          return same_place(one, read(core::taint{each}));
        }))
      kept.push_back(each);
  for (const auto& each : added)
    kept.push_back(make(node, each, now));
  if (kept.empty())
    node.erase(spec, ids::node_spec::taints);
  else
    node.assign(list, kept);
}

patience patience_of(const codec::document& pod, const taint& with) {
  for (auto each : core::pod{pod}.spec().tolerations()) {
    if (!tolerates(each, with))
      continue;
    if (!each.has_toleration_seconds())
      return {true, {}};
    return {false, std::chrono::seconds{
                       std::max<std::int64_t>(each.toleration_seconds(), 0)}};
  }
  return {};
}

} // namespace troupe::controllers::nodes

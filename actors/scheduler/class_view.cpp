#include "actors/scheduler/class_view.hpp"

#include "actors/scheduler/plugins/node_rules.hpp"

namespace troupe::scheduler {

namespace {

std::vector<spread_constraint>
soft_constraints(const pod_class& what,
                 const std::optional<meta::label_selector>& related) {
  if (what.has_constraints || !related)
    return what.soft_constraints;
  return topology_spread::default_constraints(*related);
}

} // namespace

class_view::class_view(pod_class_ptr what,
                       std::optional<meta::label_selector> related)
    : what_(std::move(what)), related_(std::move(related)),
      hard_(what_->hard_constraints, true),
      soft_(soft_constraints(*what_, related_), what_->has_constraints) {
  // nop
}

void class_view::refresh(const node_table& table,
                         const namespace_labels& namespaces) {
  if (verdicts_.size() < table.rows()) {
    verdicts_.resize(table.rows());
    for (auto* column :
         {&intolerable_, &preference_, &least_, &balanced_, &images_})
      column->resize(table.rows());
  }
  const auto look = [&](row node) { examine(node, table, namespaces); };
  if (position_)
    table.touched_since(*position_, look);
  else
    for (row node = 0; node < table.rows(); ++node)
      look(node);
  position_ = table.position();
  if (images_epoch_ == table.images_epoch())
    return;
  images_epoch_ = table.images_epoch();
  for (row node = 0; node < table.rows(); ++node)
    if (table.present(node))
      images_[node] =
          scheduler::image_locality(*what_, table.node(node), table);
}

void class_view::examine(row node, const node_table& table,
                         const namespace_labels& namespaces) {
  hard_.examine(node, table, *what_);
  soft_.examine(node, table, *what_);
  affinity_.examine(node, table, *what_, namespaces);
  if (!table.present(node))
    return;
  const auto& info = table.node(node);
  verdicts_[node] = judge(node, table);
  intolerable_[node] = taint_toleration::intolerable(*what_, info);
  preference_[node] = node_affinity::preference(*what_, info);
  least_[node] =
      node_resources_fit::least_allocated(*what_, info, table.guessed(node));
  balanced_[node] = balanced_allocation(*what_, info, table.requested(node));
}

verdict class_view::judge(row node, const node_table& table) const {
  const auto& info = table.node(node);
  const auto against = [](plugin by, bool unresolvable) {
    return verdict{by, {}, unresolvable};
  };
  if (!node_unschedulable::passes(*what_, info))
    return against(plugin::node_unschedulable, true);
  if (!taint_toleration::passes(*what_, info))
    return against(plugin::taint_toleration, true);
  if (!node_affinity::passes(*what_, info))
    return against(plugin::node_affinity, true);
  if (!node_ports::passes(*what_, table.ports(node)))
    return against(plugin::node_ports, false);
  const auto fit = node_resources_fit::check(
      *what_, info, table.requested(node), table.pods(node).size());
  if (!fit.missing.empty())
    return {plugin::node_resources_fit, fit, fit.unresolvable};
  return {};
}

} // namespace troupe::scheduler

#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/members.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/service_rules.hpp"
#include "messages/codec/validate/service_shape.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace spec_id = ids::service_spec;
namespace port_id = ids::service_port;
using spec_view = view::core_v1::service_spec;

/// Both specs while `next` is changed: views of it are made anew each time.
struct change {
  document& doc;
  node& spec;
  const node& old_spec;

  spec_view next() const { return spec_view{&spec}; }
  spec_view old() const { return spec_view{&old_spec}; }

  /// Whether the old one needs it and the new one does not.
  bool loses(bool (*needs)(spec_view)) const {
    return needs(old()) && !needs(next());
  }
  bool keeps(bool (*needs)(spec_view)) const {
    return needs(old()) && needs(next());
  }
  void take_old(field_id id) const { copy_member(doc, spec, &old_spec, id); }
};

void set_cluster_ips(document& doc, node& spec) {
  auto* list = doc.make_list();
  doc.push_back(*list, doc.make_string(text_of(&spec, spec_id::cluster_ip)));
  doc.set(spec, spec_id::cluster_ips, list);
}

std::set<std::int64_t> node_ports(spec_view spec) {
  std::set<std::int64_t> out;
  for (auto port : spec.ports())
    if (port.node_port() != 0)
      out.insert(port.node_port());
  return out;
}

void take_node_ports(const change& at) {
  const auto before = node_ports(at.old());
  const auto after = node_ports(at.next());
  std::map<std::string_view, std::int64_t> by_name;
  for (auto port : at.old().ports())
    by_name[port.name()] = port.node_port();
  for (auto* port : items_of(&at.spec, spec_id::ports)) {
    const view::core_v1::service_port seen{port};
    const auto known = by_name.find(seen.name());
    if (seen.node_port() != 0 || known == by_name.end() || known->second == 0)
      continue;
    if (before.contains(known->second) && after.contains(known->second))
      continue;
    at.doc.set(*port, port_id::node_port, at.doc.make_integer(known->second));
  }
}

/// Who applies a manifest again does not know what was allocated.
void take_allocated(const change& at) {
  if (at.keeps(needs_cluster_ip)) {
    if (at.next().cluster_ip().empty())
      at.take_old(spec_id::cluster_ip);
    if (at.next().cluster_ips().empty() && !at.old().cluster_ips().empty())
      at.take_old(spec_id::cluster_ips);
  }
  if (at.keeps(needs_node_port))
    take_node_ports(at);
  if (at.keeps(needs_health_port) && at.next().health_check_node_port() == 0)
    at.take_old(spec_id::health_check_node_port);
}

/// Who changed clusterIP alone meant clusterIPs too.
void settle_cluster_ips(const change& at) {
  const auto before = at.old().cluster_ip();
  const auto after = at.next().cluster_ip();
  if (before == after) {
    if (at.next().cluster_ips().empty() && !at.old().cluster_ips().empty())
      at.take_old(spec_id::cluster_ips);
    return;
  }
  if (!same_texts(at.old().cluster_ips(), at.next().cluster_ips()))
    return;
  if (after.empty())
    at.doc.erase(at.spec, spec_id::cluster_ips);
  else
    set_cluster_ips(at.doc, at.spec);
}

void drop_addresses(const change& at) {
  if (!at.loses(needs_cluster_ip))
    return;
  const auto next = at.next();
  const auto old = at.old();
  if (next.cluster_ip() == old.cluster_ip()
      && same_texts(next.cluster_ips(), old.cluster_ips())) {
    at.doc.erase(at.spec, spec_id::cluster_ip);
    at.doc.erase(at.spec, spec_id::cluster_ips);
  }
  if (same_texts(at.next().ip_families(), old.ip_families()))
    at.doc.erase(at.spec, spec_id::ip_families);
  if (at.next().ip_family_policy() == old.ip_family_policy())
    at.doc.erase(at.spec, spec_id::ip_family_policy);
}

void drop_node_ports(const change& at) {
  const auto before = node_ports(at.old());
  const auto after = node_ports(at.next());
  if (!at.loses(needs_node_port) || !std::ranges::includes(before, after))
    return;
  for (auto* port : items_of(&at.spec, spec_id::ports))
    at.doc.erase(*port, port_id::node_port);
}

bool balances(spec_view spec) {
  return spec.type() == "LoadBalancer";
}

/// Upstream: a switch of type takes back what came with the old type, as long
/// as the client did not change it in the same breath.
void drop_unneeded(const change& at) {
  drop_addresses(at);
  drop_node_ports(at);
  const auto drop_if_same = [&](bool lost, field_id id) {
    const node* now = at.spec.find(id);
    const node* before = at.old_spec.find(id);
    if (lost && now != nullptr && before != nullptr && equal(*now, *before))
      at.doc.erase(at.spec, id);
  };
  drop_if_same(at.loses(needs_health_port), spec_id::health_check_node_port);
  drop_if_same(at.loses(balances), spec_id::allocate_load_balancer_node_ports);
  drop_if_same(at.loses(balances), spec_id::load_balancer_class);
  drop_if_same(at.loses(needs_node_port), spec_id::external_traffic_policy);
}

} // namespace

void prepare_service(document& object) {
  auto& spec = object.object_at(object.root(), ids::service::spec);
  if (!text_of(&spec, spec_id::cluster_ip).empty()
      && items_of(&spec, spec_id::cluster_ips).empty())
    set_cluster_ips(object, spec);
}

void prepare_service_update(document& next, const document& old) {
  auto& spec = next.object_at(next.root(), ids::service::spec);
  const node* old_spec = old.root().find(ids::service::spec);
  if (old_spec == nullptr)
    return prepare_service(next);
  const change at{next, spec, *old_spec};
  take_allocated(at);
  settle_cluster_ips(at);
  drop_unneeded(at);
  if (!balances(at.next()))
    with_object(next.root(), ids::service::status, [&](node& status) {
      next.erase(status, ids::service_status::load_balancer);
    });
}

} // namespace troupe::codec

#include "messages/codec/validate/pod_defaults.hpp"

#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/pod_sums.hpp"
#include "messages/codec/validate/resource_names.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace ids = schema::ids;
namespace id = ids::pod_spec;

constexpr std::int64_t grace_seconds = 30;

/// The older name of the field follows the newer one.
void settle_service_account(document& doc, node& spec) {
  const std::string older{text_of(&spec, id::service_account)};
  const std::string name{text_of(&spec, id::service_account_name)};
  if (name.empty() && !older.empty())
    doc.set(spec, id::service_account_name, doc.make_string(older));
  else if (name != older)
    doc.set(spec, id::service_account, doc.make_string(name));
}

void share_ports(document& doc, node& container) {
  each_object(container, ids::container::ports, [&](node& port) {
    const node* own = port.find(ids::container_port::container_port);
    const node* given = port.find(ids::container_port::host_port);
    if (own != nullptr && (given == nullptr || given->integer_or(0) == 0))
      doc.set(port, ids::container_port::host_port, doc.clone(*own));
  });
}

/// Where the pod as a whole has limits, it requests what its containers do,
/// else the limits; huge pages are limited to what the containers are.
void settle_whole(document& doc, node& spec) {
  namespace own = ids::resource_requirements;
  node* whole = spec.find(id::resources);
  if (whole == nullptr || !whole->is(node_kind::object))
    return;
  const view::core_v1::pod_spec pod{&spec};
  const auto limited = [&] { return !pod.resources().limits().empty(); };
  const auto put = [&](field_id list, std::string_view name,
                       std::string_view amount) {
    doc.set(doc.map_at(*whole, list), name, doc.make_string(amount));
  };
  if (!limited() && pod.resources().requests().empty())
    return;
  for (const auto& [name, sum] : container_sums(pod, amount_kind::limits))
    if (is_huge_pages(name) && !pod.resources().requests().contains(name)
        && !pod.resources().limits().contains(name))
      put(own::limits, name, sum.text());
  if (!limited())
    return;
  const auto counts = [](std::string_view name) {
    return name == "cpu" || name == "memory";
  };
  for (const auto& [name, sum] : container_sums(pod, amount_kind::requests))
    if (counts(name) && !pod.resources().requests().contains(name))
      put(own::requests, name, sum.text());
  for (auto [name, amount] : pod.resources().limits())
    if ((counts(name) || is_huge_pages(name))
        && !pod.resources().requests().contains(name))
      put(own::requests, name, amount);
}

void request_limits(document& doc, node& container) {
  with_object(container, ids::container::resources, [&](node& resources) {
    const auto limits =
        entries_of(&resources, ids::resource_requirements::limits);
    if (limits.empty())
      return;
    auto& requests =
        doc.map_at(resources, ids::resource_requirements::requests);
    for (const auto& [name, amount] : limits)
      if (requests.find(name) == nullptr)
        doc.set(requests, name, doc.clone(*amount));
  });
}

} // namespace

void fill_pod_spec(document& doc, node& spec) {
  each_object(spec, id::volumes, [&](node& one) { fill_volume(doc, one); });
  for (auto list : {id::init_containers, id::containers})
    each_object(spec, list, [&](node& one) { fill_container(doc, one, 0); });
  each_object(spec, id::ephemeral_containers,
              [&](node& one) { fill_container(doc, one, ephemeral_base); });
  fill_text(doc, spec, id::dns_policy, "ClusterFirst");
  fill_text(doc, spec, id::restart_policy, "Always");
  fill_object(doc, spec, id::security_context);
  fill_integer(doc, spec, id::termination_grace_period_seconds, grace_seconds);
  fill_text(doc, spec, id::scheduler_name, "default-scheduler");
  settle_service_account(doc, spec);
}

void fill_running_spec(document& doc, node& spec) {
  const node* shared = spec.find(id::host_network);
  const bool shares = shared != nullptr && shared->boolean_or(false);
  for (auto list : {id::init_containers, id::containers})
    each_object(spec, list, [&](node& one) {
      request_limits(doc, one);
      if (shares)
        share_ports(doc, one);
    });
  settle_whole(doc, spec);
  fill_boolean(doc, spec, id::enable_service_links, true);
}

} // namespace troupe::codec

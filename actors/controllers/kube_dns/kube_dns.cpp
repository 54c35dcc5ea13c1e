#include "actors/controllers/kube_dns/kube_dns.hpp"

#include "actors/controllers/kube_dns/dns_documents.hpp"
#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/own_object/own_object.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::controllers::kube_dns {

namespace {

constexpr const char* reason = "pods ask their node for names by it";
/// Of one slice, as the API allows.
constexpr std::size_t endpoints_max = 1000;

std::optional<dns_node> to_dns_node(const codec::document& object,
                                    ip_family family) {
  if (nodes::ready_status(object) != "True")
    return std::nullopt;
  const view::core_v1::node node{object};
  for (const auto& each : node.status().addresses()) {
    const auto address = ip_address::parse(each.address());
    if (each.type() == "InternalIP" && address && address->family() == family)
      return dns_node{std::string{node.metadata().name()}, *address};
  }
  return std::nullopt;
}

/// In the order of their names.
std::vector<dns_node> ready_nodes(const control::snapshot& view,
                                  ip_family family) {
  std::vector<dns_node> out;
  view.each(nodes::node_prefix, [&](const auto& key,
                                    const store::version_ptr& version) {
    const auto node = view.derive<std::optional<dns_node>>(key, *version, [&] {
      const auto object = view.get(key);
      return object == nullptr ? std::nullopt : to_dns_node(*object, family);
    });
    if (*node)
      out.push_back(**node);
    return out.size() < endpoints_max;
  });
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with) {
  control::plan out;
  if (!with.address)
    return out;
  if (view.find(key) == nullptr)
    out.actions.push_back(
        own_object::creation_of(key, new_service(*with.address), reason));
  own_object::keep(
      view, slice_key(),
      new_slice(*with.address, ready_nodes(view, with.address->family())),
      reason, out);
  return out;
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.key == service_key() || change.key == slice_key()
      || change.key.starts_with(nodes::node_prefix))
    enqueue(service_key());
}

std::vector<std::string> watched() {
  return {service_key(), slice_key(), std::string{nodes::node_prefix}};
}

} // namespace troupe::controllers::kube_dns

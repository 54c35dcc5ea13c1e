#include "actors/controllers/kube_dns/kube_dns.hpp"

#include "actors/controllers/kube_dns/dns_documents.hpp"
#include "actors/controllers/nodes/node_facts.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/object_codec.hpp"

namespace troupe::controllers::kube_dns {

namespace {

constexpr const char* reason = "pods ask their node for names by it";
/// Of one slice, as the API allows.
constexpr std::size_t endpoints_max = 1000;

constexpr codec::field_id metadata_id = 1;
constexpr codec::field_id labels_id = 11;

control::action creation_of(const object_key& key, codec::document object) {
  control::action out;
  out.kind = control::action_kind::create;
  out.target = key;
  out.body = std::make_shared<const codec::document>(std::move(object));
  out.reason = reason;
  return out;
}

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

const codec::node* labels_of(const codec::document& object) {
  return codec::find(object.root(), {metadata_id, labels_id});
}

/// Whether all that we write stands there; of the metadata only labels are
/// ours.
bool stands(const codec::document& there, const codec::document& wanted) {
  const auto same = [](const codec::node* a, const codec::node* b) {
    return a != nullptr && b != nullptr && codec::equal(*a, *b);
  };
  for (const auto& [id, value] : wanted.root().members())
    if (id != metadata_id && !same(there.root().find(id), value))
      return false;
  return same(labels_of(there), labels_of(wanted));
}

/// `there` with the content of `wanted`.
codec::document replaced(const codec::document& there,
                         const codec::document& wanted) {
  auto out = there.clone();
  for (const auto& [id, value] : wanted.root().members())
    if (id != metadata_id)
      out.set(out.root(), id, out.clone(*value));
  out.set(out.object_at(out.root(), metadata_id), labels_id,
          out.clone(*labels_of(wanted)));
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with) {
  control::plan out;
  if (!with.address)
    return out;
  if (view.find(key) == nullptr)
    out.actions.push_back(creation_of(key, new_service(*with.address)));
  const auto slice = slice_key();
  auto wanted =
      new_slice(*with.address, ready_nodes(view, with.address->family()));
  codec::apply_defaults(wanted, *control::resource_of(slice));
  if (view.find(slice) == nullptr) {
    out.actions.push_back(creation_of(slice, std::move(wanted)));
    return out;
  }
  const auto there = view.get(slice);
  if (there != nullptr && !stands(*there, wanted))
    out.actions.push_back(
        control::update_of(slice, replaced(*there, wanted), reason));
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

#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"

#include "actors/controllers/kubernetes_service/api_documents.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "runtime/control/object_codec.hpp"

namespace troupe::controllers::kubernetes_service {

namespace {

constexpr const char* reason = "pods find the API by it";

control::action creation_of(const object_key& key, codec::document object) {
  control::action out;
  out.kind = control::action_kind::create;
  out.target = key;
  out.body = std::make_shared<const codec::document>(std::move(object));
  out.reason = reason;
  return out;
}

const codec::node* labels_of(const codec::document& object) {
  constexpr codec::field_id metadata_id = 1;
  constexpr codec::field_id labels_id = 11;
  return codec::find(object.root(), {metadata_id, labels_id});
}

/// Whether all that we write stands there; of the metadata only labels are
/// ours.
bool stands(const codec::document& there, const codec::document& wanted) {
  constexpr codec::field_id metadata_id = 1;
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
  constexpr codec::field_id metadata_id = 1;
  constexpr codec::field_id labels_id = 11;
  auto out = there.clone();
  for (const auto& [id, value] : wanted.root().members())
    if (id != metadata_id)
      out.set(out.root(), id, out.clone(*value));
  out.set(out.object_at(out.root(), metadata_id), labels_id,
          out.clone(*labels_of(wanted)));
  return out;
}

void keep(const control::snapshot& view, const object_key& key,
          codec::document wanted, control::plan& out) {
  codec::apply_defaults(wanted, *control::resource_of(key));
  const auto found = view.find(key);
  if (found == nullptr) {
    out.actions.push_back(creation_of(key, std::move(wanted)));
    return;
  }
  const auto there = view.get(key);
  if (there != nullptr && !stands(*there, wanted))
    out.actions.push_back(
        control::update_of(key, replaced(*there, wanted), reason));
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with) {
  control::plan out;
  if (!with.address)
    return out;
  if (view.find(key) == nullptr)
    out.actions.push_back(creation_of(key, new_service(with)));
  if (with.servers.empty())
    return out;
  keep(view, endpoints_key(), new_endpoints(with), out);
  keep(view, slice_key(), new_slice(with), out);
  return out;
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  if (change.key == service_key() || change.key == endpoints_key()
      || change.key == slice_key())
    enqueue(service_key());
}

std::vector<std::string> watched() {
  return {service_key(), endpoints_key(), slice_key()};
}

} // namespace troupe::controllers::kubernetes_service

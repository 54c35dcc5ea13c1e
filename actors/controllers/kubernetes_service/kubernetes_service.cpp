#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"

#include "actors/controllers/kubernetes_service/api_documents.hpp"
#include "actors/controllers/own_object/own_object.hpp"

namespace troupe::controllers::kubernetes_service {

namespace {

constexpr const char* reason = "pods find the API by it";

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key,
                        const settings& with) {
  control::plan out;
  if (!with.address)
    return out;
  if (view.find(key) == nullptr)
    out.actions.push_back(
        own_object::creation_of(key, new_service(with), reason));
  if (with.servers.empty())
    return out;
  own_object::keep(view, endpoints_key(), new_endpoints(with), reason, out);
  own_object::keep(view, slice_key(), new_slice(with), reason, out);
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

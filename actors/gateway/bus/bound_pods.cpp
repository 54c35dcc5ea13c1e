#include "actors/gateway/bus/bound_pods.hpp"

#include "actors/gateway/object/storage.hpp"
#include "messages/meta/selector.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::gateway {

namespace {

const schema::resource_desc& pods() {
  const auto* found = schema::find_resource("", "v1", "pods");
  TROUPE_CHECK(found != nullptr, "pods are served");
  return *found;
}

/// The columns tell without decoding.
bool is_bound_to(const store::version& pod, std::string_view node) {
  return !pod.tombstone()
         && meta::find_column(pod.columns->fields, "spec.nodeName") == node;
}

} // namespace

bool is_bound_pod(const store::store_snapshot& state, std::string_view ns,
                  std::string_view name, std::string_view node) {
  const auto found = state.get(object_key(pods(), ns, name));
  return found != nullptr && is_bound_to(*found, node);
}

bool any_bound_pod(const store::store_snapshot& state, std::string_view ns,
                   std::string_view node,
                   const std::function<bool(const codec::document&)>& holds) {
  const auto prefix = list_prefix(pods(), ns);
  bool out = false;
  state.range(prefix, store::prefix_end(prefix), state.applied(),
              [&](const store::key&, const store::version_ptr& pod) {
                if (!is_bound_to(*pod, node))
                  return true;
                const auto read = decode_version(*pod, pods());
                out = read && holds(*read);
                return !out;
              });
  return out;
}

} // namespace troupe::gateway

#include "actors/gateway/object/pod_references.hpp"

#include "messages/view/core_v1.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace troupe::gateway {

namespace {

namespace core = view::core_v1;

using names = std::vector<std::string_view>;

bool contains(const names& all, std::string_view name) {
  return !name.empty() && std::ranges::find(all, name) != all.end();
}

template <class Container>
void add_secrets(const Container& container, names& out) {
  for (auto one : container.env())
    out.push_back(one.value_from().secret_key_ref().name());
  for (auto one : container.env_from())
    out.push_back(one.secret_ref().name());
}

template <class Container>
void add_config_maps(const Container& container, names& out) {
  for (auto one : container.env())
    out.push_back(one.value_from().config_map_key_ref().name());
  for (auto one : container.env_from())
    out.push_back(one.config_map_ref().name());
}

void add_secrets(const core::volume& volume, names& out) {
  for (auto name :
       {volume.secret().secret_name(), volume.azure_file().secret_name(),
        volume.csi().node_publish_secret_ref().name(),
        volume.iscsi().secret_ref().name(), volume.rbd().secret_ref().name(),
        volume.flex_volume().secret_ref().name(),
        volume.cinder().secret_ref().name(),
        volume.cephfs().secret_ref().name(),
        volume.scale_io().secret_ref().name(),
        volume.storageos().secret_ref().name()})
    out.push_back(name);
  for (auto source : volume.projected().sources())
    out.push_back(source.secret().name());
}

void add_config_maps(const core::volume& volume, names& out) {
  out.push_back(volume.config_map().name());
  for (auto source : volume.projected().sources())
    out.push_back(source.config_map().name());
}

/// Calls `use` with every container, of whichever kind.
template <class F>
void each_container(const core::pod_spec& spec, F&& use) {
  for (auto one : spec.containers())
    use(one);
  for (auto one : spec.init_containers())
    use(one);
  for (auto one : spec.ephemeral_containers())
    use(one);
}

names secrets_of(const codec::document& pod) {
  const core::pod face{pod};
  const auto spec = face.spec();
  names out;
  for (auto one : spec.image_pull_secrets())
    out.push_back(one.name());
  for (auto one : spec.volumes())
    add_secrets(one, out);
  each_container(spec, [&](const auto& one) { add_secrets(one, out); });
  return out;
}

} // namespace

bool pod_uses_secret(const codec::document& pod, std::string_view name) {
  return contains(secrets_of(pod), name);
}

bool pod_uses_secrets(const codec::document& pod) {
  return std::ranges::any_of(secrets_of(pod),
                             [](auto name) { return !name.empty(); });
}

bool pod_uses_config_map(const codec::document& pod, std::string_view name) {
  const core::pod face{pod};
  const auto spec = face.spec();
  names out;
  for (auto one : spec.volumes())
    add_config_maps(one, out);
  each_container(spec, [&](const auto& one) { add_config_maps(one, out); });
  return contains(out, name);
}

bool pod_runs_as(const codec::document& pod, std::string_view account) {
  const core::pod face{pod};
  return !account.empty() && face.spec().service_account_name() == account;
}

} // namespace troupe::gateway

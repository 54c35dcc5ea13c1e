#include "actors/controllers/endpoints/endpoints.hpp"

#include "actors/controllers/endpoints/endpoints_document.hpp"
#include "actors/controllers/service_pods/service_pods.hpp"
#include "messages/base/ip.hpp"
#include "runtime/control/object_meta.hpp"

namespace troupe::controllers::endpoints {

namespace {

namespace core = view::core_v1;

constexpr std::string_view endpoints_prefix = "core/endpoints/";

ip_family family_of(core::service_spec spec) {
  const auto families = spec.ip_families();
  return !families.empty() && families[0] == "IPv6" ? ip_family::v6
                                                    : ip_family::v4;
}

std::string ip_of(core::pod pod, ip_family family) {
  for (auto ip : pod.status().pod_ips())
    if (const auto address = ip_address::parse(ip.ip());
        address && address->family() == family)
      return address->to_string();
  return {};
}

address address_of(core::service service, core::pod pod) {
  const auto metadata = pod.metadata();
  address out{
      ip_of(pod, family_of(service.spec())), std::string{metadata.uid()},
      std::string{metadata.namespace_()},    std::string{metadata.name()},
      std::string{pod.spec().node_name()},   {}};
  if (service_pods::names_host(service, pod))
    out.hostname = pod.spec().hostname();
  return out;
}

std::vector<port> ports_of(core::service service, core::pod pod) {
  std::vector<port> out;
  for (auto wanted : service.spec().ports())
    if (const auto number = service_pods::find_port(pod, wanted)) {
      port one{std::string{wanted.name()}, *number,
               std::string{wanted.protocol()}, std::nullopt};
      if (wanted.has_app_protocol())
        one.app_protocol = wanted.app_protocol();
      out.push_back(std::move(one));
    }
  return out;
}

content wanted(const control::snapshot& view, core::service service) {
  const bool publishes = service.spec().publish_not_ready_addresses();
  std::vector<member> members;
  for (const auto& object : service_pods::selected_pods(view, service)) {
    const core::pod pod{*object};
    if (!service_pods::takes_part(pod, publishes))
      continue;
    member one{address_of(service, pod),
               publishes || service_pods::is_ready(pod),
               ports_of(service, pod)};
    // Only a Service without ports has members without.
    const bool answers = !one.ports.empty() || service.spec().ports().empty();
    if (!one.address.ip.empty() && answers)
      members.push_back(std::move(one));
  }
  content out{labels_for(service), pack(members), false};
  out.truncated = truncate(out.subsets);
  return out;
}

control::plan remove_leftover(const control::snapshot& view,
                              const object_key& key) {
  const auto found = view.find(key);
  control::plan out;
  if (found != nullptr && !found->columns->deleting
      && meta::find_column(found->columns->labels, managed_by_label) == manager)
    out.actions.push_back(
        control::removal_of(key, *found, "Background", "its Service is gone"));
  return out;
}

control::plan create(const object_key& key, codec::document object) {
  control::action out;
  out.kind = control::action_kind::create;
  out.target = key;
  out.body = std::make_shared<const codec::document>(std::move(object));
  out.reason = "the Service has none";
  return {{std::move(out)}};
}

/// Brings the Endpoints of `key` in line.
control::plan settle(const control::snapshot& view, const object_key& key,
                     core::service service) {
  const auto content = wanted(view, service);
  if (view.find(key) == nullptr) {
    if (service.metadata().has_deletion_timestamp())
      return {};
    auto made = new_endpoints(service);
    fill_endpoints(made, content);
    return create(key, std::move(made));
  }
  const auto there = view.get(key);
  if (there == nullptr || content_of(core::endpoints{*there}) == content)
    return {};
  auto next = there->clone();
  fill_endpoints(next, content);
  return {{control::update_of(key, std::move(next),
                              "who is behind the Service changed")}};
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  const auto parts = control::parse_key(key);
  TROUPE_CHECK(parts.has_value(), "a Service has a key");
  const auto own = control::make_key("", "endpoints", parts->ns, parts->name);
  if (view.find(key) == nullptr)
    return remove_leftover(view, own);
  const auto object = view.get(key);
  if (object == nullptr)
    return {};
  const core::service service{*object};
  if (!service_pods::finds_pods(service.spec()))
    return {};
  return settle(view, own, service);
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  service_pods::keys_of_service(change, enqueue);
  if (!change.key.starts_with(endpoints_prefix))
    return;
  const auto parts = control::parse_key(change.key);
  enqueue(control::make_key("", "services", parts->ns, parts->name));
}

std::vector<std::string> watched() {
  return {std::string{service_pods::services_prefix},
          std::string{service_pods::pods_prefix},
          std::string{endpoints_prefix}};
}

} // namespace troupe::controllers::endpoints

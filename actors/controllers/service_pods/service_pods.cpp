#include "actors/controllers/service_pods/service_pods.hpp"

#include "messages/codec/validate/service_shape.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "runtime/control/object_meta.hpp"

#include <set>

namespace troupe::controllers::service_pods {

namespace {

namespace core = view::core_v1;
using enqueue_fn = std::function<void(const object_key&)>;

constexpr std::string_view zone_label = "topology.kubernetes.io/zone";

meta::label_selector selector_of(core::service_spec spec) {
  std::vector<meta::requirement> all;
  for (auto [key, value] : spec.selector())
    all.push_back(
        {std::string{key}, meta::requirement_op::in, {std::string{value}}});
  return meta::label_selector{std::move(all)};
}

std::string_view node_of(const store::version& pod) {
  return meta::find_column(pod.columns->fields, "spec.nodeName").value_or("");
}

/// Services of the namespace that select any of the pods.
void enqueue_selecting(const control::snapshot& view, std::string_view ns,
                       const std::vector<store::version_ptr>& pods,
                       const enqueue_fn& enqueue) {
  const auto prefix = std::string{services_prefix}.append(ns).append("/");
  view.each(prefix, [&](const object_key& key, const auto&) {
    const auto object = view.get(key);
    if (object == nullptr)
      return true;
    const auto spec = core::service{*object}.spec();
    if (!finds_pods(spec))
      return true;
    const auto selector = selector_of(spec);
    for (const auto& pod : pods)
      if (pod != nullptr && selector.matches(pod->columns->labels)) {
        enqueue(key);
        break;
      }
    return true;
  });
}

void enqueue_of_node(const control::snapshot& view, std::string_view node,
                     const enqueue_fn& enqueue) {
  std::string ns;
  std::vector<store::version_ptr> pods;
  const auto flush = [&] {
    if (!pods.empty())
      enqueue_selecting(view, ns, pods, enqueue);
    pods.clear();
  };
  view.each(pods_prefix, [&](const object_key& key, const auto& pod) {
    if (node_of(*pod) != node)
      return true;
    const auto parts = control::parse_key(key);
    if (parts->ns != ns)
      flush();
    ns = parts->ns;
    pods.push_back(pod);
    return true;
  });
  flush();
}

bool moved(const control::object_change& change) {
  if (change.before == nullptr || change.now == nullptr)
    return true;
  return zone_of(*change.before->columns) != zone_of(*change.now->columns);
}

template <class Containers>
std::optional<std::int64_t> port_named(const Containers& containers,
                                       core::service_port wanted,
                                       bool sidecars_only) {
  for (auto container : containers) {
    if (sidecars_only && container.restart_policy() != "Always")
      continue;
    for (auto port : container.ports())
      if (port.name() == wanted.target_port().text()
          && port.protocol() == wanted.protocol())
        return port.container_port_();
  }
  return std::nullopt;
}

} // namespace

bool finds_pods(core::service_spec spec) {
  return codec::needs_cluster_ip(spec) && !spec.selector().empty();
}

bool has_cluster_ip(core::service_spec spec) {
  return !spec.cluster_ip().empty()
         && spec.cluster_ip() != codec::no_cluster_ip;
}

std::vector<document_ptr> selected_pods(const control::snapshot& view,
                                        core::service service) {
  const auto prefix =
      std::string{pods_prefix}.append(service.metadata().namespace_()) + "/";
  std::vector<document_ptr> out;
  for (const auto& key : view.select(prefix, selector_of(service.spec())))
    if (auto pod = view.get(key))
      out.push_back(std::move(pod));
  return out;
}

bool takes_part(core::pod pod, bool also_ending) {
  const auto status = pod.status();
  if (status.phase() == "Succeeded" || status.phase() == "Failed")
    return false;
  if (status.pod_ip().empty() && status.pod_ips().empty())
    return false;
  return also_ending || !pod.metadata().has_deletion_timestamp();
}

bool is_ready(core::pod pod) {
  for (auto condition : pod.status().conditions())
    if (condition.type() == "Ready")
      return condition.status() == "True";
  return false;
}

std::optional<std::int64_t> find_port(core::pod pod, core::service_port port) {
  if (port.target_port().is_number())
    return port.target_port().number();
  if (auto found = port_named(pod.spec().containers(), port, false))
    return found;
  return port_named(pod.spec().init_containers(), port, true);
}

bool names_host(core::service service, core::pod pod) {
  return !pod.spec().hostname().empty()
         && pod.spec().subdomain() == service.metadata().name()
         && pod.metadata().namespace_() == service.metadata().namespace_();
}

void refer_to_pod(object_builder reference, const pod_name& pod) {
  namespace id = schema::ids::object_reference;
  reference.text(id::kind, "Pod");
  reference.text(id::namespace_, pod.ns);
  reference.text(id::name, pod.name);
  reference.text(id::uid, pod.uid);
}

void keys_of_service(const control::object_change& change,
                     const enqueue_fn& enqueue) {
  if (change.key.starts_with(services_prefix))
    enqueue(change.key);
}

void keys_of_pod(const control::object_change& change,
                 const control::snapshot& view, const enqueue_fn& enqueue) {
  const auto parts = control::parse_key(change.key);
  if (!parts)
    return;
  if (change.key.starts_with(pods_prefix))
    enqueue_selecting(view, parts->ns, {change.before, change.now}, enqueue);
  else if (change.key.starts_with(nodes_prefix) && moved(change))
    enqueue_of_node(view, parts->name, enqueue);
}

std::optional<std::string_view> zone_of(const store::columns& node) {
  return meta::find_column(node.labels, zone_label);
}

} // namespace troupe::controllers::service_pods

#include "actors/controllers/controllers.hpp"

#include "actors/controllers/deployment/deployment.hpp"
#include "actors/controllers/endpoint_slice/endpoint_slice.hpp"
#include "actors/controllers/endpoint_slice_mirroring/endpoint_slice_mirroring.hpp"
#include "actors/controllers/endpoints/endpoints.hpp"
#include "actors/controllers/event_expiry/event_expiry.hpp"
#include "actors/controllers/garbage_collector/garbage_collector.hpp"
#include "actors/controllers/kube_dns/kube_dns.hpp"
#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"
#include "actors/controllers/namespace/namespace.hpp"
#include "actors/controllers/node_ipam/node_ipam.hpp"
#include "actors/controllers/nodes/node_facts.hpp"
#include "actors/controllers/pod_gc/pod_gc.hpp"
#include "actors/controllers/replica_set/replica_set.hpp"
#include "actors/controllers/replication_controller/replication_controller.hpp"
#include "actors/controllers/root_ca_publisher/root_ca_publisher.hpp"
#include "actors/controllers/service_account/service_account.hpp"
#include "actors/controllers/service_account_token/service_account_token.hpp"
#include "actors/controllers/service_pods/service_pods.hpp"
#include "actors/controllers/system_namespaces/system_namespaces.hpp"
#include "actors/controllers/taint_eviction/taint_eviction.hpp"
#include "runtime/control/reconciler.hpp"

namespace troupe::controllers {

static_assert(control::reconciler<decltype(&system_namespaces::reconcile)>);
static_assert(control::reconciler<decltype(&namespaces::reconcile)>);
static_assert(control::reconciler<decltype(&garbage_collector::reconcile)>);
static_assert(control::reconciler<decltype(&event_expiry::reconcile)>);
static_assert(control::reconciler<decltype(&deployments::reconcile)>);
static_assert(control::reconciler<decltype(&node_ipam::reconcile)>);
static_assert(control::reconciler<decltype(&replica_set::reconcile)>);
static_assert(
    control::reconciler<decltype(&replication_controller::reconcile)>);
static_assert(control::reconciler<decltype(&endpoint_slice::reconcile)>);
static_assert(
    control::reconciler<decltype(&endpoint_slice_mirroring::reconcile)>);
static_assert(control::reconciler<decltype(&endpoints::reconcile)>);
static_assert(control::reconciler<decltype(&taint_eviction::reconcile)>);
static_assert(control::reconciler<decltype(&service_account::reconcile)>);

std::vector<controller_spec> all_controllers(const controllers_config& config) {
  const std::string everything;
  const auto namespace_objects = control::make_key("", "namespaces", {}, "");
  return {
      {"system-namespaces",
       {{namespace_objects}},
       system_namespaces::keys_of,
       system_namespaces::reconcile,
       periodic_keys{std::chrono::minutes{1}, system_namespaces::keys()},
       {},
       {},
       true},
      {"namespace",
       {{everything}},
       namespaces::keys_of,
       namespaces::reconcile,
       std::nullopt},
      {"garbage-collector",
       {{everything}, true},
       garbage_collector::keys_of,
       garbage_collector::reconcile,
       std::nullopt},
      {"event-expiry",
       {{"core/events/"}},
       event_expiry::keys_of,
       event_expiry::reconcile,
       std::nullopt},
      {"deployment",
       {{"apps/deployments/", "apps/replicasets/"}, true},
       deployments::keys_of,
       deployments::reconcile,
       std::nullopt,
       "deployment-controller"},
      {"node-ipam",
       {{node_ipam::all_nodes()}},
       node_ipam::keys_of,
       node_ipam::reconcile,
       std::nullopt},
      {"replicaset",
       {{"apps/replicasets/", "core/pods/"}, true},
       replica_set::keys_of,
       replica_set::reconcile,
       std::nullopt,
       "replicaset-controller"},
      {"replicationcontroller",
       {{"core/replicationcontrollers/", "core/pods/"}, true},
       replication_controller::keys_of,
       replication_controller::reconcile,
       std::nullopt,
       "replication-controller"},
      {"endpointslice",
       {endpoint_slice::watched()},
       endpoint_slice::keys_of,
       endpoint_slice::reconcile,
       std::nullopt,
       "endpoint-slice-controller",
       service_pods::keys_of_pod},
      {"endpoints",
       {endpoints::watched()},
       endpoints::keys_of,
       endpoints::reconcile,
       std::nullopt,
       "endpoint-controller",
       service_pods::keys_of_pod},
      {"endpointslice-mirroring",
       {endpoint_slice_mirroring::watched()},
       endpoint_slice_mirroring::keys_of,
       endpoint_slice_mirroring::reconcile,
       std::nullopt,
       "endpoint-slice-mirroring-controller"},
      {"kubernetes-service",
       {kubernetes_service::watched()},
       kubernetes_service::keys_of,
       [api = config.api](const auto& view, const auto& key) {
         return kubernetes_service::reconcile(view, key, api);
       },
       periodic_keys{std::chrono::minutes{1},
                     {kubernetes_service::service_key()}}},
      {"kube-dns",
       {kube_dns::watched()},
       kube_dns::keys_of,
       [dns = config.dns](const auto& view, const auto& key) {
         return kube_dns::reconcile(view, key, dns);
       },
       periodic_keys{std::chrono::minutes{1}, {kube_dns::service_key()}}},
      {"node-lifecycle",
       {{std::string{nodes::node_prefix}, std::string{nodes::pod_prefix},
         std::string{nodes::lease_prefix}}},
       node_lifecycle::keys_of,
       std::bind_front(node_lifecycle::reconcile, config.node_lifecycle),
       std::nullopt,
       "node-controller"},
      {"taint-eviction",
       {{std::string{nodes::node_prefix}, std::string{nodes::pod_prefix}}},
       taint_eviction::keys_of,
       taint_eviction::reconcile,
       std::nullopt,
       "taint-eviction-controller"},
      {"pod-gc",
       {{std::string{nodes::node_prefix}, std::string{nodes::pod_prefix}}},
       pod_gc::keys_of,
       std::bind_front(pod_gc::reconcile, pod_gc::settings{}),
       periodic_keys{pod_gc::look_period, {pod_gc::all_pods()}}},
      {"service-account",
       {{namespace_objects, "core/serviceaccounts/"}},
       service_account::keys_of,
       service_account::reconcile,
       std::nullopt},
      {"service-account-token",
       {service_account_token::watched()},
       service_account_token::keys_of,
       std::bind_front(
           service_account_token::reconcile,
           service_account_token::settings{config.root_ca, config.issue_token}),
       std::nullopt,
       {},
       service_account_token::keys_of_account},
      {"root-ca-publisher",
       {{namespace_objects, "core/configmaps/"}},
       root_ca_publisher::keys_of,
       std::bind_front(root_ca_publisher::reconcile, config.root_ca),
       std::nullopt},
  };
}

} // namespace troupe::controllers

#include "messages/codec/validate/service_rules.hpp"
#include "messages/codec/validate/service_shape.hpp"
#include "messages/codec/validate/warning_texts.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

constexpr std::string_view hints_annotation =
    "service.kubernetes.io/topology-aware-hints";

void warn_addresses(core::service_spec spec, warning_list& out) {
  const auto check = [&](const auto& addresses, std::string_view path) {
    each_item(out.root(path), addresses, [&](auto address, const spot& at) {
      warn_address(address, at, out);
    });
  };
  check(spec.cluster_ips(), "spec.clusterIPs");
  check(spec.external_ips(), "spec.externalIPs");
  if (!spec.load_balancer_ip().empty())
    warn_address(spec.load_balancer_ip(), out.root("spec.loadBalancerIP"), out);
  each_item(out.root("spec.loadBalancerSourceRanges"),
            spec.load_balancer_source_ranges(),
            [&](auto range, const spot& at) { warn_range(range, at, out); });
}

void warn_headless(core::service_spec spec, warning_list& out) {
  if (spec.type() != "ClusterIP" || spec.cluster_ip() != no_cluster_ip)
    return;
  if (!spec.load_balancer_ip().empty())
    out.add("spec.loadBalancerIP is ignored for headless services");
  if (!spec.external_ips().empty())
    out.add("spec.externalIPs is ignored for headless services");
  if (spec.session_affinity() != "None")
    out.add("spec.SessionAffinity is ignored for headless services");
}

void warn_names(core::service_spec spec, warning_list& out) {
  const bool is_name = spec.type() == "ExternalName";
  if (is_name && !spec.external_ips().empty())
    out.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
  if (!is_name && !spec.external_name().empty())
    out.add("spec.externalName is ignored when spec.type is not "
            "\"ExternalName\"");
  if (spec.traffic_distribution() == "PreferClose")
    out.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use "
            "\"PreferSameZone\"");
}

} // namespace

void warn_service(const document& object, std::vector<std::string>& texts) {
  const core::service service{object};
  warning_list out{texts};
  if (service.metadata().annotations().contains(hints_annotation))
    out.add("annotation " + std::string{hints_annotation}
            + " is deprecated, please use service.kubernetes.io/topology-mode "
              "instead");
  warn_headless(service.spec(), out);
  warn_addresses(service.spec(), out);
  warn_names(service.spec(), out);
}

} // namespace troupe::codec

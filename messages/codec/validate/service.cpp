#include "messages/base/ip.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/service_rules.hpp"
#include "messages/codec/validate/texts.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

constexpr std::int64_t affinity_seconds_max = 24 * 60 * 60;
constexpr std::string_view hints_annotation =
    "service.kubernetes.io/topology-aware-hints";
constexpr std::string_view mode_annotation =
    "service.kubernetes.io/topology-mode";

void check_topology(core::service service, meta::field_errors& errors) {
  const auto annotations = service.metadata().annotations();
  if (!annotations.contains(hints_annotation)
      || !annotations.contains(mode_annotation)
      || annotations[hints_annotation] == annotations[mode_annotation])
    return;
  const spot root{"metadata.annotations", errors};
  root.key(mode_annotation)
      .invalid(annotations[mode_annotation], "must match annotations["
                                                 + std::string{hints_annotation}
                                                 + "] when both are specified");
}

void check_external_name(core::service_spec spec, const spot& here) {
  constexpr const char* never = "may not be set for ExternalName services";
  if (!spec.cluster_ips().empty())
    here.child("clusterIPs").forbidden(never);
  if (!spec.ip_families().empty())
    here.child("ipFamilies").forbidden(never);
  if (spec.has_ip_family_policy())
    here.child("ipFamilyPolicy").forbidden(never);
  auto name = spec.external_name();
  if (name.ends_with('.'))
    name.remove_suffix(1);
  const auto at = here.child("externalName");
  if (name.empty())
    at.required();
  else
    at.complain(name, meta::check_dns1123_subdomain(name));
}

void check_type_needs(core::service_spec spec, const spot& here) {
  const auto type = spec.type();
  if (spec.ports().empty() && !is_headless(spec) && type != "ExternalName")
    here.child("ports").required();
  if (type == "ExternalName") {
    check_external_name(spec, here);
  } else if (needs_node_port(spec) && is_headless(spec)) {
    const auto list = here.child("clusterIPs");
    list.at(0).invalid(no_cluster_ip, "may not be set to 'None' for "
                                          + std::string{type} + " services");
  }
}

void check_affinity(core::service_spec spec, const spot& here) {
  const auto kind = spec.session_affinity();
  here.child("sessionAffinity").required_one_of(kind, {"ClientIP", "None"});
  const auto at = here.child("sessionAffinityConfig");
  const auto config = spec.session_affinity_config();
  if (kind == "None" && spec.has_session_affinity_config())
    at.forbidden("must not be set when session affinity is None");
  if (kind != "ClientIP")
    return;
  const auto client = at.child("clientIP");
  const auto seconds = config.client_ip().timeout_seconds();
  if (seconds <= 0 || seconds > affinity_seconds_max)
    client.child("timeoutSeconds")
        .invalid(seconds, "must be greater than 0 and less than "
                              + std::to_string(affinity_seconds_max));
}

void check_external_ips(core::service_spec spec, const spot& here) {
  each_item(here.child("externalIPs"), spec.external_ips(),
            [](auto address, const spot& at) {
              const auto before = at.errors().size();
              check_ip(address, at);
              if (at.errors().size() == before)
                check_ordinary_ip(address, at);
            });
}

void check(const document& object, meta::field_errors& errors) {
  const core::service service{object};
  const auto spec = service.spec();
  const spot here{"spec", errors};
  check_topology(service, errors);
  check_type_needs(spec, here);
  check_service_ports(spec, here);
  check_labels(spec.selector(), here.child("selector"));
  check_affinity(spec, here);
  check_service_addresses(spec, here);
  check_external_ips(spec, here);
  here.child("type").required_one_of(
      spec.type(), {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  check_service_node_ports(spec, here);
  check_service_traffic(service, here);
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  const auto after = core::service{next}.spec();
  const auto before = core::service{old}.spec();
  const spot here{"spec", errors};
  check_service_address_update(after, before, here);
  if (before.type() == "LoadBalancer" && after.type() == "LoadBalancer"
      && (before.has_load_balancer_class() != after.has_load_balancer_class()
          || before.load_balancer_class() != after.load_balancer_class()))
    here.child("loadBalancerClass")
        .invalid_json(after.has_load_balancer_class()
                          ? meta::quoted(after.load_balancer_class())
                          : "null",
                      "may not change once set");
  if (needs_health_port(before) && needs_health_port(after)
      && before.health_check_node_port() != after.health_check_node_port())
    here.child("healthCheckNodePort").forbidden("field is immutable");
}

/// An address of a load balancer.
void check_way_in(core::load_balancer_ingress way, const spot& here) {
  const auto mode = here.child("ipMode");
  if (!way.ip().empty())
    check_ip(way.ip(), here.child("ip"));
  if (!way.has_ip_mode() && !way.ip().empty())
    mode.required("must be specified when `ip` is set");
  else if (way.has_ip_mode() && way.ip().empty())
    mode.forbidden("may not be specified when `ip` is not set");
  else if (way.has_ip_mode())
    mode.one_of(way.ip_mode(), {"Proxy", "VIP"});
  if (way.hostname().empty())
    return;
  const auto name = here.child("hostname");
  name.complain(way.hostname(), meta::check_dns1123_subdomain(way.hostname()));
  if (ip_address::parse(way.hostname()))
    name.invalid(way.hostname(), "must be a DNS name, not an IP address");
}

void check_status(const document& next, const document&,
                  meta::field_errors& errors) {
  const core::service service{next};
  const auto ways = service.status().load_balancer().ingress();
  const spot list{"status.loadBalancer.ingress", errors};
  if (service.spec().type() != "LoadBalancer" && !ways.empty())
    return list.forbidden("may only be used when `spec.type` is "
                          "'LoadBalancer'");
  each_item(list, ways, check_way_in);
}

constexpr subresource_rules subresources[] = {
    {.name = "status", .check = check_status},
};

} // namespace

extern const kind_rules service_rules;
const kind_rules service_rules{
    .group = "",
    .kind = "Service",
    .name = meta::check_dns1035_name,
    .create_on_update = true,
    .table_checks = false,
    .fill_defaults = fill_service,
    .prepare_create = prepare_service,
    .prepare_update = prepare_service_update,
    .check = check,
    .check_update = check_update,
    .warn_create = warn_service,
    .warn_update =
        [](const document& next, const document&,
           std::vector<std::string>& texts) { warn_service(next, texts); },
    .subresources = subresources,
};

} // namespace troupe::codec

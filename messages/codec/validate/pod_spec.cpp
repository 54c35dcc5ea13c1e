#include "messages/codec/validate/internal_json.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"

#include <limits>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

constexpr std::size_t nameservers_max = 3;
constexpr std::size_t searches_max = 32;
constexpr std::size_t search_list_length_max = 2048;
constexpr std::int64_t deadline_max = std::numeric_limits<std::int32_t>::max();

void check_claim_name(bool present, std::string_view name, const spot& here) {
  if (present)
    here.complain(name, meta::check_dns1123_subdomain(name));
}

void check_claim(core::pod_resource_claim claim,
                 std::set<std::string_view>& names, const spot& here) {
  const auto name = here.child("name");
  if (claim.name().empty()) {
    name.required();
  } else if (names.contains(claim.name())) {
    name.duplicate(claim.name());
  } else {
    name.complain(claim.name(), meta::check_dns1123_label(claim.name()));
    names.insert(claim.name());
  }
  const bool named = claim.has_resource_claim_name();
  const bool made = claim.has_resource_claim_template_name();
  if (named == made)
    here.invalid_json(
        internal_json(*claim.raw(), *schema::find_type(
                                        "io.k8s.api.core.v1.PodResourceClaim")),
        named ? "at most one of `resourceClaimName` or "
                "`resourceClaimTemplateName` may be specified"
              : "must specify one of: `resourceClaimName`, "
                "`resourceClaimTemplateName`");
  check_claim_name(named, claim.resource_claim_name(),
                   here.child("resourceClaimName"));
  check_claim_name(made, claim.resource_claim_template_name(),
                   here.child("resourceClaimTemplateName"));
}

void check_claims(pod_context& pod, bool is_mirror, const spot& here) {
  each_item(here, pod.spec.resource_claims(),
            [&](core::pod_resource_claim claim, const spot& at) {
              if (is_mirror)
                spot{"[]", here.errors()}.forbidden(
                    "static pods do not support resource claims");
              else
                check_claim(claim, pod.claims, at);
            });
}

void check_searches(core::pod_dns_config config, const spot& here) {
  const auto searches = config.searches();
  std::size_t length = 0;
  for (auto search : searches)
    length += search.size() + 1;
  const auto refuse = [&](std::string why) {
    here.invalid_json(
        internal_json_list(config.raw()->find(ids::pod_dns_config::searches),
                           nullptr),
        std::move(why));
  };
  if (searches.size() > searches_max)
    refuse("must not have more than 32 search paths");
  if (length > search_list_length_max + 1)
    refuse("must not have more than 2048 characters (including spaces) in the "
           "search list");
  each_item(here, searches, [](std::string_view search, const spot& at) {
    if (search == ".")
      return;
    if (search.ends_with('.'))
      search.remove_suffix(1);
    at.complain(search, meta::check_dns1123_underscored(search));
  });
}

void check_dns(core::pod_spec spec, const spot& here) {
  const auto config = spec.dns_config();
  const auto nameservers = here.child("nameservers");
  if (spec.dns_policy() == "None") {
    if (!config)
      return here.required("must provide `dnsConfig` when `dnsPolicy` is None");
    if (config.nameservers().empty())
      return nameservers.required("must provide at least one DNS nameserver "
                                  "when `dnsPolicy` is None");
  }
  if (config.nameservers().size() > nameservers_max)
    nameservers.invalid_json(
        internal_json_list(config.raw()->find(ids::pod_dns_config::nameservers),
                           nullptr),
        "must not have more than 3 nameservers");
  each_item(nameservers, config.nameservers(),
            [](auto address, const spot& at) { check_ip(address, at); });
  if (config)
    check_searches(config, here.child("searches"));
  each_item(here.child("options"), config.options(),
            [](core::pod_dns_config_option option, const spot& at) {
              if (option.name().empty())
                at.required("must not be empty");
            });
}

/// The last of that name, as upstream finds it.
core::volume find_volume(core::pod_spec spec, std::string_view name) {
  core::volume out;
  for (auto volume : spec.volumes())
    if (volume.name() == name)
      out = volume;
  return out;
}

/// Ports of a pod in the node's network are ports of the node. A template may
/// leave that open.
void check_shared_ports(core::pod_spec spec, bool is_pod, const spot& here) {
  if (!spec.host_network())
    return;
  each_item(here, spec.containers(), [&](core::container one, const spot& at) {
    each_item(at.child("ports"), one.ports(),
              [&](core::container_port port, const spot& port_spot) {
                if ((is_pod || port.host_port() != 0)
                    && port.host_port() != port.container_port_())
                  port_spot.child("hostPort")
                      .invalid(port.host_port(),
                               "must match `containerPort` when "
                               "`hostNetwork` is true");
              });
  });
}

void check_gates(core::pod_spec spec, const spot& here) {
  each_item(here.child("readinessGates"), spec.readiness_gates(),
            [](core::pod_readiness_gate gate, const spot& at) {
              at.child("conditionType")
                  .complain(gate.condition_type(),
                            meta::check_qualified_name(gate.condition_type()));
            });
  std::set<std::string_view> names;
  each_item(here.child("schedulingGates"), spec.scheduling_gates(),
            [&](core::pod_scheduling_gate gate, const spot& at) {
              at.complain(gate.name(), meta::check_qualified_name(gate.name()));
              if (!names.insert(gate.name()).second)
                at.duplicate(gate.name());
            });
}

/// Names of other things.
void check_names(core::pod_spec spec, const spot& here) {
  const auto check = [&](std::string_view value, std::string_view name,
                         meta::complaints (*judge)(std::string_view)) {
    if (!value.empty())
      here.child(name).complain(value, judge(value));
  };
  check(spec.service_account_name(), "serviceAccountName",
        meta::check_dns1123_subdomain);
  check(spec.node_name(), "nodeName", meta::check_dns1123_subdomain);
  if (spec.has_active_deadline_seconds())
    here.child("activeDeadlineSeconds")
        .between(spec.active_deadline_seconds(), 1, deadline_max);
  check(spec.hostname(), "hostname", meta::check_dns1123_label);
  check(spec.subdomain(), "subdomain", meta::check_dns1123_label);
  check_tolerations(spec.tolerations(), here.child("tolerations"));
  each_item(here.child("hostAliases"), spec.host_aliases(),
            [](core::host_alias alias, const spot& at) {
              check_ip(alias.ip(), at.child("ip"));
              each_item(at.child("hostnames"), alias.hostnames(),
                        [](auto name, const spot& name_spot) {
                          name_spot.complain(
                              name, meta::check_dns1123_subdomain(name));
                        });
            });
  check(spec.priority_class_name(), "priorityClassName",
        meta::check_dns1123_subdomain);
  if (spec.has_runtime_class_name())
    here.child("runtimeClassName")
        .complain(spec.runtime_class_name(),
                  meta::check_dns1123_subdomain(spec.runtime_class_name()));
}

/// Tokens are those of a service account that is named.
void check_tokens(core::pod_spec spec, const spot& here) {
  if (!spec.service_account_name().empty())
    return;
  each_item(here, spec.volumes(), [](core::volume volume, const spot& at) {
    each_item(at.child("projected.sources"), volume.projected().sources(),
              [](core::volume_projection source, const spot& source_spot) {
                if (source.has_service_account_token())
                  source_spot.child("serviceAccountToken")
                      .forbidden("must not be specified when "
                                 "serviceAccountName is not set");
              });
  });
}

void check_images(view::list<core::container> containers, const spot& here) {
  each_item(here, containers, check_image_padding);
}

void check_all_containers(const pod_context& pod, const spot& here) {
  check_containers(pod, here.child("containers"));
  check_init_containers(pod, here.child("initContainers"));
  check_ephemeral_containers(pod, here.child("ephemeralContainers"));
  check_pod_resources(pod.spec, here.child("resources"));
}

void check_policies(core::pod_spec spec, bool is_pod, const spot& here) {
  check_shared_ports(spec, is_pod, here.child("containers"));
  here.child("restartPolicy")
      .required_one_of(spec.restart_policy(), {"Always", "OnFailure", "Never"});
  here.child("dnsPolicy")
      .required_one_of(spec.dns_policy(), {"ClusterFirstWithHostNet",
                                           "ClusterFirst", "Default", "None"});
  check_labels(spec.node_selector(), here.child("nodeSelector"));
  check_pod_security(spec, here.child("securityContext"));
  check_affinity(spec.affinity(), here.child("affinity"));
  check_dns(spec, here.child("dnsConfig"));
  check_gates(spec, here);
  check_spread(spec.topology_spread_constraints(),
               here.child("topologySpreadConstraints"));
}

void check_file_keys(core::pod_spec spec, const spot& here) {
  each_container(spec, here, [&](core::container one, const spot& at) {
    each_item(at.child("env"), one.env(),
              [&](core::env_var variable, const spot& env) {
                const auto source = variable.value_from();
                if (!source.has_file_key_ref())
                  return;
                const auto name = source.file_key_ref().volume_name();
                const auto volume = find_volume(spec, name);
                const auto where = env.child("valueFrom.fileKeyRef.volumeName");
                if (!volume)
                  where.not_found(name);
                else if (!volume.has_empty_dir())
                  where.invalid(name, "referenced volume must be of type "
                                      "emptyDir");
              });
  });
}

} // namespace

void check_pod_spec(core::pod_spec spec, std::optional<meta_view> metadata,
                    const spot& here) {
  pod_context pod{.spec = spec};
  pod.host_users = !spec.has_host_users() || spec.host_users();
  if (spec.has_termination_grace_period_seconds())
    pod.grace_seconds = spec.termination_grace_period_seconds();
  else
    here.child("terminationGracePeriodSeconds").required();
  std::optional<std::string_view> name;
  if (metadata)
    name = metadata->name();
  pod.volumes = check_volumes(spec, name, here.child("volumes"));
  check_claims(pod,
               metadata && metadata->annotations().contains(mirror_annotation),
               here.child("resourceClaims"));
  check_all_containers(pod, here);
  check_policies(spec, metadata.has_value(), here);
  check_host(spec, here);
  check_names(spec, here);
  if (spec.has_preemption_policy())
    here.child("preemptionPolicy")
        .required_one_of(spec.preemption_policy(),
                         {"PreemptLowerPriority", "Never"});
  check_overhead(spec, here.child("overhead"));
  check_os(spec, here);
  check_file_keys(spec, here);
  if (!metadata)
    return;
  check_tokens(spec, here.child("volumes"));
  check_images(spec.containers(), here.child("containers"));
  check_images(spec.init_containers(), here.child("initContainers"));
}

} // namespace troupe::codec

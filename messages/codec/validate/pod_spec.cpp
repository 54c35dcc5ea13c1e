#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <limits>

namespace troupe::codec {

namespace {

constexpr std::size_t nameservers_max = 3;
constexpr std::size_t searches_max = 32;
constexpr std::size_t search_list_length_max = 2048;
constexpr std::int64_t deadline_max = std::numeric_limits<std::int32_t>::max();

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
  if (claim.has_resource_claim_name()
      == claim.has_resource_claim_template_name())
    here.invalid(claim.name(),
                 claim.has_resource_claim_name()
                     ? "at most one of `resourceClaimName` or "
                       "`resourceClaimTemplateName` may be specified"
                     : "must specify one of: `resourceClaimName`, "
                       "`resourceClaimTemplateName`");
}

/// "a.b." and "a_b.c" are as good as "a.b".
std::string plain_domain(std::string_view search) {
  if (search.ends_with('.'))
    search.remove_suffix(1);
  std::string out{search};
  for (auto& c : out)
    if (c == '_')
      c = 'a';
  return out;
}

void check_searches(view::list<std::string_view> searches, const spot& here) {
  std::size_t length = 0;
  for (auto search : searches)
    length += search.size() + 1;
  const auto first = searches.empty() ? std::string_view{} : searches[0];
  if (searches.size() > searches_max)
    here.invalid(first, "must not have more than 32 search paths");
  if (length > search_list_length_max + 1)
    here.invalid(first, "must not have more than 2048 characters (including "
                        "spaces) in the search list");
  each_item(here, searches, [](auto search, const spot& at) {
    if (search != ".")
      at.complain(search, meta::check_dns1123_subdomain(plain_domain(search)));
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
    nameservers.invalid(config.nameservers()[0],
                        "must not have more than 3 nameservers");
  each_item(nameservers, config.nameservers(),
            [](auto address, const spot& at) { check_ip(address, at); });
  check_searches(config.searches(), here.child("searches"));
  each_item(here.child("options"), config.options(),
            [](core::pod_dns_config_option option, const spot& at) {
              if (option.name().empty())
                at.required("must not be empty");
            });
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

void check_host_users(core::pod_spec spec, const spot& here) {
  if (!spec.has_host_users() || spec.host_users())
    return;
  const auto refuse = [&](bool shared, std::string_view name) {
    if (shared)
      here.child(name).forbidden("when `pod.Spec.HostUsers` is false");
  };
  refuse(spec.host_network(), "hostNetwork");
  refuse(spec.host_pid(), "HostPID");
  refuse(spec.host_ipc(), "HostIPC");
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
  check(spec.runtime_class_name(), "runtimeClassName",
        meta::check_dns1123_subdomain);
}

void check_os(core::pod_spec spec, const spot& here) {
  if (!spec.has_os())
    return;
  const auto name = spec.os().name();
  here.child("os.name").required_one_of(name, {"linux", "windows"});
  if (name == "linux" && spec.security_context().has_windows_options())
    here.child("securityContext.windowsOptions")
        .forbidden("windows options cannot be set for a linux pod");
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

bool is_padded(std::string_view text) {
  constexpr std::string_view space = " \t\n\v\f\r";
  return !text.empty()
         && (space.find(text.front()) != std::string_view::npos
             || space.find(text.back()) != std::string_view::npos);
}

void check_images(view::list<core::container> containers, const spot& here) {
  each_item(here, containers, [](core::container one, const spot& at) {
    if (is_padded(one.image()))
      at.child("image").invalid(one.image(), "must not have leading or "
                                             "trailing whitespace");
  });
}

void check_all_containers(const pod_context& pod, const spot& here) {
  check_containers(pod, here.child("containers"));
  check_init_containers(pod, here.child("initContainers"));
  check_ephemeral_containers(pod, here.child("ephemeralContainers"));
  if (pod.spec.has_resources())
    check_pod_resources(pod.spec.resources(), here.child("resources"));
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
  check_host_users(spec, here);
}

} // namespace

void check_pod_spec(core::pod_spec spec, std::optional<std::string_view> name,
                    const spot& here) {
  pod_context pod{.spec = spec};
  pod.host_users = !spec.has_host_users() || spec.host_users();
  if (spec.has_termination_grace_period_seconds())
    pod.grace_seconds = spec.termination_grace_period_seconds();
  else
    here.child("terminationGracePeriodSeconds").required();
  pod.volumes = check_volumes(spec, name.value_or(""), here.child("volumes"));
  each_item(here.child("resourceClaims"), spec.resource_claims(),
            [&](core::pod_resource_claim claim, const spot& at) {
              check_claim(claim, pod.claims, at);
            });
  check_all_containers(pod, here);
  check_policies(spec, name.has_value(), here);
  check_names(spec, here);
  if (spec.has_preemption_policy())
    here.child("preemptionPolicy")
        .required_one_of(spec.preemption_policy(),
                         {"PreemptLowerPriority", "Never"});
  check_os(spec, here);
  if (!name)
    return;
  check_tokens(spec, here.child("volumes"));
  check_images(spec.containers(), here.child("containers"));
  check_images(spec.init_containers(), here.child("initContainers"));
}

} // namespace troupe::codec

#include "messages/codec/embedded.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/pod_defaults.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

namespace ids = schema::ids;

constexpr std::size_t restart_rules_max = 20;
constexpr std::size_t exit_codes_max = 255;

constexpr std::string_view only_sidecars =
    "may not be set for init containers without restartPolicy=Always";

void check_port_label(std::string_view name, std::set<std::string_view>& names,
                      const spot& here) {
  if (const auto wrong = check_port_name(name); !wrong.empty())
    here.complain(name, wrong);
  else if (!names.insert(name).second)
    here.duplicate(name);
}

void check_ports(view::list<core::container_port> ports, const spot& here) {
  std::set<std::string_view> names;
  each_item(here, ports, [&](core::container_port port, const spot& at) {
    if (!port.name().empty())
      check_port_label(port.name(), names, at.child("name"));
    if (port.container_port_() == 0)
      at.child("containerPort").required();
    else
      check_port_number(port.container_port_(), at.child("containerPort"));
    if (port.host_port() != 0)
      check_port_number(port.host_port(), at.child("hostPort"));
    at.child("protocol")
        .required_one_of(port.protocol(), {"SCTP", "TCP", "UDP"});
  });
}

/// Ports of the node, each taken once; `taken` goes on over containers.
void check_host_ports(core::container container, std::set<std::string>& taken,
                      const spot& here) {
  each_item(here, container.ports(),
            [&](core::container_port port, const spot& at) {
              if (port.host_port() == 0)
                return;
              std::string key{port.protocol()};
              key.append("/").append(port.host_ip()).append("/");
              key += std::to_string(port.host_port());
              if (!taken.insert(key).second)
                at.child("hostPort").duplicate(key);
            });
}

void check_resize_policy(core::container container, std::string_view restart,
                         const spot& here) {
  std::set<std::string_view> named;
  each_item(here, container.resize_policy(),
            [&](core::container_resize_policy policy, const spot& at) {
              const auto name = policy.resource_name();
              if (!named.insert(name).second)
                at.duplicate(name);
              here.required_one_of(name, {"cpu", "memory"});
              here.required_one_of(policy.restart_policy(),
                                   {"NotRequired", "RestartContainer"});
              if (restart == "Never"
                  && policy.restart_policy() != "NotRequired")
                here.invalid(policy.restart_policy(),
                             "must be 'NotRequired' when `restartPolicy` is "
                             "'Never'");
            });
}

void check_name(std::string_view name, const spot& here) {
  if (name.empty())
    here.required();
  else
    here.complain(name, meta::check_dns1123_label(name));
}

/// What holds for containers of every sort.
void check_common(core::container container, const pod_context& pod,
                  const spot& here) {
  check_name(container.name(), here.child("name"));
  here.child("image").need(container.image());
  here.child("terminationMessagePolicy")
      .required_one_of(container.termination_message_policy(),
                       {"File", "FallbackToLogsOnError"});
  check_ports(container.ports(), here.child("ports"));
  check_env(container.env(), here.child("env"));
  check_env_from(container.env_from(), here.child("envFrom"));
  check_mounts(container, pod, here.child("volumeMounts"));
  check_devices(container, pod, here.child("volumeDevices"));
  here.child("imagePullPolicy")
      .required_one_of(container.image_pull_policy(),
                       {"Always", "IfNotPresent", "Never"});
  check_resources(container.resources(), pod.claims, here.child("resources"));
  check_resize_policy(container, pod.spec.restart_policy(),
                      here.child("resizePolicy"));
  check_security(container.security_context(), pod.host_users,
                 here.child("securityContext"));
}

void check_restart_rule(core::container_restart_rule rule, const spot& here) {
  here.child("action").one_of(rule.action(), {"Restart"});
  const auto codes = here.child("exitCodes");
  if (!rule.has_exit_codes())
    return codes.required("must be specified");
  codes.child("operator")
      .one_of(rule.exit_codes().operator_(), {"In", "NotIn"});
  if (rule.exit_codes().values().size() > exit_codes_max)
    codes.child("values").too_long(exit_codes_max);
}

void check_restart(core::container container, const spot& here) {
  const auto policy = here.child("restartPolicy");
  const auto rules = here.child("restartPolicyRules");
  if (container.has_restart_policy())
    policy.one_of(container.restart_policy(), {"Always", "Never", "OnFailure"});
  else if (!container.restart_policy_rules().empty())
    policy.required("must specify restartPolicy when restart rules are used");
  if (container.restart_policy_rules().size() > restart_rules_max)
    rules.too_long(restart_rules_max);
  each_item(rules, container.restart_policy_rules(), check_restart_rule);
}

/// A sidecar takes no rules; of an init container without a policy upstream
/// looks at the rules no further.
void check_init_restart(core::container container, const spot& here) {
  const bool has_rules = !container.restart_policy_rules().empty();
  if (container.has_restart_policy() && container.restart_policy() != "Always")
    check_restart(container, here);
  else if (has_rules && container.has_restart_policy())
    here.child("restartPolicyRules")
        .forbidden("restartPolicyRules are not allowed for init containers "
                   "with restart policy Always");
  else if (has_rules)
    here.child("restartPolicy")
        .required("must specify restartPolicy when restart rules are used");
}

void check_hooks(core::container container, const pod_context& pod,
                 const spot& here) {
  check_lifecycle(container.lifecycle(), pod, here.child("lifecycle"));
  check_probes(container, here);
}

void refuse_hooks(core::container container, const spot& here) {
  const auto refuse = [&](bool present, std::string_view name) {
    if (present)
      here.child(name).forbidden(std::string{only_sidecars});
  };
  refuse(container.has_lifecycle(), "lifecycle");
  refuse(container.has_liveness_probe(), "livenessProbe");
  refuse(container.has_readiness_probe(), "readinessProbe");
  refuse(container.has_startup_probe(), "startupProbe");
}

bool is_padded(std::string_view text) {
  constexpr std::string_view space = " \t\n\v\f\r";
  return !text.empty()
         && (space.find(text.front()) != std::string_view::npos
             || space.find(text.back()) != std::string_view::npos);
}

document as_container(core::ephemeral_container from) {
  return read_embedded(*from.raw(),
                       schema::find_type("io.k8s.api.core.v1.Container"));
}

/// Fields of a container that make no sense for an ephemeral one.
void refuse_fields(core::container container, const spot& here) {
  namespace id = ids::container;
  constexpr field_id refused[] = {
      id::ports,           id::resources,      id::liveness_probe,
      id::readiness_probe, id::startup_probe,  id::lifecycle,
      id::resize_policy,   id::restart_policy, id::restart_policy_rules};
  const auto* type = schema::find_type("io.k8s.api.core.v1.Container");
  for (auto one : refused) {
    const node* value = container.raw()->find(one);
    if (value == nullptr
        || (value->empty() && !value->is(node_kind::string)
            && type->find(one)->many == schema::cardinality::list)
        || (one == id::resources && value->empty()))
      continue;
    here.child(type->find(one)->name)
        .forbidden("cannot be set for an Ephemeral Container");
  }
  each_item(here.child("volumeMounts"), container.volume_mounts(),
            [](core::volume_mount mount, const spot& at) {
              if (!mount.sub_path().empty())
                at.child("subPath").forbidden(
                    "cannot be set for an Ephemeral Container");
              if (!mount.sub_path_expr().empty())
                at.child("subPathExpr")
                    .forbidden("cannot be set for an Ephemeral Container");
            });
}

} // namespace

void each_container(
    core::pod_spec spec, const spot& here,
    const std::function<void(core::container, const spot&)>& f) {
  each_item(here.child("initContainers"), spec.init_containers(), f);
  each_item(here.child("containers"), spec.containers(), f);
  each_item(here.child("ephemeralContainers"), spec.ephemeral_containers(),
            [&](core::ephemeral_container one, const spot& at) {
              const auto copy = as_container(one);
              f(core::container{copy}, at);
            });
}

void check_image_padding(core::container container, const spot& here) {
  if (is_padded(container.image()))
    here.child("image").invalid(container.image(), "must not have leading or "
                                                   "trailing whitespace");
}

void check_containers(const pod_context& pod, const spot& here) {
  const auto containers = pod.spec.containers();
  if (containers.empty())
    return here.required();
  std::set<std::string_view> names;
  each_item(here, containers, [&](core::container one, const spot& at) {
    check_common(one, pod, at);
    if (!names.insert(one.name()).second)
      at.child("name").duplicate(one.name());
    check_hooks(one, pod, at);
    check_restart(one, at);
  });
  std::set<std::string> ports;
  each_item(here, containers, [&](core::container one, const spot& at) {
    check_host_ports(one, ports, at.child("ports"));
  });
}

void check_init_containers(const pod_context& pod, const spot& here) {
  std::set<std::string_view> names;
  for (auto one : pod.spec.containers())
    names.insert(one.name());
  each_item(here, pod.spec.init_containers(),
            [&](core::container one, const spot& at) {
              check_common(one, pod, at);
              check_init_restart(one, at);
              if (!one.name().empty() && !names.insert(one.name()).second)
                at.child("name").duplicate(one.name());
              // Init containers run one by one. Upstream blames the first.
              std::set<std::string> ports;
              const auto first = here.at(0);
              check_host_ports(one, ports, first.child("ports"));
              if (one.restart_policy() == "Always")
                check_hooks(one, pod, at);
              else
                refuse_hooks(one, at);
            });
}

void check_ephemeral_containers(const pod_context& pod, const spot& here) {
  std::set<std::string_view> others;
  for (auto list : {pod.spec.containers(), pod.spec.init_containers()})
    for (auto one : list)
      others.insert(one.name());
  auto names = others;
  each_item(here, pod.spec.ephemeral_containers(),
            [&](core::ephemeral_container one, const spot& at) {
              const auto copy = as_container(one);
              const core::container container{copy};
              check_common(container, pod, at);
              check_image_padding(container, at);
              if (!names.insert(one.name()).second)
                at.child("name").duplicate(one.name());
              const auto target = one.target_container_name();
              if (!target.empty() && !others.contains(target))
                at.child("targetContainerName").not_found(target);
              refuse_fields(container, at);
            });
}

} // namespace troupe::codec

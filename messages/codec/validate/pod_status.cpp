#include "messages/base/ip.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <limits>

namespace troupe::codec {

namespace {

using statuses = view::list<core::container_status>;
using containers = view::list<core::container>;

/// Whether a container that ended with `code` may run again.
bool may_restart(core::container container, std::string_view pod_policy,
                 std::int64_t code) {
  for (auto rule : container.restart_policy_rules()) {
    bool among = false;
    for (auto value : rule.exit_codes().values())
      among |= value == code;
    const auto op = rule.exit_codes().operator_();
    if (rule.action() == "Restart"
        && (op == "In" ? among : op == "NotIn" && !among))
      return true;
  }
  const auto policy =
      container.has_restart_policy() ? container.restart_policy() : pod_policy;
  return policy == "Always" || (policy == "OnFailure" && code != 0);
}

/// What has ended for good does not run again.
void check_transitions(statuses next, statuses old, containers known,
                       std::string_view pod_policy, const spot& here) {
  const auto may_run = [&](core::container_status before) {
    for (auto one : known)
      if (one.name() == before.name())
        return may_restart(one, pod_policy,
                           before.state().terminated().exit_code());
    return false;
  };
  each_item(here, old, [&](core::container_status before, const spot& at) {
    if (!before.state().terminated())
      return;
    for (auto now : next) {
      if (now.name() != before.name() || now.state().terminated())
        continue;
      if (!may_run(before))
        at.child("state").forbidden("may not be transitioned to "
                                    "non-terminated state");
      break;
    }
  });
}

bool is_v4(std::string_view address) {
  const auto parsed = ip_address::parse(address);
  return parsed && parsed->family() == ip_family::v4;
}

/// PodIP and HostIP are of one form: at most one address of each family, and
/// addresses that stand already are not judged.
template <class Address>
bool has_address(view::list<Address> addresses, std::string_view wanted) {
  for (auto one : addresses)
    if (one.ip() == wanted)
      return true;
  return false;
}

template <class Address>
void check_addresses(view::list<Address> addresses, view::list<Address> old,
                     const spot& here) {
  std::size_t v4 = 0;
  each_item(here, addresses, [&](Address address, const spot& at) {
    if (!has_address(old, address.ip()))
      check_ip(address.ip(), at);
    v4 += is_v4(address.ip()) ? 1 : 0;
  });
  if (addresses.size() < 2)
    return;
  std::string all;
  for (auto address : addresses)
    all.append(all.empty() ? "[" : ",")
        .append("{\"IP\":")
        .append(meta::quoted(address.ip()))
        .append("}");
  if (addresses.size() > 2 || v4 != 1)
    here.invalid_json(all + "]",
                      "may specify no more than one IP for each IP family");
}

void check_observed(bool fine, std::int64_t generation, const spot& here) {
  if (!fine)
    here.child("observedGeneration")
        .invalid(generation, "must be a non-negative integer");
}

void check_conditions(core::pod_status status, const spot& here) {
  each_item(
      here, status.conditions(),
      [](core::pod_condition condition, const spot& at) {
        const auto type = condition.type();
        const auto observed = condition.observed_generation();
        check_observed(observed >= 0, observed, at);
        if (type != "PodScheduled" && type != "Ready" && type != "Initialized")
          at.child("Type").complain(type, meta::check_qualified_name(type));
      });
}

void check_nomination(core::pod_status now, core::pod_status before,
                      core::pod_spec spec, const spot& here) {
  const auto name = now.nominated_node_name();
  if (name.empty() || name == before.nominated_node_name())
    return;
  here.complain(name, meta::check_dns1123_subdomain(name));
  if (!spec.node_name().empty())
    here.forbidden("may not be set on pods that are already bound to a node");
}

void check_users(statuses all, const spot& here) {
  constexpr std::int64_t id_max = std::numeric_limits<std::int32_t>::max();
  each_item(here, all, [](core::container_status one, const spot& status) {
    const auto user = one.user().linux();
    if (!user)
      return;
    const auto at = status.child("user.linux");
    at.child("uid").between(user.uid(), 0, id_max);
    at.child("gid").between(user.gid(), 0, id_max);
    each_item(at.child("supplementalGroups"), user.supplemental_groups(),
              [](std::int64_t id, const spot& group) {
                group.between(id, 0, id_max);
              });
  });
}

void check_claim_statuses(core::pod_status status, core::pod_spec spec,
                          const spot& here) {
  std::set<std::string_view> seen;
  each_item(here, status.resource_claim_statuses(),
            [&](core::pod_resource_claim_status one, const spot& at) {
              bool known = false;
              for (auto claim : spec.resource_claims())
                known |= claim.name() == one.name();
              const auto name = at.child("name");
              if (!known)
                name.invalid(one.name(), "must match the name of an entry in "
                                         "`spec.resourceClaims`");
              if (!seen.insert(one.name()).second)
                name.duplicate(one.name());
              if (one.has_resource_claim_name())
                name.complain(
                    one.resource_claim_name(),
                    meta::check_dns1123_subdomain(one.resource_claim_name()));
            });
}

} // namespace

void check_pod_status_update(const document& next, const document& old,
                             meta::field_errors& errors) {
  const auto now = core::pod{next}.status();
  const auto before = core::pod{old}.status();
  const auto spec = core::pod{old}.spec();
  check_annotation_update(core::pod{next}, core::pod{old}, errors);
  const spot here{"status", errors};
  check_conditions(now, here.child("conditions"));
  check_nomination(now, before, spec, here.child("nominatedNodeName"));
  check_observed(now.observed_generation() >= 0, now.observed_generation(),
                 here);
  if (now.qos_class() != before.qos_class())
    here.child("qosClass").invalid(now.qos_class(), "field is immutable");
  check_transitions(now.container_statuses(), before.container_statuses(),
                    spec.containers(), spec.restart_policy(),
                    here.child("containerStatuses"));
  check_transitions(now.init_container_statuses(),
                    before.init_container_statuses(), spec.init_containers(),
                    spec.restart_policy(), here.child("initContainerStatuses"));
  check_transitions(now.ephemeral_container_statuses(),
                    before.ephemeral_container_statuses(), containers{nullptr},
                    {}, here.child("ephemeralContainerStatuses"));
  check_claim_statuses(now, spec, here.child("resourceClaimStatuses"));
  check_addresses(now.pod_ips(), before.pod_ips(), here.child("podIPs"));
  const auto hosts = now.host_ips();
  const auto list = here.child("hostIPs");
  if (!hosts.empty() && hosts[0].ip() != now.host_ip()) {
    const auto first = list.at(0);
    first.child("ip").invalid(hosts[0].ip(), "must be equal to `hostIP`");
  }
  check_addresses(hosts, before.host_ips(), list);
  check_users(now.container_statuses(), here.child("containerStatuses"));
  check_users(now.init_container_statuses(),
              here.child("initContainerStatuses"));
  check_users(now.ephemeral_container_statuses(),
              here.child("ephemeralContainerStatuses"));
}

} // namespace troupe::codec

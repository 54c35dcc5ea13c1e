#include "messages/base/ip.hpp"
#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

namespace troupe::codec {

namespace {

using statuses = view::list<core::container_status>;

/// What has ended for good does not run again.
void check_transitions(statuses next, statuses old, std::string_view restart,
                       core::pod_spec spec, const spot& here) {
  if (restart == "Always")
    return;
  const auto is_sidecar = [&](std::string_view name) {
    for (auto one : spec.init_containers())
      if (one.name() == name)
        return one.restart_policy() == "Always";
    return false;
  };
  each_item(here, old, [&](core::container_status before, const spot& at) {
    const auto ended = before.state().terminated();
    if (!ended || (ended.exit_code() != 0 && restart == "OnFailure")
        || is_sidecar(before.name()))
      return;
    for (auto now : next)
      if (now.name() == before.name() && !now.state().terminated())
        at.child("state").forbidden("may not be transitioned to "
                                    "non-terminated state");
  });
}

bool is_v4(std::string_view address) {
  const auto parsed = ip_address::parse(address);
  return parsed && parsed->family() == ip_family::v4;
}

/// PodIP and HostIP are of one form: at most one address of each family.
template <class Address>
void check_addresses(view::list<Address> addresses, const spot& here) {
  std::set<std::string_view> seen;
  std::size_t v4 = 0;
  each_item(here, addresses, [&](Address address, const spot& at) {
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
  each_item(here, addresses, [&](Address address, const spot& at) {
    if (!seen.insert(address.ip()).second)
      at.duplicate(address.ip());
  });
}

void check_conditions(core::pod_status status, const spot& here) {
  each_item(
      here, status.conditions(),
      [](core::pod_condition condition, const spot& at) {
        const auto type = condition.type();
        if (type != "PodScheduled" && type != "Ready" && type != "Initialized")
          at.child("Type").complain(type, meta::check_qualified_name(type));
      });
}

} // namespace

void check_pod_status_update(const document& next, const document& old,
                             meta::field_errors& errors) {
  const auto now = core::pod{next}.status();
  const auto before = core::pod{old}.status();
  const auto spec = core::pod{old}.spec();
  // Upstream looks for conditions in the metadata.
  check_conditions(now, spot{"metadata.conditions", errors});
  const spot here{"status", errors};
  if (now.nominated_node_name() != before.nominated_node_name()
      && !now.nominated_node_name().empty())
    here.child("nominatedNodeName")
        .complain(now.nominated_node_name(),
                  meta::check_dns1123_subdomain(now.nominated_node_name()));
  if (now.qos_class() != before.qos_class())
    here.child("qosClass").invalid(now.qos_class(), "field is immutable");
  check_transitions(now.container_statuses(), before.container_statuses(),
                    spec.restart_policy(), spec,
                    here.child("containerStatuses"));
  check_transitions(now.init_container_statuses(),
                    before.init_container_statuses(), spec.restart_policy(),
                    spec, here.child("initContainerStatuses"));
  check_transitions(now.ephemeral_container_statuses(),
                    before.ephemeral_container_statuses(), "Never", spec,
                    here.child("ephemeralContainerStatuses"));
  check_addresses(now.pod_ips(), here.child("podIPs"));
  const auto hosts = now.host_ips();
  const auto list = here.child("hostIPs");
  if (!hosts.empty() && hosts[0].ip() != now.host_ip()) {
    const auto first = list.at(0);
    first.child("ip").invalid(hosts[0].ip(), "must be equal to `hostIP`");
  }
  check_addresses(hosts, list);
}

} // namespace troupe::codec

#include "messages/base/ip.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/codec/validate/warning_texts.hpp"
#include "messages/schema/ids/discovery_v1.hpp"
#include "messages/view/discovery_v1.hpp"

#include <set>

namespace troupe::codec {

namespace {

namespace discovery = view::discovery_v1;
namespace ids = schema::ids;

constexpr std::size_t endpoints_max = 1000;
constexpr std::size_t addresses_max = 100;
constexpr std::size_t ports_max = 20000;
constexpr std::size_t hints_max = 8;
constexpr std::size_t topology_max = 16;

void fill_defaults(document& object) {
  each_object(object.root(), ids::endpoint_slice::ports, [&](node& port) {
    namespace id = ids::discovery_v1::endpoint_port;
    if (port.find(id::name) == nullptr)
      object.set(port, id::name, object.make_string(""));
    if (port.find(id::protocol) == nullptr)
      object.set(port, id::protocol, object.make_string("TCP"));
  });
}

bool too_many(std::size_t count, std::size_t count_max, const spot& here) {
  if (count <= count_max)
    return false;
  here.errors().push_back(meta::too_many(here.path(), count, count_max));
  return true;
}

void check_family(std::string_view address, ip_family family,
                  const char* complaint, const spot& here) {
  const auto parsed = ip_address::parse(address);
  if (!parsed || parsed->family() != family)
    here.invalid(address, complaint);
  check_ordinary_ip(address, here);
}

/// A domain name with a dot in it, if only its last.
void check_domain_name(std::string_view name, const spot& here) {
  if (name.empty())
    return here.required();
  if (name.ends_with('.'))
    name.remove_suffix(1);
  if (auto wrong = meta::check_dns1123_subdomain(name); !wrong.empty())
    return here.complain(name, wrong);
  if (name.find('.') == std::string_view::npos)
    return here.invalid(name, "should be a domain with at least two segments "
                              "separated by dots");
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    here.complain(name.substr(0, dot),
                  meta::check_dns1123_label(name.substr(0, dot)));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
}

void check_address(std::string_view address, std::string_view type,
                   const spot& here) {
  if (type == "IPv4")
    check_family(address, ip_family::v4, "must be a valid IPv4 address", here);
  else if (type == "IPv6")
    check_family(address, ip_family::v6, "must be a valid IPv6 address", here);
  else if (type == "FQDN")
    check_domain_name(address, here);
}

/// Names of zones or nodes.
template <class List>
void check_hints(const List& hints, meta::complaints (*check)(std::string_view),
                 const spot& here) {
  if (too_many(hints.size(), hints_max, here))
    return;
  std::set<std::string_view> seen;
  each_item(here, hints, [&](auto hint, const spot& at) {
    const auto name = at.child("name");
    if (!seen.insert(hint.name()).second)
      name.duplicate(hint.name());
    name.complain(hint.name(), check(hint.name()));
  });
}

void check_endpoint(discovery::endpoint endpoint, std::string_view type,
                    const spot& here) {
  const auto addresses = here.child("addresses");
  if (endpoint.addresses().empty())
    addresses.required("must contain at least 1 address");
  else
    too_many(endpoint.addresses().size(), addresses_max, addresses);
  each_item(addresses, endpoint.addresses(),
            [&](auto text, const spot& at) { check_address(text, type, at); });
  if (endpoint.has_node_name())
    here.child("nodeName")
        .complain(endpoint.node_name(),
                  meta::check_dns1123_subdomain(endpoint.node_name()));
  const auto topology = here.child("deprecatedTopology");
  too_many(endpoint.deprecated_topology().size(), topology_max, topology);
  check_labels(endpoint.deprecated_topology(), topology);
  if (endpoint.has_hostname())
    here.child("hostname")
        .complain(endpoint.hostname(),
                  meta::check_dns1123_label(endpoint.hostname()));
  const auto hints = here.child("hints");
  check_hints(endpoint.hints().for_zones(), meta::check_label_value,
              hints.child("forZones"));
  check_hints(endpoint.hints().for_nodes(), meta::check_dns1123_subdomain,
              hints.child("forNodes"));
}

void check_port(discovery::endpoint_port port,
                std::set<std::string_view>& names, const spot& here) {
  const auto name = here.child("name");
  if (!port.name().empty())
    name.complain(port.name(), meta::check_dns1123_label(port.name()));
  if (!names.insert(port.name()).second)
    name.duplicate(port.name());
  here.child("protocol").one_of(port.protocol(), {"SCTP", "TCP", "UDP"});
  if (port.has_app_protocol())
    here.child("appProtocol")
        .complain(port.app_protocol(),
                  meta::check_qualified_name(port.app_protocol()));
}

void check(const document& object, meta::field_errors& errors) {
  const discovery::endpoint_slice slice{object};
  const auto type = slice.address_type();
  spot{"addressType", errors}.required_one_of(type, {"FQDN", "IPv4", "IPv6"});
  const spot endpoints{"endpoints", errors};
  if (!too_many(slice.endpoints().size(), endpoints_max, endpoints))
    each_item(endpoints, slice.endpoints(),
              [&](auto one, const spot& at) { check_endpoint(one, type, at); });
  const spot ports{"ports", errors};
  std::set<std::string_view> names;
  if (!too_many(slice.ports().size(), ports_max, ports))
    each_item(ports, slice.ports(),
              [&](auto port, const spot& at) { check_port(port, names, at); });
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  const discovery::endpoint_slice after{next};
  if (after.address_type() != discovery::endpoint_slice{old}.address_type())
    spot{"addressType", errors}.invalid(after.address_type(),
                                        "field is immutable");
}

/// Upstream takes the older field from writes of this version.
void drop_topology(document& object) {
  each_object(object.root(), ids::endpoint_slice::endpoints,
              [&](node& endpoint) {
                object.erase(endpoint, ids::endpoint::deprecated_topology);
              });
}

void warn_ips(const document& object, std::vector<std::string>& texts) {
  const discovery::endpoint_slice slice{object};
  const auto by =
      slice.metadata().labels()["endpointslice.kubernetes.io/managed-by"];
  if (by == "endpointslice-controller.k8s.io"
      || by == "endpointslicemirroring-controller.k8s.io")
    return;
  warning_list out{texts};
  each_item(out.root("endpoints"), slice.endpoints(),
            [&](auto endpoint, const spot& at) {
              each_item(at.child("addresses"), endpoint.addresses(),
                        [&](auto address, const spot& place) {
                          warn_address(address, place, out);
                        });
            });
}

void warn_create(const document& object, std::vector<std::string>& texts) {
  if (discovery::endpoint_slice{object}.address_type() == "FQDN")
    texts.emplace_back("spec.addressType: FQDN endpoints are deprecated");
  warn_ips(object, texts);
}

} // namespace

extern const kind_rules endpoint_slice_rules;
const kind_rules endpoint_slice_rules{
    .group = "discovery.k8s.io",
    .kind = "EndpointSlice",
    .table_checks = false,
    .counts_labels = true,
    .fill_defaults = fill_defaults,
    .prepare_create = drop_topology,
    .prepare_update = [](document& next,
                         const document&) { drop_topology(next); },
    .check = check,
    .check_update = check_update,
    .warn_create = warn_create,
    .warn_update =
        [](const document& next, const document&,
           std::vector<std::string>& texts) { warn_ips(next, texts); },
};

} // namespace troupe::codec

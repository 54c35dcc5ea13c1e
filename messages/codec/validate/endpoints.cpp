#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/codec/validate/warning_texts.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/view/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;
namespace ids = schema::ids;

void fill_defaults(document& object) {
  each_object(object.root(), ids::endpoints::subsets, [&](node& subset) {
    each_object(subset, ids::endpoint_subset::ports, [&](node& port) {
      fill_text(object, port, ids::core_v1::endpoint_port::protocol, "TCP");
    });
  });
}

void check_address(core::endpoint_address address, const spot& here) {
  const auto ip = here.child("ip");
  check_ip(address.ip(), ip);
  if (!address.hostname().empty())
    here.child("hostname")
        .complain(address.hostname(),
                  meta::check_dns1123_label(address.hostname()));
  if (address.has_node_name())
    here.child("nodeName")
        .complain(address.node_name(),
                  meta::check_dns1123_subdomain(address.node_name()));
  check_ordinary_ip(address.ip(), ip);
}

void check_port(core::endpoint_port port, bool one_of_many, const spot& here) {
  const auto name = here.child("name");
  if (!port.name().empty())
    name.complain(port.name(), meta::check_dns1123_label(port.name()));
  else if (one_of_many)
    name.required();
  check_port_number(port.port(), here.child("port"));
  here.child("protocol")
      .required_one_of(port.protocol(), {"SCTP", "TCP", "UDP"});
  if (port.has_app_protocol())
    here.child("appProtocol")
        .complain(port.app_protocol(),
                  meta::check_qualified_name(port.app_protocol()));
}

void check_subset(core::endpoint_subset subset, const spot& here) {
  if (subset.addresses().empty() && subset.not_ready_addresses().empty())
    here.required("must specify `addresses` or `notReadyAddresses`");
  each_item(here.child("addresses"), subset.addresses(), check_address);
  each_item(here.child("notReadyAddresses"), subset.not_ready_addresses(),
            check_address);
  const bool many = subset.ports().size() > 1;
  each_item(here.child("ports"), subset.ports(),
            [&](auto port, const spot& at) { check_port(port, many, at); });
}

void check(const document& object, meta::field_errors& errors) {
  each_item(spot{"subsets", errors}, core::endpoints{object}.subsets(),
            check_subset);
}

void warn(const document& object, std::vector<std::string>& texts) {
  const core::endpoints endpoints{object};
  // The controller writes addresses as they should be.
  if (endpoints.metadata().labels()["endpoints.kubernetes.io/managed-by"]
      == "endpoint-controller")
    return;
  warning_list out{texts};
  const auto warn_ip = [&](auto address, const spot& at) {
    warn_address(address.ip(), at.child("ip"), out);
  };
  each_item(out.root("subsets"), endpoints.subsets(),
            [&](auto subset, const spot& at) {
              each_item(at.child("addresses"), subset.addresses(), warn_ip);
              each_item(at.child("notReadyAddresses"),
                        subset.not_ready_addresses(), warn_ip);
            });
}

} // namespace

extern const kind_rules endpoints_rules;
const kind_rules endpoints_rules{
    .group = "",
    .kind = "Endpoints",
    .create_on_update = true,
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .check = check,
    .warn_create = warn,
    .warn_update = [](const document& next, const document&,
                      std::vector<std::string>& texts) { warn(next, texts); },
};

} // namespace troupe::codec

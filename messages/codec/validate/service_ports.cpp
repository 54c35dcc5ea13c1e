#include "messages/codec/validate/service_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <set>
#include <utility>

namespace troupe::codec {

namespace {

using port_view = view::core_v1::service_port;
using spec_view = view::core_v1::service_spec;
using number_and_protocol = std::pair<std::int64_t, std::string_view>;

void check_port(port_view port, bool one_of_many,
                std::set<std::string_view>& names, const spot& here) {
  const auto name = here.child("name");
  if (!port.name().empty()) {
    name.complain(port.name(), meta::check_dns1123_label(port.name()));
    if (!names.insert(port.name()).second)
      name.duplicate(port.name());
  } else if (one_of_many) {
    name.required();
  }
  check_port_number(port.port(), here.child("port"));
  here.child("protocol")
      .required_one_of(port.protocol(), {"SCTP", "TCP", "UDP"});
  codec::check_port(port.target_port(), here.child("targetPort"));
  if (port.has_app_protocol())
    here.child("appProtocol")
        .complain(port.app_protocol(),
                  meta::check_qualified_name(port.app_protocol()));
}

/// As upstream shows what two ports have in common.
std::string shown(port_view port) {
  return R"({"Name":"","Protocol":)" + meta::quoted(port.protocol())
         + R"(,"AppProtocol":null,"Port":)" + std::to_string(port.port())
         + R"(,"TargetPort":0,"NodePort":0})";
}

void check_repeats(spec_view spec, const spot& list) {
  std::set<number_and_protocol> seen;
  each_item(list, spec.ports(), [&](port_view port, const spot& at) {
    if (port.node_port() != 0
        && !seen.emplace(port.node_port(), port.protocol()).second)
      at.child("nodePort").duplicate_json(std::to_string(port.node_port()));
  });
  seen.clear();
  each_item(list, spec.ports(), [&](port_view port, const spot& at) {
    if (!seen.emplace(port.port(), port.protocol()).second)
      at.duplicate_json(shown(port));
  });
}

} // namespace

void check_service_ports(spec_view spec, const spot& here) {
  const auto list = here.child("ports");
  std::set<std::string_view> names;
  each_item(list, spec.ports(), [&](port_view port, const spot& at) {
    check_port(port, spec.ports().size() > 1, names, at);
  });
}

void check_service_node_ports(spec_view spec, const spot& here) {
  const auto list = here.child("ports");
  if (spec.type() == "ClusterIP")
    each_item(list, spec.ports(), [](port_view port, const spot& at) {
      if (port.node_port() != 0)
        at.child("nodePort")
            .forbidden("may not be used when `type` is 'ClusterIP'");
    });
  check_repeats(spec, list);
}

} // namespace troupe::codec

#include "messages/codec/print/node_cells.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/view/core_v1.hpp"

#include <set>

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

constexpr std::string_view role_prefix = "node-role.kubernetes.io/";
constexpr std::string_view older_role = "kubernetes.io/role";

void append_or(std::string& out, std::string_view text,
               std::string_view otherwise) {
  append_json_string(out, text.empty() ? otherwise : text);
}

void append_address(std::string& out, const node& shown,
                    std::string_view type) {
  for (auto address : core::node{&shown}.status().addresses())
    if (address.type() == type)
      return append_json_string(out, address.address());
  append_json_string(out, "<none>");
}

core::node_system_info info_of(const node& shown) {
  return core::node{&shown}.status().node_info();
}

} // namespace

void append_node_status(std::string& out, const node& shown, wall_time) {
  const core::node from{&shown};
  std::string text = "Unknown";
  for (auto condition : from.status().conditions())
    if (condition.type() == "Ready")
      text = condition.status() == "True" ? "Ready" : "NotReady";
  if (from.spec().unschedulable())
    text += ",SchedulingDisabled";
  append_json_string(out, text);
}

void append_node_roles(std::string& out, const node& shown, wall_time) {
  std::set<std::string_view> roles;
  for (auto [key, value] : core::node{&shown}.metadata().labels()) {
    if (key.starts_with(role_prefix) && key.size() > role_prefix.size())
      roles.insert(key.substr(role_prefix.size()));
    else if (key == older_role && !value.empty())
      roles.insert(value);
  }
  std::string text;
  for (auto role : roles)
    text.append(text.empty() ? "" : ",").append(role);
  append_or(out, text, "<none>");
}

void append_node_internal_ip(std::string& out, const node& shown, wall_time) {
  append_address(out, shown, "InternalIP");
}

void append_node_external_ip(std::string& out, const node& shown, wall_time) {
  append_address(out, shown, "ExternalIP");
}

void append_node_os_image(std::string& out, const node& shown, wall_time) {
  append_or(out, info_of(shown).os_image(), "<unknown>");
}

void append_node_kernel(std::string& out, const node& shown, wall_time) {
  append_or(out, info_of(shown).kernel_version(), "<unknown>");
}

void append_node_runtime(std::string& out, const node& shown, wall_time) {
  append_or(out, info_of(shown).container_runtime_version(), "<unknown>");
}

} // namespace troupe::codec

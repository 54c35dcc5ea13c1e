#include "bootstrap/client/node_reports.hpp"

#include "messages/meta/time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::client {

namespace {

using nlohmann::json;

/// A time of the API is cut off to whole seconds.
constexpr auto beat_resolution = std::chrono::seconds{1};

std::string text_at(const json& from, const char* pointer) {
  const json::json_pointer where{pointer};
  if (!from.is_object() || !from.contains(where) || !from[where].is_string())
    return {};
  return from[where].get<std::string>();
}

std::optional<wall_time> time_at(const json& from, const char* pointer) {
  const auto read = meta::parse_time(text_at(from, pointer));
  return read ? std::optional{*read} : std::nullopt;
}

result<json> items_of(const char* what, std::string_view text) {
  auto list = json::parse(text, nullptr, false);
  if (!list.is_object() || !list.contains("items") || !list["items"].is_array())
    return error{errc::unavailable,
                 std::string{"the API answers no list of "} + what};
  return std::move(list["items"]);
}

node_report describe(const json& node) {
  node_report out;
  out.name = text_at(node, "/metadata/name");
  const json::json_pointer where{"/status/conditions"};
  if (!node.is_object() || !node.contains(where) || !node[where].is_array())
    return out;
  for (const auto& each : node[where]) {
    if (text_at(each, "/type") != "Ready")
      continue;
    out.ready = text_at(each, "/status") == "True";
    out.beat = time_at(each, "/lastHeartbeatTime");
    out.reason = text_at(each, "/message");
  }
  return out;
}

} // namespace

result<std::vector<node_report>> parse_node_reports(std::string_view nodes,
                                                    std::string_view leases) {
  const auto all = items_of("nodes", nodes);
  if (!all)
    return all.error();
  const auto renewals = items_of("leases", leases);
  if (!renewals)
    return renewals.error();
  std::vector<node_report> out;
  for (const auto& node : *all)
    out.push_back(describe(node));
  for (const auto& lease : *renewals)
    for (auto& each : out)
      if (each.name == text_at(lease, "/metadata/name"))
        each.renewed = time_at(lease, "/spec/renewTime");
  return out;
}

std::string find_node_problem(const std::vector<node_report>& reports,
                              const std::string& name, wall_time since) {
  const auto found = std::ranges::find(reports, name, &node_report::name);
  if (found == reports.end())
    return "it has not registered";
  if (!found->renewed || *found->renewed < since || !found->beat
      || *found->beat + beat_resolution <= since)
    return "its agent has not reported since it was started";
  if (!found->ready)
    return found->reason.empty() ? "its agent says so" : found->reason;
  return {};
}

} // namespace troupe::client

#include "messages/meta/go_quote.hpp"
#include "messages/meta/quantity.hpp"
#include "node/pod/environment.hpp"
#include "node/pod/spec.hpp"

#include <optional>

namespace troupe::pod {

namespace {

using texts = view::map<std::string_view>;

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (auto& each : all)
    out += (out.empty() ? "" : ",") + each;
  return out;
}

std::string first(const std::vector<std::string>& all) {
  return all.empty() ? std::string{} : all.front();
}

/// One `key="value"` per line.
std::string lines(const texts& all) {
  std::string out;
  for (auto [key, value] : all) {
    if (!out.empty())
      out += '\n';
    out.append(key).append("=").append(meta::go_quote(value));
  }
  return out;
}

/// The key in `metadata.labels['key']`, if that is what it is.
std::optional<std::string_view> subscript(std::string_view path,
                                          std::string_view field) {
  if (!path.starts_with(field))
    return std::nullopt;
  path.remove_prefix(field.size());
  if (path.size() < 4 || !path.starts_with("['") || !path.ends_with("']"))
    return std::nullopt;
  return path.substr(2, path.size() - 4);
}

meta::quantity read(std::string_view text) {
  auto value = meta::quantity::parse(text);
  return value ? *value : meta::quantity{};
}

/// How often `divisor` goes into `value`, rounded up.
std::string divided(std::int64_t value, std::int64_t divisor) {
  const auto count = value / divisor + (value % divisor > 0 ? 1 : 0);
  return std::to_string(count);
}

/// What a container without this limit may use: the node's, or -1.
std::int64_t node_limit(std::string_view name, const downward_facts& facts) {
  if (name == "cpu")
    return facts.node_milli_cpu;
  if (name == "memory")
    return facts.node_memory;
  if (name == "ephemeral-storage")
    return facts.node_ephemeral_storage;
  return 0;
}

error unsupported(std::string_view what, std::string_view value) {
  return {errc::invalid_argument,
          "unsupported " + std::string{what} + ": " + std::string{value}};
}

} // namespace

result<std::string> downward_field(const view::core_v1::pod& pod,
                                   std::string_view field_path,
                                   const downward_facts& facts) {
  const auto meta = pod.metadata();
  if (const auto key = subscript(field_path, "metadata.labels"))
    return std::string{meta.labels()[*key]};
  if (const auto key = subscript(field_path, "metadata.annotations"))
    return std::string{meta.annotations()[*key]};
  if (field_path == "metadata.name")
    return std::string{meta.name()};
  if (field_path == "metadata.namespace")
    return std::string{meta.namespace_()};
  if (field_path == "metadata.uid")
    return std::string{meta.uid()};
  if (field_path == "metadata.labels")
    return lines(meta.labels());
  if (field_path == "metadata.annotations")
    return lines(meta.annotations());
  if (field_path == "spec.nodeName")
    return facts.node_name;
  if (field_path == "spec.serviceAccountName")
    return std::string{pod.spec().service_account_name()};
  if (field_path == "status.hostIP")
    return first(facts.host_addresses);
  if (field_path == "status.hostIPs")
    return joined(facts.host_addresses);
  if (field_path == "status.podIP")
    return first(facts.pod_addresses);
  if (field_path == "status.podIPs")
    return joined(facts.pod_addresses);
  return unsupported("fieldPath", field_path);
}

result<std::string> downward_resource(const view::core_v1::container& container,
                                      std::string_view resource,
                                      std::string_view divisor,
                                      const downward_facts& facts) {
  const auto dot = resource.find('.');
  const auto kind = resource.substr(0, dot);
  const auto name = dot == std::string_view::npos ? std::string_view{}
                                                  : resource.substr(dot + 1);
  const auto is_limit = kind == "limits";
  if ((!is_limit && kind != "requests") || name.empty())
    return unsupported("container resource", resource);
  const auto unit_of = read(divisor);
  const auto one = unit_of.is_zero() ? meta::quantity::of(1) : unit_of;
  const auto of = container.resources();
  const auto value = read(is_limit ? of.limits()[name] : of.requests()[name]);
  const auto is_cpu = name == "cpu";
  auto amount = is_cpu ? value.milli_value() : value.value();
  if (amount == 0 && is_limit)
    amount = node_limit(name, facts);
  return divided(amount, is_cpu ? one.milli_value() : one.value());
}

} // namespace troupe::pod

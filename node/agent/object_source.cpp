#include "node/agent/object_source.hpp"

#include "runtime/base/clock.hpp"

namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr duration patience = std::chrono::seconds{10};
constexpr int not_found = 404;

void add(view::map<std::string_view> from, volume::content_map& to) {
  for (const auto& [key, value] : from)
    to[std::string{key}] = bytes{value};
}

pod::text_map to_texts(const volume::content_map& from) {
  return {from.begin(), from.end()};
}

bool holds_login(std::string_view type, std::string_view key) {
  return (type == "kubernetes.io/dockerconfigjson"
          && key == ".dockerconfigjson")
         || (type == "kubernetes.io/dockercfg" && key == ".dockercfg");
}

} // namespace

object_source::object_source(api_client& api, std::string ns)
    : api_(api), ns_(std::move(ns)) {
  // nop
}

/// Null when there is no such object.
result<std::shared_ptr<const codec::document>>
object_source::fetch(const char* resource, std::string_view name) {
  api::request request;
  request.verb = api::verb::get;
  request.target = {"", "v1", resource, "", ns_, std::string{name}};
  auto answer = api_.ask(std::move(request), mono_now() + patience);
  if (answer.status.success)
    return answer.object;
  if (answer.status.code == not_found)
    return std::shared_ptr<const codec::document>{};
  return error{errc::unavailable, answer.status.message};
}

result<std::optional<volume::content_map>>
object_source::config_map(std::string_view name) {
  auto object = fetch("configmaps", name);
  if (!object)
    return object.error();
  if (!*object)
    return std::optional<volume::content_map>{};
  const core::config_map map{**object};
  volume::content_map out;
  add(map.data(), out);
  add(map.binary_data(), out);
  return std::optional{std::move(out)};
}

result<std::optional<volume::content_map>>
object_source::secret(std::string_view name) {
  auto object = fetch("secrets", name);
  if (!object)
    return object.error();
  if (!*object)
    return std::optional<volume::content_map>{};
  volume::content_map out;
  add(core::secret{**object}.data(), out);
  return std::optional{std::move(out)};
}

result<pod::env_sources>
object_source::environment(const std::vector<pod::env_reference>& references) {
  pod::env_sources out;
  for (const auto& each : references) {
    auto content = each.secret ? secret(each.name) : config_map(each.name);
    if (!content)
      return content.error();
    if (*content)
      (each.secret ? out.secrets : out.config_maps)[each.name] =
          to_texts(**content);
  }
  return out;
}

result<object_source::pull_logins> object_source::logins(const core::pod& pod) {
  pull_logins out;
  for (const auto& each : pod.spec().image_pull_secrets()) {
    const auto object = fetch("secrets", each.name());
    if (!object || !*object) {
      out.missing.emplace_back(each.name());
      continue;
    }
    const core::secret secret{**object};
    for (const auto& [key, value] : secret.data())
      if (holds_login(secret.type(), key))
        if (auto added = out.keys.add_docker_config(value); !added)
          return added.error();
  }
  return out;
}

} // namespace troupe::agent

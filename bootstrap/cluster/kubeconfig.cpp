#include "bootstrap/cluster/kubeconfig.hpp"

#include "bootstrap/cluster/yaml_text.hpp"
#include "messages/base/base64.hpp"
#include "messages/codec/yaml.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::cluster {

namespace {

using nlohmann::json;

constexpr const char* lists[] = {"clusters", "users", "contexts"};

json empty_config() {
  return {{"apiVersion", "v1"},        {"kind", "Config"},
          {"clusters", json::array()}, {"contexts", json::array()},
          {"current-context", ""},     {"preferences", json::object()},
          {"users", json::array()}};
}

json cluster_entry(const access& value) {
  return {{"name", value.name},
          {"cluster",
           {{"certificate-authority-data",
             base64_encode(value.authority_certificate)},
            {"server", value.server}}}};
}

json user_entry(const access& value) {
  return {
      {"name", value.name},
      {"user",
       {{"client-certificate-data", base64_encode(value.client_certificate)},
        {"client-key-data", base64_encode(value.client_key)}}}};
}

json context_entry(const access& value) {
  return {{"name", value.name},
          {"context", {{"cluster", value.name}, {"user", value.name}}}};
}

/// Replaces the entry of the same name, or appends.
void put(json& list, json entry) {
  if (!list.is_array())
    list = json::array();
  for (auto& old : list)
    if (old.is_object() && old.value("name", "") == entry["name"]) {
      old = std::move(entry);
      return;
    }
  list.push_back(std::move(entry));
}

void put(json& config, const access& value) {
  put(config["clusters"], cluster_entry(value));
  put(config["users"], user_entry(value));
  put(config["contexts"], context_entry(value));
}

bool has_entry(const json& list, const std::string& name) {
  return std::ranges::any_of(
      list, [&](const json& it) { return it["name"] == name; });
}

error not_a_kubeconfig(std::string why) {
  return {errc::invalid_argument, "not a kubeconfig: " + std::move(why)};
}

result<json> parse(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return empty_config();
  auto decoded = codec::decode_yaml(text, nullptr);
  if (!decoded)
    return not_a_kubeconfig(decoded.error().message);
  auto config = json::parse(codec::encode_json(decoded->doc.root(), nullptr),
                            nullptr, false);
  if (!config.is_object())
    return not_a_kubeconfig("the document is no mapping");
  for (const auto* list : lists) {
    const auto it = config.find(list);
    if (it == config.end() || it->is_null())
      continue;
    if (!it->is_array())
      return not_a_kubeconfig(std::string{list} + " is no list");
    for (const auto& entry : *it)
      if (!entry.is_object() || !entry.contains("name")
          || !entry["name"].is_string())
        return not_a_kubeconfig(std::string{list}
                                + " has an entry without a name");
  }
  return config;
}

} // namespace

std::string access_name(const std::string& name) {
  return "troupe-" + name;
}

std::string make_kubeconfig(const access& value) {
  auto config = empty_config();
  put(config, value);
  config["current-context"] = value.name;
  return to_yaml(config);
}

result<std::string> add_to_kubeconfig(std::string_view text,
                                      const access& value) {
  auto config = parse(text);
  if (!config)
    return config.error();
  put(*config, value);
  (*config)["current-context"] = value.name;
  return to_yaml(*config);
}

result<std::string> refresh_kubeconfig(std::string_view text,
                                       const access& value) {
  auto config = parse(text);
  if (!config)
    return config.error();
  if (!has_entry((*config)["clusters"], value.name))
    return std::string{text};
  put(*config, value);
  return to_yaml(*config);
}

result<std::string> remove_from_kubeconfig(std::string_view text,
                                           const std::string& name) {
  auto config = parse(text);
  if (!config)
    return config.error();
  bool rest = false;
  for (const auto* key : lists) {
    auto& list = (*config)[key];
    if (!list.is_array())
      list = json::array();
    std::erase_if(list.get_ref<json::array_t&>(),
                  [&](const json& it) { return it["name"] == name; });
    rest = rest || !list.empty();
  }
  if (!rest)
    return std::string{};
  if ((*config)["current-context"] == name)
    (*config)["current-context"] = "";
  return to_yaml(*config);
}

} // namespace troupe::cluster

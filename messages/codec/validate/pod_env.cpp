#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/meta/quantity.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

constexpr std::string_view units =
    "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

bool is_unit(std::string_view divisor) {
  constexpr std::string_view known[] = {"1",   "1k",  "1M",  "1G",  "1T",
                                        "1P",  "1E",  "1Ki", "1Mi", "1Gi",
                                        "1Ti", "1Pi", "1Ei"};
  return std::ranges::find(known, divisor) != std::end(known);
}

bool is_huge_pages(std::string_view resource) {
  return resource.starts_with("requests.hugepages-")
         || resource.starts_with("limits.hugepages-");
}

/// How upstream names the resource where it speaks of divisors.
std::string_view divided(std::string_view resource) {
  if (is_huge_pages(resource))
    return "hugepages";
  const auto name = resource.substr(resource.find('.') + 1);
  return name == "ephemeral-storage" ? "local ephemeral storage" : name;
}

void check_divisor(core::resource_field_selector field, const spot& here) {
  const auto divisor = meta::quantity::parse(field.divisor());
  if (!divisor || divisor->is_zero())
    return;
  const auto resource = field.resource();
  const auto text = divisor->text();
  if (resource.ends_with(".cpu")) {
    if (text != "1m" && text != "1")
      here.invalid(resource, "only divisor's values 1m and 1 are supported "
                             "with the cpu resource");
  } else if (!is_unit(text)) {
    here.invalid(resource, "only divisor's values " + std::string{units}
                               + " are supported with the "
                               + std::string{divided(resource)} + " resource");
  }
}

/// A key of a ConfigMap or Secret: both are judged alike.
template <class Selector>
void check_key_ref(Selector selector, const spot& here) {
  here.child("name").complain(selector.name(),
                              meta::check_dns1123_subdomain(selector.name()));
  if (selector.key().empty())
    here.child("key").required();
  else
    here.child("key").complain(selector.key(),
                               meta::check_config_map_key(selector.key()));
}

void check_file_key(core::file_key_selector file, const spot& here) {
  if (file.key().empty())
    here.child("key").required();
  else
    here.child("key").complain(file.key(), check_env_name(file.key()));
  if (file.volume_name().empty())
    here.child("volumeName").required();
  else
    here.child("volumeName")
        .complain(file.volume_name(),
                  meta::check_dns1123_label(file.volume_name()));
  here.child("path").need(file.path());
  check_no_backsteps(file.path(), here.child("path"));
}

void check_source(core::env_var variable, const spot& here) {
  const auto source = variable.value_from();
  int sources = 0;
  if (source.has_field_ref()) {
    ++sources;
    check_field_ref(source.field_ref(),
                    {"metadata.name", "metadata.namespace", "metadata.uid",
                     "spec.nodeName", "spec.serviceAccountName",
                     "status.hostIP", "status.hostIPs", "status.podIP",
                     "status.podIPs"},
                    here.child("fieldRef"));
  }
  if (source.has_resource_field_ref()) {
    ++sources;
    check_resource_ref(source.resource_field_ref(), false,
                       here.child("resourceFieldRef"));
  }
  if (source.has_config_map_key_ref()) {
    ++sources;
    check_key_ref(source.config_map_key_ref(), here.child("configMapKeyRef"));
  }
  if (source.has_secret_key_ref()) {
    ++sources;
    check_key_ref(source.secret_key_ref(), here.child("secretKeyRef"));
  }
  if (source.has_file_key_ref()) {
    ++sources;
    check_file_key(source.file_key_ref(), here.child("fileKeyRef"));
  }
  if (sources == 0)
    here.invalid("", "must specify one of: `fieldRef`, `resourceFieldRef`, "
                     "`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
  else if (!variable.value().empty())
    here.invalid("", "may not be specified when `value` is not empty");
  else if (sources > 1)
    here.invalid("", "may not have more than one field specified at a time");
}

template <class Source>
void check_source_name(Source source, const spot& here) {
  const auto name = here.child("name");
  if (source.name().empty())
    name.required();
  else
    name.complain(source.name(), meta::check_dns1123_subdomain(source.name()));
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// metadata.labels['key'] and the like. False if the path has no subscript.
bool check_subscript(std::string_view path, const spot& here) {
  const auto open = path.find("['");
  if (open == std::string_view::npos || !path.ends_with("']"))
    return false;
  const auto map = path.substr(0, open);
  const auto key = path.substr(open + 2, path.size() - open - 4);
  if (map == "metadata.annotations")
    here.complain(lower(key), meta::check_qualified_name(lower(key)));
  else if (map == "metadata.labels")
    here.complain(key, meta::check_qualified_name(key));
  else
    here.invalid(map, "does not support subscript");
  return true;
}

/// Whether any conversion of field labels knows the path.
bool is_known_field(std::string_view path) {
  constexpr std::string_view known[] = {"metadata.annotations",
                                        "metadata.labels",
                                        "metadata.name",
                                        "metadata.namespace",
                                        "metadata.uid",
                                        "spec.nodeName",
                                        "spec.restartPolicy",
                                        "spec.serviceAccountName",
                                        "spec.schedulerName",
                                        "status.phase",
                                        "status.hostIP",
                                        "status.hostIPs",
                                        "status.podIP",
                                        "status.podIPs",
                                        "spec.host"};
  return std::ranges::find(known, path) != std::end(known);
}

} // namespace

void check_field_ref(core::object_field_selector field,
                     std::initializer_list<std::string_view> allowed,
                     const spot& here) {
  const auto path = field.field_path();
  if (field.api_version().empty())
    return here.child("apiVersion").required();
  if (path.empty())
    return here.child("fieldPath").required();
  const auto at = here.child("fieldPath");
  if (field.api_version() != "v1")
    return at.invalid(path, "error converting fieldPath: unsupported pod "
                            "version: "
                                + std::string{field.api_version()});
  if (check_subscript(path, here))
    return;
  if (!is_known_field(path))
    return at.invalid(path, "error converting fieldPath: field label not "
                            "supported: "
                                + std::string{path});
  at.one_of(path, allowed);
}

void check_resource_ref(core::resource_field_selector field, bool in_volume,
                        const spot& here) {
  if (in_volume && field.container_name().empty())
    here.child("containerName").required();
  else if (field.resource().empty())
    here.child("resource").required();
  else if (!is_huge_pages(field.resource()))
    here.child("resource")
        .one_of(field.resource(),
                {"limits.cpu", "limits.ephemeral-storage", "limits.memory",
                 "requests.cpu", "requests.ephemeral-storage",
                 "requests.memory"});
  check_divisor(field, here.child("divisor"));
}

void check_env(view::list<core::env_var> variables, const spot& here) {
  each_item(here, variables, [](core::env_var variable, const spot& at) {
    const auto name = at.child("name");
    if (variable.name().empty())
      name.required();
    else
      name.complain(variable.name(), check_env_name(variable.name()));
    if (variable.has_value_from())
      check_source(variable, at.child("valueFrom"));
  });
}

void check_env_from(view::list<core::env_from_source> sources,
                    const spot& here) {
  each_item(here, sources, [&](core::env_from_source source, const spot& at) {
    at.child("prefix").complain(source.prefix(),
                                check_env_name(source.prefix()));
    if (source.has_config_map_ref())
      check_source_name(source.config_map_ref(), at.child("configMapRef"));
    if (source.has_secret_ref())
      check_source_name(source.secret_ref(), at.child("secretRef"));
    // Upstream blames the list, not the item.
    if (!source.has_config_map_ref() && !source.has_secret_ref())
      here.invalid("", "must specify one of: `configMapRef` or `secretRef`");
    else if (source.has_config_map_ref() && source.has_secret_ref())
      here.invalid("", "may not have more than one field specified at a time");
  });
}

} // namespace troupe::codec

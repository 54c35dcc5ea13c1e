#include "messages/codec/scalars.hpp"
#include "node/image/image_service.hpp"
#include "node/image/registry_text.hpp"

namespace troupe::image {

namespace {

/// Go's notation, cut to milliseconds.
std::string rounded(duration value) {
  return codec::format_duration(
      std::chrono::duration_cast<std::chrono::milliseconds>(value));
}

error fault(std::string what) {
  return {errc::invalid_argument, std::move(what)};
}

/// Whether `text` can stand before the first "/" of an image's name.
bool is_registry(const std::string& text) {
  return text.find('/') == text.npos
         && parse_reference(text + "/a/b").has_value();
}

} // namespace

std::string pulled_event_text(std::string_view reference, const pulled& how) {
  const auto quoted = "image \"" + std::string{reference} + "\"";
  if (how.present)
    return "Container " + quoted + " already present on machine";
  return "Successfully pulled " + quoted + " in " + rounded(how.elapsed) + " ("
         + rounded(how.waited) + " including waiting). Image size: "
         + std::to_string(how.image->size) + " bytes.";
}

status_result add_mirror(mirror_map& mirrors, std::string_view option) {
  const auto equals = option.find('=');
  if (equals == option.npos || equals == 0)
    return fault("registry mirror \"" + std::string{option}
                 + "\" must be REGISTRY=URL, for example "
                   "docker.io=http://10.0.0.5:5000");
  const auto url = parse_base_url(option.substr(equals + 1));
  if (!url)
    return fault("registry mirror " + url.error().message);
  const std::string domain{option.substr(0, equals)};
  if (!is_registry(domain))
    return fault("registry mirror names the registry \"" + domain
                 + "\", which is no host");
  mirrors[domain].push_back(url->text());
  return unit{};
}

status_result add_authority(authority_map& authorities,
                            std::string_view option) {
  const auto equals = option.find('=');
  const std::string host{option.substr(0, equals)};
  if (equals == option.npos || host.empty() || !is_registry(host)
      || !option.substr(equals + 1).starts_with('/'))
    return fault("registry CA \"" + std::string{option}
                 + "\" must be HOST[:PORT]=FILE with an absolute path, for "
                   "example registry.example:5000=/etc/ssl/registry.pem");
  authorities.insert_or_assign(host, option.substr(equals + 1));
  return unit{};
}

status_result image_service_config::validate() const {
  if (!root.starts_with('/'))
    return fault("root must be an absolute path");
  for (const auto& [domain, urls] : mirrors)
    for (const auto& url : urls)
      if (const auto parsed = parse_base_url(url); !parsed)
        return fault("mirrors: " + parsed.error().message);
  if (pulls_max == 0 || pulls_max > 64)
    return fault("pulls_max must be between 1 and 64");
  if (blobs_max == 0 || blobs_max > 64)
    return fault("blobs_max must be between 1 and 64");
  if (queue_max == 0)
    return fault("queue_max must be at least 1");
  if (layer_size_max == 0)
    return fault("layer_size_max must be at least 1");
  if (stall_timeout < std::chrono::seconds{1})
    return fault("stall_timeout must be at least 1s");
  return unit{};
}

} // namespace troupe::image

#include "node/image/reference.hpp"

#include <algorithm>

namespace troupe::image {

namespace {

constexpr std::string_view default_domain = "docker.io";
constexpr std::string_view legacy_domain = "index.docker.io";
constexpr std::string_view official_prefix = "library/";
constexpr std::size_t digest_length = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_alnum(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c);
}

bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool has_upper(std::string_view text) {
  return std::ranges::any_of(text, is_upper);
}

/// Calls `valid` with each part between separators.
template <class F>
bool all_parts(std::string_view text, char separator, F valid) {
  for (;;) {
    const auto at = text.find(separator);
    if (!valid(text.substr(0, at)))
      return false;
    if (at == text.npos)
      return true;
    text.remove_prefix(at + 1);
  }
}

bool is_domain_label(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-'
         && std::ranges::all_of(label,
                                [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')
             || c == ':';
    });
  return all_parts(host, '.', is_domain_label);
}

bool is_domain(std::string_view domain) {
  const auto bracket = domain.rfind(']');
  const auto colon = domain.rfind(':');
  if (colon == domain.npos || (bracket != domain.npos && colon < bracket))
    return is_host(domain);
  const auto port = domain.substr(colon + 1);
  return !port.empty() && std::ranges::all_of(port, is_digit)
         && is_host(domain.substr(0, colon));
}

/// One path component: runs of [a-z0-9] with ".", "_", "__" or any number of
/// "-" between them.
bool is_path_component(std::string_view part) {
  std::size_t i = 0;
  for (;;) {
    const auto start = i;
    while (i < part.size() && (is_lower(part[i]) || is_digit(part[i])))
      ++i;
    if (i == start)
      return false;
    if (i == part.size())
      return true;
    if (part[i] == '-') {
      while (i < part.size() && part[i] == '-')
        ++i;
    } else if (part[i] == '_') {
      i += part.substr(i).starts_with("__") ? 2 : 1;
    } else if (part[i] == '.') {
      ++i;
    } else {
      return false;
    }
  }
}

bool is_tag(std::string_view tag) {
  const auto word = [](char c) { return is_alnum(c) || c == '_'; };
  return !tag.empty() && tag.size() <= tag_length_max && word(tag.front())
         && std::ranges::all_of(
             tag, [&](char c) { return word(c) || c == '.' || c == '-'; });
}

error fault(std::string_view text, std::string_view reason) {
  return {errc::invalid_argument, "couldn't parse image reference \""
                                      + std::string{text}
                                      + "\": " + std::string{reason}};
}

/// Whether the first component is a registry and not part of the path.
bool names_registry(std::string_view first) {
  return first.find_first_of(".:") != first.npos || first == "localhost"
         || has_upper(first);
}

/// The domain and what follows it.
reference split_domain(std::string_view text) {
  reference out;
  const auto slash = text.find('/');
  if (slash == text.npos || !names_registry(text.substr(0, slash))) {
    out.domain = default_domain;
    out.path = text;
  } else {
    out.domain = text.substr(0, slash);
    out.path = text.substr(slash + 1);
  }
  if (out.domain == legacy_domain)
    out.domain = default_domain;
  if (out.domain == default_domain && out.path.find('/') == out.path.npos)
    out.path.insert(0, official_prefix);
  return out;
}

/// Moves ":tag" and "@digest" from the end of the path to their own fields.
/// False when there is a separator with nothing valid behind it.
bool split_suffixes(reference& name) {
  if (const auto at = name.path.find('@'); at != name.path.npos) {
    name.digest = name.path.substr(at + 1);
    name.path.resize(at);
    if (name.digest.empty())
      return false;
  }
  if (const auto colon = name.path.find(':'); colon != name.path.npos) {
    name.tag = name.path.substr(colon + 1);
    name.path.resize(colon);
    return is_tag(name.tag);
  }
  return true;
}

} // namespace

std::string reference::repository() const {
  return domain + "/" + path;
}

std::string reference::normalised() const {
  return digest.empty() ? repository() + ":" + tag
                        : repository() + "@" + digest;
}

std::string reference::familiar() const {
  auto out = repository();
  if (domain == default_domain) {
    out = path;
    if (out.starts_with(official_prefix)
        && out.find('/', official_prefix.size()) == out.npos)
      out.erase(0, official_prefix.size());
    // A first part that looks like a registry would be read as one.
    const auto slash = out.find('/');
    if (slash != out.npos && names_registry(out.substr(0, slash)))
      out = repository();
  }
  if (!tag.empty())
    out += ":" + tag;
  if (!digest.empty())
    out += "@" + digest;
  return out;
}

bool is_digest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  return text.size() == prefix.size() + digest_length
         && text.starts_with(prefix)
         && std::ranges::all_of(text.substr(prefix.size()), is_lower_hex);
}

result<reference> parse_reference(std::string_view text) {
  constexpr std::string_view malformed = "invalid reference format";
  if (text.size() == digest_length && std::ranges::all_of(text, is_lower_hex))
    return fault(text, "invalid repository name (" + std::string{text}
                           + "), cannot specify 64-byte hexadecimal strings");
  auto name = split_domain(text);
  const std::string remote = name.path.substr(0, name.path.find(':'));
  if (has_upper(remote))
    return fault(text, "invalid reference format: repository name (" + remote
                           + ") must be lowercase");
  if (!split_suffixes(name) || !is_domain(name.domain)
      || !all_parts(name.path, '/', is_path_component))
    return fault(text, malformed);
  if (name.path.size() > repository_length_max
      || name.domain.size() > repository_length_max)
    return fault(text, "repository name must not be more than 255 characters");
  if (!name.digest.empty() && !is_digest(name.digest))
    return fault(text, name.digest.starts_with("sha256:")
                           ? "invalid checksum digest length"
                           : "unsupported digest algorithm");
  if (name.tag.empty() && name.digest.empty())
    name.tag = "latest";
  return name;
}

} // namespace troupe::image

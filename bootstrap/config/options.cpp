#include "bootstrap/config/options.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr std::size_t name_length_max = 40;

/// What Services get, as everywhere.
constexpr std::uint16_t node_port_min = 30000;
constexpr std::uint16_t node_port_max = 32767;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= name_length_max && name.front() != '-'
         && name.back() != '-' && std::ranges::all_of(name, is_name_character);
}

error invalid(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

status_result check_name(const char* flag, const std::string& name) {
  if (is_name(name))
    return unit{};
  return invalid(std::string{flag} + " '" + name
                 + "' must be 1 to 40 lowercase letters, digits and '-', with "
                   "a letter or digit at both ends");
}

status_result check_timeout(duration value) {
  if (value >= std::chrono::seconds{1} && value <= std::chrono::hours{1})
    return unit{};
  return invalid("--timeout must be between 1s and 1h");
}

status_result check_cluster_directory(const std::string& path) {
  if (path.starts_with('/'))
    return unit{};
  return invalid("--cluster-dir must be an absolute path");
}

status_result check_descriptor(const char* flag, int fd) {
  if (fd >= 0)
    return unit{};
  return invalid(std::string{flag} + " must name an open file descriptor");
}

bool read_port(const std::string& text, std::uint16_t& out) {
  const auto* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, out);
  return code == std::errc{} && rest == end;
}

status_result check_mirror(const std::string& mirror) {
  const auto equals = mirror.find('=');
  const auto url = equals == std::string::npos ? "" : mirror.substr(equals + 1);
  if (equals != 0
      && (url.starts_with("http://") || url.starts_with("https://")))
    return unit{};
  return invalid("--registry-mirror '" + mirror
                 + "' must be HOST=URL, such as "
                   "docker.io=http://10.89.0.200:5000");
}

status_result check_authority(const std::string& authority) {
  const auto equals = authority.find('=');
  if (equals != std::string::npos && equals != 0
      && equals + 1 < authority.size())
    return unit{};
  return invalid("--registry-ca '" + authority
                 + "' must be HOST=FILE, such as "
                   "registry.example:5000=/etc/ssl/registry.pem");
}

status_result check_publish(const std::vector<std::string>& all) {
  if (all == std::vector<std::string>{"none"})
    return unit{};
  std::vector<std::uint16_t> taken;
  for (const auto& each : all) {
    const auto pair = parse_publish(each);
    if (!pair)
      return pair.error();
    if (pair->node_port < node_port_min || pair->node_port > node_port_max)
      return invalid("--publish '" + each
                     + "': node ports are from 30000 to 32767");
    if (pair->port != 0 && std::ranges::find(taken, pair->port) != taken.end())
      return invalid("--publish '" + each + "': port "
                     + std::to_string(pair->port) + " is published twice");
    taken.push_back(pair->port);
  }
  return unit{};
}

} // namespace

result<port_pair> parse_publish(const std::string& text) {
  const auto wrong = invalid("--publish '" + text
                             + "' must be PORT:NODEPORT, such as 8080:30080");
  port_pair out;
  const auto colon = text.find(':');
  if (colon == std::string::npos || !read_port(text.substr(0, colon), out.port)
      || !read_port(text.substr(colon + 1), out.node_port)
      || out.node_port == 0)
    return wrong;
  return out;
}

status_result cluster_choice::validate() const {
  return check_name("--name", name);
}

status_result node_time_options::validate() const {
  const std::pair<const char*, std::optional<duration>> times[] = {
      {"--node-monitor-grace-period", monitor_grace},
      {"--node-lease-duration", lease},
  };
  for (const auto& [flag, time] : times)
    if (time
        && (*time < std::chrono::seconds{1} || *time > std::chrono::hours{1}
            || *time % std::chrono::seconds{1} != duration{}))
      return invalid(std::string{flag}
                     + " must be whole seconds, from 1s to 1h");
  const auto longest = std::max(not_ready_toleration.value_or(0),
                                unreachable_toleration.value_or(0));
  if (longest > toleration_max)
    return invalid("--default-not-ready-toleration-seconds and "
                   "--default-unreachable-toleration-seconds must be from 0 to "
                   + std::to_string(toleration_max));
  return unit{};
}

status_result up_options::validate() const {
  if (auto ok = cluster.validate(); !ok)
    return ok;
  if (servers
      && std::ranges::find(server_counts, *servers) == server_counts.end())
    return invalid("--servers must be 1, 3 or 5");
  if (nodes && *nodes > nodes_max)
    return invalid("--nodes must be from 0 to 250");
  for (const auto& mirror : registry_mirrors)
    if (auto ok = check_mirror(mirror); !ok)
      return ok;
  for (const auto& authority : registry_authorities)
    if (auto ok = check_authority(authority); !ok)
      return ok;
  if (auto ok = check_publish(publish); !ok)
    return ok;
  if (image_gc_high.value_or(0) > 100 || image_gc_low.value_or(0) > 100)
    return invalid("--image-gc-high-threshold and --image-gc-low-threshold "
                   "must be from 0 to 100");
  if (auto ok = node_times.validate(); !ok)
    return ok;
  return check_timeout(timeout);
}

status_result down_options::validate() const {
  if (auto ok = cluster.validate(); !ok)
    return ok;
  return check_timeout(timeout);
}

status_result status_options::validate() const {
  return cluster.validate();
}

status_result actors_options::validate() const {
  return cluster.validate();
}

status_result kill_options::validate() const {
  constexpr std::string_view expected =
      "expected an actor's address like /server/s1/watch, or --process NAME";
  if (address.empty() == process.empty())
    return error{errc::invalid_argument,
                 std::string{expected} + (address.empty() ? "" : ", not both")};
  if (!address.empty() && !address.starts_with('/'))
    return error{errc::invalid_argument,
                 std::string{expected} + ", not '" + address + "'"};
  return cluster.validate();
}

status_result image_options::validate() const {
  return cluster.validate();
}

status_result server_options::validate() const {
  if (auto ok = check_cluster_directory(cluster_directory); !ok)
    return ok;
  if (auto ok = check_name("--member", member); !ok)
    return ok;
  return check_descriptor("--listen-fd", listen_fd);
}

status_result agent_options::validate() const {
  if (auto ok = check_cluster_directory(cluster_directory); !ok)
    return ok;
  return check_name("--node", node);
}

status_result publisher_options::validate() const {
  if (auto ok = check_cluster_directory(cluster_directory); !ok)
    return ok;
  return check_descriptor("--first-fd", first_fd);
}

status_result supervisor_options::validate() const {
  if (auto ok = check_cluster_directory(cluster_directory); !ok)
    return ok;
  if (auto ok = check_descriptor("--listen-fd", listen_fd); !ok)
    return ok;
  return check_descriptor("--lock-fd", lock_fd);
}

} // namespace troupe

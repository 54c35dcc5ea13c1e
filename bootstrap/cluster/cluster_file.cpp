#include "bootstrap/cluster/cluster_file.hpp"

#include "bootstrap/cluster/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace troupe::cluster {

namespace {

error corrupt(const std::string& what) {
  return {errc::corrupt, "cluster.json: " + what};
}

constexpr std::size_t texts_max = 64;
static_assert(kubeconfigs_max == texts_max
              && registry_mirrors_max == texts_max);

/// A list of texts that may be absent.
status_result read_texts(const nlohmann::json& from, const std::string& member,
                         std::vector<std::string>& out) {
  const auto list = from.find(member);
  if (list == from.end())
    return unit{};
  const auto bad = "\"" + member + "\" must be a list of at most 64 texts";
  if (!list->is_array() || list->size() > texts_max)
    return corrupt(bad);
  for (const auto& each : *list) {
    if (!each.is_string())
      return corrupt(bad);
    out.push_back(each.get<std::string>());
  }
  return unit{};
}

/// A number in these bounds that may be absent.
status_result read_number(const nlohmann::json& from, const char* member,
                          unsigned least, unsigned most, unsigned& out) {
  const auto value = from.value(member, nlohmann::json(out));
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least
      || value.get<std::uint64_t>() > most)
    return corrupt("\"" + std::string{member} + "\" must be a number from "
                   + std::to_string(least) + " to " + std::to_string(most));
  out = value.get<unsigned>();
  return unit{};
}

/// Absent in the files of clusters that could have one only.
status_result read_servers(const nlohmann::json& from, unsigned& out) {
  if (auto read = read_number(from, "servers", 1, server_counts.back(), out);
      !read)
    return read;
  if (std::ranges::find(server_counts, out) == server_counts.end())
    return corrupt("\"servers\" must be 1, 3 or 5");
  return unit{};
}

nlohmann::ordered_json ports_json(const std::vector<published_port>& ports) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& each : ports)
    out.push_back({{"port", each.port}, {"nodePort", each.node_port}});
  return out;
}

bool read_port(const nlohmann::json& from, const char* member,
               std::uint16_t& out) {
  const auto value = from.find(member);
  if (value == from.end() || !value->is_number_unsigned()
      || value->get<std::uint64_t>() > 65535)
    return false;
  out = value->get<std::uint16_t>();
  return out != 0;
}

/// Absent in the files of clusters that published nothing.
status_result read_published(const nlohmann::json& from,
                             std::vector<published_port>& out) {
  const auto list = from.find("published");
  if (list == from.end())
    return unit{};
  const auto bad = corrupt("\"published\" must be a list of at most 64 pairs "
                           "of \"port\" and \"nodePort\"");
  if (!list->is_array() || list->size() > published_max)
    return bad;
  for (const auto& each : *list) {
    published_port pair;
    if (!each.is_object() || !read_port(each, "port", pair.port)
        || !read_port(each, "nodePort", pair.node_port))
      return bad;
    out.push_back(pair);
  }
  return unit{};
}

status_result read_node_times(const nlohmann::json& from, node_times& out) {
  constexpr unsigned hour = 3600;
  constexpr unsigned tolerance_max = 1'000'000'000;
  const std::tuple<const char*, unsigned, unsigned, unsigned*> members[] = {
      {"nodeMonitorGraceSeconds", 1, hour, &out.monitor_grace},
      {"nodeLeaseSeconds", 1, hour, &out.lease},
      {"notReadyTolerationSeconds", 0, tolerance_max,
       &out.not_ready_toleration},
      {"unreachableTolerationSeconds", 0, tolerance_max,
       &out.unreachable_toleration},
  };
  for (const auto& [member, least, most, to] : members)
    if (auto read = read_number(from, member, least, most, *to); !read)
      return read;
  return unit{};
}

std::vector<std::string> numbered(const char* letter, unsigned count) {
  std::vector<std::string> out;
  for (unsigned i = 1; i <= count; ++i)
    out.push_back(letter + std::to_string(i));
  return out;
}

} // namespace

std::string to_json(const cluster_record& value) {
  const nlohmann::ordered_json json{
      {"version", cluster_file_version},
      {"uid", value.uid},
      {"port", value.port},
      {"servers", value.servers},
      {"nodes", value.nodes},
      {"registryMirrors", value.registry_mirrors},
      {"registryAuthorities", value.registry_authorities},
      {"imageGcHighThreshold", value.image_gc_high},
      {"imageGcLowThreshold", value.image_gc_low},
      {"published", ports_json(value.published)},
      {"uplink", value.uplink ? "auto" : "none"},
      {"nodeMonitorGraceSeconds", value.node_times.monitor_grace},
      {"nodeLeaseSeconds", value.node_times.lease},
      {"notReadyTolerationSeconds", value.node_times.not_ready_toleration},
      {"unreachableTolerationSeconds", value.node_times.unreachable_toleration},
      {"kubeconfigs", value.kubeconfigs},
  };
  return json.dump(2) + "\n";
}

result<cluster_record> parse_cluster_record(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object())
    return corrupt("not a JSON object");
  const auto version = json.value("version", nlohmann::json{});
  if (version != cluster_file_version)
    return error{errc::unsupported,
                 "cluster.json: written by another version of troupe"};
  cluster_record out;
  const auto uid = json.find("uid");
  if (uid == json.end() || !uid->is_string()
      || uid->get_ref<const std::string&>().size() != 36)
    return corrupt("\"uid\" must be a UUID");
  out.uid = uid->get<std::string>();
  const auto port = json.find("port");
  if (port == json.end() || !port->is_number_unsigned()
      || port->get<std::uint64_t>() > 65535)
    return corrupt("\"port\" must be a number from 0 to 65535");
  out.port = port->get<std::uint16_t>();
  if (auto read = read_servers(json, out.servers); !read)
    return read.error();
  const auto nodes = json.value("nodes", nlohmann::json(0u));
  if (!nodes.is_number_unsigned() || nodes.get<std::uint64_t>() > nodes_max)
    return corrupt("\"nodes\" must be a number from 0 to 250");
  out.nodes = nodes.get<unsigned>();
  if (auto read = read_texts(json, "registryMirrors", out.registry_mirrors);
      !read)
    return read.error();
  if (auto read =
          read_texts(json, "registryAuthorities", out.registry_authorities);
      !read)
    return read.error();
  for (const auto& [member, to] :
       {std::pair{"imageGcHighThreshold", &out.image_gc_high},
        std::pair{"imageGcLowThreshold", &out.image_gc_low}})
    if (auto read = read_number(json, member, 0, 100, *to); !read)
      return read.error();
  if (auto read = read_published(json, out.published); !read)
    return read.error();
  // Absent in the files of clusters that could have none.
  const auto uplink = json.value("uplink", nlohmann::json("none"));
  if (uplink != "auto" && uplink != "none")
    return corrupt("\"uplink\" must be \"auto\" or \"none\"");
  out.uplink = uplink == "auto";
  if (auto read = read_node_times(json, out.node_times); !read)
    return read.error();
  if (auto read = read_texts(json, "kubeconfigs", out.kubeconfigs); !read)
    return read.error();
  return out;
}

bool has_lab(const cluster_record& value) {
  return value.nodes > 0 || value.servers > 1;
}

std::vector<std::string> server_names(const cluster_record& value) {
  return numbered("s", value.servers);
}

std::string bus_name(const cluster_record& value, const std::string& server) {
  return value.servers == 1 ? "bus" : "bus-" + server;
}

std::vector<std::string> node_names(const cluster_record& value) {
  return numbered("n", value.nodes);
}

std::string make_uuid(std::array<std::uint8_t, 16> random) {
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0f) | 0x40);
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3f) | 0x80);
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      out += '-';
    out += digits[random[i] >> 4];
    out += digits[random[i] & 15];
  }
  return out;
}

result<cluster_record> load_cluster(const std::string& path) {
  auto text = read_file(path);
  if (!text)
    return text.error();
  return parse_cluster_record(*text);
}

status_result save_cluster(const std::string& path,
                           const cluster_record& value) {
  return write_file(path, to_json(value));
}

} // namespace troupe::cluster

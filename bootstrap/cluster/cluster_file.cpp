#include "bootstrap/cluster/cluster_file.hpp"

#include "bootstrap/cluster/files.hpp"

#include <nlohmann/json.hpp>

namespace troupe::cluster {

namespace {

error corrupt(const char* what) {
  return {errc::corrupt, std::string{"cluster.json: "} + what};
}

status_result read_kubeconfigs(const nlohmann::json& from,
                               std::vector<std::string>& out) {
  if (!from.is_array() || from.size() > kubeconfigs_max)
    return corrupt("\"kubeconfigs\" must be a list of at most 64 paths");
  for (const auto& path : from) {
    if (!path.is_string())
      return corrupt("\"kubeconfigs\" must hold paths");
    out.push_back(path.get<std::string>());
  }
  return unit{};
}

} // namespace

std::string to_json(const cluster_record& value) {
  const nlohmann::ordered_json json{
      {"version", cluster_file_version},
      {"uid", value.uid},
      {"port", value.port},
      {"member", value.member},
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
  const auto member = json.find("member");
  if (member == json.end() || !member->is_string())
    return corrupt("\"member\" must be a text");
  out.member = member->get<std::string>();
  const auto files = json.find("kubeconfigs");
  if (files != json.end())
    if (auto read = read_kubeconfigs(*files, out.kubeconfigs); !read)
      return read.error();
  return out;
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

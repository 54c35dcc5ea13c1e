#include "bootstrap/bus/identities.hpp"

#include "bootstrap/bus/jwt.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/bus/subject.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace troupe::bus {

namespace {

using nlohmann::json;

constexpr int file_version = 1;

/// 200 bits.
constexpr std::size_t password_octets = 25;

struct named_part {
  const char* name;
  std::string authority::*value;
};

constexpr named_part parts[] = {
    {"operatorSeed", &authority::operator_seed},
    {"operatorJwt", &authority::operator_jwt},
    {"accountSeed", &authority::account_seed},
    {"accountJwt", &authority::account_jwt},
};

/// Not among the parts: the files of clusters that never needed it lack it.
constexpr const char* route_password = "routePassword";

std::string make_password() {
  std::array<std::uint8_t, password_octets> random{};
  fill_random(random);
  return encode_base32(
      {reinterpret_cast<const char*>(random.data()), random.size()});
}

} // namespace

authority make_authority(std::string_view cluster_uid, wall_time now) {
  const auto operator_key = nkey::make(nkey_kind::operator_);
  const auto account_key = nkey::make(nkey_kind::account);
  return {operator_key.seed(), operator_jwt(operator_key, cluster_uid, now),
          account_key.seed(),
          account_jwt(operator_key, account_key.public_key(), cluster_uid, now),
          make_password()};
}

std::string to_json(const authority& value) {
  json out{{"version", file_version}};
  for (auto& part : parts)
    out[part.name] = value.*part.value;
  if (!value.route_password.empty())
    out[route_password] = value.route_password;
  return out.dump(2) + "\n";
}

result<authority> parse_authority(std::string_view text) {
  const auto read = json::parse(text, nullptr, false);
  if (!read.is_object() || !read.contains("version")
      || read["version"] != file_version)
    return error{errc::corrupt, "bus authority: not a file of version 1"};
  authority out;
  for (auto& part : parts) {
    const auto found = read.find(part.name);
    if (found == read.end() || !found->is_string())
      return error{errc::corrupt,
                   std::string{"bus authority: no "} + part.name};
    out.*part.value = found->get<std::string>();
  }
  const auto password = read.find(route_password);
  if (password != read.end()) {
    if (!password->is_string() || !decode_base32(password->get<std::string>()))
      return error{errc::corrupt, "bus authority: routePassword is none"};
    out.route_password = password->get<std::string>();
  }
  if (!nkey::parse(out.operator_seed, nkey_kind::operator_))
    return error{errc::corrupt, "bus authority: operatorSeed is no seed"};
  if (!nkey::parse(out.account_seed, nkey_kind::account))
    return error{errc::corrupt, "bus authority: accountSeed is no seed"};
  return out;
}

result<std::string> issue_credentials(const authority& by,
                                      std::string_view cluster_uid,
                                      const bus_peer& self, wall_time now) {
  if (!is_process(self))
    return error{errc::invalid_argument, "bus credentials: \"" + self.role + "/"
                                             + self.name
                                             + "\" cannot be a process"};
  const auto signer = nkey::parse(by.account_seed, nkey_kind::account);
  if (!signer)
    return signer.error();
  const auto user = nkey::make(nkey_kind::user);
  const user_permissions may{publish_patterns(cluster_uid, self),
                             subscribe_patterns(cluster_uid, self)};
  const auto jwt = user_jwt(*signer, user.public_key(),
                            self.role + "/" + self.name, may, now);
  return "-----BEGIN NATS USER JWT-----\n" + jwt
         + "\n------END NATS USER JWT------\n\n"
           "-----BEGIN USER NKEY SEED-----\n"
         + user.seed() + "\n------END USER NKEY SEED------\n";
}

} // namespace troupe::bus

#include "bootstrap/cluster/material.hpp"

#include "bootstrap/cluster/files.hpp"

namespace troupe::cluster {

namespace {

constexpr auto day = std::chrono::hours{24};
constexpr auto authority_lifetime = 3650 * day;
constexpr auto leaf_lifetime = 365 * day;
/// Clocks of clients may be behind by this much.
constexpr auto clock_slack = std::chrono::minutes{5};

std::string certificate_path(const layout& files, const char* name) {
  return files.pki() + "/" + name + ".crt";
}

std::string key_path(const layout& files, const char* name) {
  return files.pki() + "/" + name + ".key";
}

status_result save(const layout& files, const char* name,
                   const pki::credential& value) {
  if (auto ok = write_file(key_path(files, name), value.private_key); !ok)
    return ok;
  return write_file(certificate_path(files, name), value.certificate);
}

std::string signing_key_path(const layout& files) {
  return key_path(files, "service-account");
}

status_result load_certificate(const layout& files, const char* name,
                               pki::credential& out) {
  auto text = read_file(certificate_path(files, name));
  if (!text)
    return text.error();
  out.certificate = std::move(*text);
  return unit{};
}

status_result load(const layout& files, const char* name,
                   pki::credential& out) {
  auto text = read_file(key_path(files, name));
  if (!text)
    return text.error();
  out.private_key = std::move(*text);
  return load_certificate(files, name, out);
}

result<pki::credential> prepare_authority(const layout& files, wall_time now) {
  pki::credential found;
  auto loaded = load(files, "ca", found);
  if (loaded) {
    if (auto valid = pki::check_validity(found.certificate, now); !valid)
      return error{valid.error().code,
                   certificate_path(files, "ca") + " is "
                       + valid.error().message
                       + ": is this machine's clock right?"};
    return found;
  }
  // The certificate is written last: with it there, a key that is missing was
  // lost, and a new authority would shut out everybody who knows the old one.
  auto old = read_file(certificate_path(files, "ca"));
  if (old || old.error().code != errc::not_found)
    return loaded.error();
  auto made = pki::make_authority("troupe-ca", now - clock_slack,
                                  now + authority_lifetime);
  if (!made)
    return made.error();
  if (auto saved = save(files, "ca", *made); !saved)
    return saved.error();
  return made;
}

result<std::string> prepare_signing_key(const layout& files) {
  auto found = read_file(signing_key_path(files));
  if (found || found.error().code != errc::not_found)
    return found;
  auto made = pki::make_signing_key();
  if (!made)
    return made;
  if (auto saved = write_file(signing_key_path(files), *made); !saved)
    return saved.error();
  return made;
}

pki::certificate_request
server_request(wall_time now, const std::vector<ip_address>& more_addresses) {
  pki::certificate_request out;
  out.subject.common_name = "kube-apiserver";
  out.usage = pki::usage::server;
  out.dns_names = server_dns_names();
  out.ip_addresses = server_ip_addresses();
  for (const auto& address : more_addresses)
    out.ip_addresses.push_back(address.to_string());
  out.not_before = now - clock_slack;
  out.not_after = now + leaf_lifetime;
  return out;
}

pki::certificate_request admin_request(wall_time now) {
  pki::certificate_request out;
  out.subject = {"kubernetes-admin", {"system:masters"}};
  out.usage = pki::usage::client;
  out.not_before = now - clock_slack;
  out.not_after = now + leaf_lifetime;
  return out;
}

result<pki::credential> issue(const layout& files, const char* name,
                              const pki::credential& authority,
                              const pki::certificate_request& request) {
  auto made = pki::issue(authority, request);
  if (!made)
    return error{made.error().code, files.pki() + ": " + made.error().message};
  if (auto saved = save(files, name, *made); !saved)
    return saved.error();
  return made;
}

} // namespace

std::vector<std::string> server_dns_names() {
  return {"kubernetes", "kubernetes.default", "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local", "localhost"};
}

std::vector<std::string> server_ip_addresses() {
  // 10.96.0.1 is the first address of the service range: the API's own.
  return {"127.0.0.1", "10.96.0.1"};
}

result<material>
prepare_material(const layout& files, wall_time now,
                 const std::vector<ip_address>& more_addresses) {
  if (auto made = make_directory(files.pki()); !made)
    return made.error();
  auto authority = prepare_authority(files, now);
  if (!authority)
    return authority.error();
  auto server =
      issue(files, "server", *authority, server_request(now, more_addresses));
  if (!server)
    return server.error();
  auto admin = issue(files, "admin", *authority, admin_request(now));
  if (!admin)
    return admin.error();
  auto signing_key = prepare_signing_key(files);
  if (!signing_key)
    return signing_key.error();
  return material{std::move(*authority), std::move(*server), std::move(*admin),
                  std::move(*signing_key)};
}

result<pki::credential> load_authority(const layout& files) {
  pki::credential out;
  if (auto ok = load(files, "ca", out); !ok)
    return ok.error();
  return out;
}

result<material> load_server_material(const layout& files) {
  material out;
  if (auto ok = load_certificate(files, "ca", out.authority); !ok)
    return ok.error();
  if (auto ok = load(files, "server", out.server); !ok)
    return ok.error();
  auto signing_key = read_file(signing_key_path(files));
  if (!signing_key)
    return signing_key.error();
  out.signing_key = std::move(*signing_key);
  return out;
}

result<material> load_admin_material(const layout& files) {
  material out;
  if (auto ok = load_certificate(files, "ca", out.authority); !ok)
    return ok.error();
  if (auto ok = load(files, "admin", out.admin); !ok)
    return ok.error();
  return out;
}

} // namespace troupe::cluster

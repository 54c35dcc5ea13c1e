#include "node/dns/name_table.hpp"

#include "node/dns/name.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dns {

namespace {

constexpr const char* schema_version = "1.1.0";

template <class T>
void add_once(std::vector<T>& to, const T& value) {
  if (std::find(to.begin(), to.end(), value) == to.end())
    to.push_back(value);
}

/// "10-244-1-7", as CoreDNS has it.
std::string hostname_of(const named_endpoint& endpoint) {
  if (!endpoint.hostname.empty())
    return endpoint.hostname;
  auto out = endpoint.addresses.front().to_string();
  std::replace(out.begin(), out.end(), '.', '-');
  std::replace(out.begin(), out.end(), ':', '-');
  return out;
}

} // namespace

name_table::name_table(std::string domain,
                       const std::vector<named_service>& services)
    : domain_(std::move(domain)) {
  entry("dns-version." + domain_).text = schema_version;
  entry("svc." + domain_);
  entry("pod." + domain_);
  for (const auto& each : services)
    add(each);
}

const name_entry* name_table::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

const std::vector<std::string>*
name_table::names_of(const ip_address& address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? nullptr : &found->second;
}

name_entry& name_table::entry(const std::string& name) {
  const auto [at, added] = entries_.try_emplace(name);
  const auto dot = name.find('.');
  // References into the table stay good while it grows.
  auto& out = at->second;
  if (added && name != domain_ && dot != name.npos)
    entry(name.substr(dot + 1));
  return out;
}

void name_table::add(const named_service& service) {
  const auto name =
      to_name_text(service.name + "." + service.namespace_ + ".svc." + domain_);
  if (!name)
    return;
  if (!service.external_name.empty()) {
    if (auto target = to_name_text(service.external_name))
      entry(*name).alias = std::move(*target);
    return;
  }
  if (service.addresses.empty())
    return add_headless(service, *name);
  auto& own = entry(*name);
  own.addresses = service.addresses;
  for (const auto& port : service.ports)
    add_port(*name, port, *name);
  for (const auto& address : service.addresses)
    add_once(names_[address], *name);
}

/// Without an endpoint there is no such name (2.4.1).
void name_table::add_headless(const named_service& service,
                              const std::string& name) {
  for (const auto& group : service.groups)
    for (const auto& endpoint : group.endpoints) {
      if (endpoint.addresses.empty())
        continue;
      const auto host = to_name_text(hostname_of(endpoint) + "." + name);
      if (!host)
        continue;
      for (const auto& address : endpoint.addresses) {
        add_once(entry(name).addresses, address);
        add_once(entry(*host).addresses, address);
        add_once(names_[address], *host);
      }
      for (const auto& port : group.ports)
        add_port(name, port, *host);
    }
}

/// Beside the name of the port the Service's own name tells of all its ports:
/// clients that look for peers ask that way, and CoreDNS answers.
void name_table::add_port(const std::string& service, const named_port& port,
                          const std::string& target) {
  const srv_data data{0, 100, port.port, target};
  entry(service).services.push_back(data);
  if (port.name.empty())
    return;
  const auto name =
      to_name_text("_" + port.name + "._" + port.protocol + "." + service);
  if (name)
    entry(*name).services.push_back(data);
}

} // namespace troupe::dns

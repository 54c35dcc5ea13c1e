#pragma once

#include "messages/base/ip.hpp"
#include "node/dns/record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::dns {

struct named_port {
  std::string name;             ///< empty: it has no name of its own in DNS
  std::string protocol = "tcp"; ///< lower case
  std::uint16_t port = 0;
};

struct named_endpoint {
  std::vector<ip_address> addresses;
  std::string hostname; ///< empty: a name is made of the address
};

/// Endpoints that have the same ports: a slice.
struct endpoint_group {
  std::vector<named_port> ports;
  std::vector<named_endpoint> endpoints; ///< only those to be told of
};

/// A Service as DNS sees it.
struct named_service {
  std::string name;
  std::string namespace_;
  /// Its own addresses; none: it is headless, or somewhere else.
  std::vector<ip_address> addresses;
  std::vector<named_port> ports;
  std::vector<endpoint_group> groups; ///< of a headless one
  std::string external_name;          ///< of type ExternalName
};

/// Everything one name stands for. Without any content there are only names
/// below it.
struct name_entry {
  std::vector<ip_address> addresses;
  std::vector<srv_data> services;
  std::string alias; ///< CNAME; excludes the others
  std::string text;
};

/// The names of the cluster, as the Kubernetes DNS specification 1.1 has them:
/// built at once and then never changed, so any number of threads may read it.
class name_table {
public:
  /// `domain` is as text: "cluster.local". What has no name that fits on the
  /// wire is left out.
  name_table(std::string domain, const std::vector<named_service>& services);

  const std::string& domain() const { return domain_; }

  /// By the whole name; null: there is no such name.
  const name_entry* find(std::string_view name) const;

  /// The names of an address; null: none is known.
  const std::vector<std::string>* names_of(const ip_address& address) const;

private:
  void add(const named_service& service);
  void add_headless(const named_service& service, const std::string& name);
  void add_port(const std::string& service, const named_port& port,
                const std::string& target);

  /// The entry of a name, made with all names above it.
  name_entry& entry(const std::string& name);

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::string domain_;
  std::unordered_map<std::string, name_entry, hash, std::equal_to<>> entries_;
  std::map<ip_address, std::vector<std::string>> names_;
};

} // namespace troupe::dns

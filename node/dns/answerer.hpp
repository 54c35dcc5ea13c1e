#pragma once

#include "messages/base/ip.hpp"
#include "node/dns/message.hpp"
#include "node/dns/name_table.hpp"
#include "node/dns/record.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace troupe::dns {

/// Seconds a record of the cluster is good.
inline constexpr std::uint32_t cluster_ttl = 5;

struct zone_config {
  std::string domain = "cluster.local";
  /// Whose addresses nobody else knows the names of.
  std::vector<ip_prefix> ranges;
  /// The name server's own; none: it has no address in DNS.
  std::vector<ip_address> addresses;
};

/// The name is not the cluster's: another server is to be asked.
struct ask_others {
  friend bool operator==(const ask_others&, const ask_others&) = default;
};

/// The name stands for one outside: what others say of `target` is added.
struct ask_for_alias {
  answer begun;
  std::string target;
  friend bool operator==(const ask_for_alias&, const ask_for_alias&) = default;
};

using verdict = std::variant<answer, ask_others, ask_for_alias>;

/// What is said to a question. `names` is null while they are not known yet:
/// until then the cluster's names fail. Where a name has several addresses
/// number `turn` decides which comes first. Pure.
verdict answer_question(const zone_config& config, const name_table* names,
                        const query& asked, std::uint64_t turn);

/// A response without content.
answer failure(response_code code);

} // namespace troupe::dns

#pragma once

#include "messages/base/result.hpp"
#include "node/sys/netns.hpp"

#include <string>

namespace troupe::sys {

/// Carries out commands of nft(8), as one transaction, in a namespace. Returns
/// what they print: JSON (libnftables-json(5)). `not_found` when something they
/// name is not there, `unsupported` when the kernel has no nf_tables. Blocks
/// some ms.
result<std::string> run_nftables(const netns& where,
                                 const std::string& commands);

} // namespace troupe::sys

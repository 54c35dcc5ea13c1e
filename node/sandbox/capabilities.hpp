#pragma once

#include "messages/base/result.hpp"
#include "node/sandbox/spec.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::sandbox {

/// The capabilities that a container's processes may ever have, bit n for
/// capability n (capabilities(7)). Unknown names fail with
/// `invalid_argument`, as upstream's runtime has it. Pure.
result<std::uint64_t> capability_mask(const security_spec& spec);

/// The bit of one capability, "CAP_KILL" or "KILL". Pure.
std::optional<std::uint64_t> capability_bit(std::string_view name);

/// CAP_SYS_ADMIN, as a mask's bit: who has it needs no leave to load filters.
inline constexpr std::uint64_t sys_admin_bit = std::uint64_t{1} << 21;

} // namespace troupe::sandbox

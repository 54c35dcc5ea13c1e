#pragma once

#include "messages/base/bytes.hpp"
#include "node/shim/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::sandbox {

/// Writes a plan for the shim (node/shim/plan.hpp). Pure.
class plan_writer {
public:
  plan_writer();

  /// Adds a step. Strings hold no zero, which the caller has checked.
  plan_writer& add(shim::op what,
                   const std::vector<std::uint64_t>& numbers = {},
                   const std::vector<std::string>& strings = {},
                   std::uint16_t flags = 0);

  /// The whole plan.
  bytes finish() &&;

private:
  bytes data_;
  std::uint32_t steps_ = 0;
};

} // namespace troupe::sandbox

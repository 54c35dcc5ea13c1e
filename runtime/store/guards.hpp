#pragma once

#include "runtime/store/version_table.hpp"

namespace troupe::store {

/// Where the objects of kind Namespace live.
inline constexpr std::string_view namespaces_prefix = "core/namespaces/";

struct guard_verdict {
  bool holds = false;
  revision standing; ///< of the guard's key; 0: absent
};

/// Whether `value` holds on the newest versions. `namespace_active` asks the
/// namespace object's key and its `deleting` column.
guard_verdict check_guard(const guard& value, const version_table& versions);

} // namespace troupe::store

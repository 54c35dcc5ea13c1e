#pragma once

#include "messages/codec/document.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <functional>
#include <string_view>

namespace troupe::gateway {

/// Whether that pod exists and is bound to that node.
bool is_bound_pod(const store::store_snapshot& state, std::string_view ns,
                  std::string_view name, std::string_view node);

/// Whether `holds` for a pod of the namespace that is bound to that node.
bool any_bound_pod(const store::store_snapshot& state, std::string_view ns,
                   std::string_view node,
                   const std::function<bool(const codec::document&)>& holds);

} // namespace troupe::gateway

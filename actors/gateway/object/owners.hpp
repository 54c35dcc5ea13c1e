#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <vector>

namespace troupe::gateway {

/// Removes repeated entries of metadata.ownerReferences, the later of two that
/// are equal, and adds upstream's warning when there were some.
void drop_repeated_owners(codec::document& object,
                          std::vector<std::string>& warnings);

} // namespace troupe::gateway

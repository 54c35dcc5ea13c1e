#pragma once

#include "messages/codec/managed/managed_fields.hpp"

/// Ownership of the replicas of an object, as the subresource scale shows it:
/// there the object is an autoscaling/v1 Scale with the replicas alone.
namespace troupe::codec {

/// Who owns the replicas in `parent`, the entries of the object, as entries of
/// its Scale.
managed_entries to_scale_entries(const managed_entries& parent);

/// The entries of the object after those of its Scale became `scale`: who does
/// not own the replicas there any more loses them, who does so newly owns them
/// under `api_version`, that of the object.
managed_entries from_scale_entries(const managed_entries& parent,
                                   const managed_entries& scale,
                                   std::string_view api_version);

} // namespace troupe::codec

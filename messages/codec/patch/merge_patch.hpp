#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/patch/patch_error.hpp"

namespace troupe::codec {

/// Applies a JSON merge patch (RFC 7396) to `target`, an untyped document, in
/// place: objects merge, null removes, everything else replaces. A patch of an
/// API object is itself an object; anything else is malformed.
patch_status apply_merge_patch(document& target, const node& patch);

/// The merge patch that turns `from` into `to`; both are untyped. A null
/// inside `to` cannot be expressed (RFC 7396, section 1) and is left out.
document make_merge_patch(const node& from, const node& to);

} // namespace troupe::codec

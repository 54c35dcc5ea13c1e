#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/patch/patch_error.hpp"

namespace troupe::codec {

/// Applies a strategic merge patch to `target`, an untyped rendering of an
/// object of `type`, in place
/// (https://git.k8s.io/community/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
///
/// Lists whose field declares patch_strategy::merge merge by the merge key, or
/// as sets when they hold scalars; other lists are replaced; maps merge; null
/// deletes. Directives: `$patch: replace|delete`, `$retainKeys`,
/// `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`. Errors carry
/// upstream's texts (apimachinery pkg/util/strategicpatch, mergepatch). After
/// an error `target` is half patched: the caller drops it.
patch_status apply_strategic_patch(document& target, const node& patch,
                                   const schema::type_desc& type);

} // namespace troupe::codec

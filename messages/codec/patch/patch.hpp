#pragma once

#include "messages/codec/json.hpp"
#include "messages/codec/patch/patch_error.hpp"

namespace troupe::codec {

/// The patches that change what is there; server-side apply, which decides by
/// ownership, is messages/codec/managed.
enum class patch_kind : std::uint8_t {
  json,      ///< application/json-patch+json
  merge,     ///< application/merge-patch+json
  strategic, ///< application/strategic-merge-patch+json
};

/// Applies `patch`, a JSON text, to a typed object:
///
///     auto patched = patch_object(live, {"v1", "ConfigMap"},
///                                 patch_kind::merge, body);
///
/// `as` names the apiVersion and kind the patch sees, and its
/// resource_version, if given, the metadata.resourceVersion. The result is a
/// new document with the apiVersion, kind and problems (duplicate and unknown
/// fields of the patch, unknown fields of the patched object, by path) that
/// fieldValidation decides about. `object` must have a type and stays as it is.
patch_result<decoded> patch_object(const document& object,
                                   const encode_options& as, patch_kind kind,
                                   bytes_view patch,
                                   const json_limits& limits = {});

} // namespace troupe::codec

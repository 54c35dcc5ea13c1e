#pragma once

#include "messages/codec/managed/field_manager.hpp"

/// kubectl's client-side apply keeps the last applied configuration in an
/// annotation; server-side apply by kubectl honours it and keeps it in step.
namespace troupe::codec {

inline constexpr std::string_view last_applied_annotation =
    "kubectl.kubernetes.io/last-applied-configuration";

/// Octets of all annotations of an object, keys and values; a text that would
/// take them past is not kept.
inline constexpr std::size_t annotations_size_max = 256 * 1024;

bool has_last_applied(const document& object);

/// The fields of the configuration in the annotation; nothing when there is no
/// readable one.
field_set last_applied_fields(const document& object);

/// Writes the annotation anew from `config`, as `write` names its version and
/// kind.
void write_last_applied(document& object, const document& config,
                        const field_write& write);

} // namespace troupe::codec

#pragma once

#include "messages/codec/json.hpp"

namespace troupe::codec {

/// An object as the JSON a client would read: maps, lists and scalars, with
/// apiVersion and kind as `options` say. Fields whose id the type does not know
/// have no name and are left out.
result<document> to_untyped(const document& object,
                            const encode_options& options = {});

/// The typed object an untyped value spells, with the errors and the strict
/// findings (unknown fields by path) of the JSON decoder.
result<decoded> from_untyped(const node& value, const schema::type_desc& type,
                             const json_limits& limits = {});

} // namespace troupe::codec

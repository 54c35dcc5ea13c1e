#pragma once

#include "messages/schema/descriptor.hpp"

#include <string_view>

/// What the fields of one version of a kind are in another.
namespace troupe::codec {

/// Which way: from what is stored to what is shown, or back.
enum class version_change : std::uint8_t { to_shown, to_stored };

/// The field of `to` that `field` is, or null when `to` has none such.
const schema::field_desc* counterpart(const schema::field_desc& field,
                                      const schema::type_desc& to,
                                      version_change way);

/// The resource that shows objects of `stored`, the type of a stored version,
/// as `api_version` ("events.k8s.io/v1") does, or null: there is none, or it is
/// the stored version itself.
const schema::resource_desc* shown_version(const schema::type_desc& stored,
                                           std::string_view api_version);

} // namespace troupe::codec

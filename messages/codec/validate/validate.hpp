#pragma once

#include "messages/codec/document.hpp"
#include "messages/meta/field_error.hpp"

namespace troupe::codec {

/// What is wrong with an object, in upstream's words and order; nothing when
/// it may be stored. Objects are defaulted and prepared (strategy.hpp), names
/// are generated, and the namespace is filled in from the request.

/// `resource` is the version in which the object came; objects are as the
/// stored version has them.

meta::field_errors validate_create(const document& object,
                                   const schema::resource_desc& resource);

/// `old` is the stored object the update replaces.
meta::field_errors validate_update(const document& next, const document& old,
                                   const schema::resource_desc& resource);

/// A write through a subresource, such as "status" or "finalize".
meta::field_errors
validate_subresource_update(const document& next, const document& old,
                            const schema::resource_desc& resource,
                            std::string_view subresource);

} // namespace troupe::codec

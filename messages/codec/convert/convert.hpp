#pragma once

#include "messages/codec/document.hpp"

/// One object in two versions of its kind. See the README of this folder.
namespace troupe::codec {

/// `object`, of the type of `version`, as it is stored. A version that is
/// stored itself yields a copy.
document to_stored(const document& object,
                   const schema::resource_desc& version);

/// `stored`, of the type of `version.storage()`, as `version` shows it.
document to_shown(const document& stored, const schema::resource_desc& version);

} // namespace troupe::codec

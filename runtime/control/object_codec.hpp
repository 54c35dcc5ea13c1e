#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"
#include "messages/schema/descriptor.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::control {

/// Names one object: its key in the store, "core/configmaps/default/web".
using object_key = store::key;

/// A key taken apart. The views are into the key.
struct key_parts {
  std::string_view group; ///< "" for the core group
  std::string_view plural;
  std::string_view ns; ///< empty for cluster-scoped objects
  std::string_view name;
};

/// None when `key` has not the form of an object's key.
std::optional<key_parts> parse_key(std::string_view key);

/// The key of an object; `ns` is empty for cluster-scoped ones.
object_key make_key(std::string_view group, std::string_view plural,
                    std::string_view ns, std::string_view name);

/// What all keys of a resource begin with; with `ns`, those of a namespace.
std::string key_prefix(const schema::resource_desc& resource,
                       std::string_view ns = {});

/// The version of a resource that is stored, which is the one listed first in
/// discovery; null when nothing of that name is served.
const schema::resource_desc* stored_resource(std::string_view group,
                                             std::string_view plural);

/// The resource an object's key belongs to; null when it is not served.
const schema::resource_desc* resource_of(std::string_view key);

/// An object as the reconcilers read it: its metadata says the
/// resourceVersion. Fails with `not_found` for a resource that is not served
/// and `corrupt` for octets that cannot be read.
result<codec::document> decode_object(std::string_view key,
                                      const store::version& version);

} // namespace troupe::control

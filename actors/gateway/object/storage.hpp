#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"
#include "messages/schema/descriptor.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// How objects lie in the store. A value is the canonical msgpack of the
/// object in its storage version, the newest stable version of its kind,
/// without metadata.resourceVersion: that is the revision of the write. Every
/// `resource` here describes the storage version.
namespace troupe::gateway {

/// Octets of one stored value; larger objects are refused. etcd's default for
/// a request is the same.
inline constexpr std::size_t value_size_max = 1'572'864;

/// `core/configmaps/`: what every key of the resource begins with.
std::string resource_prefix(const schema::resource_desc& resource);

/// `core/configmaps/<ns>/`, or `resource_prefix` when `ns` is empty.
std::string list_prefix(const schema::resource_desc& resource,
                        std::string_view ns);

/// `core/configmaps/<ns>/<name>`; `ns` is empty for cluster-scoped kinds.
store::key object_key(const schema::resource_desc& resource,
                      std::string_view ns, std::string_view name);

/// The value to store for `object`. A resourceVersion inside is left out.
bytes encode_value(const codec::document& object);

/// The index columns of `object`: uid, labels and selectable fields sorted by
/// name, owner uids sorted without repeats, deletion state. Selectable fields
/// that are empty are left out: selectors read absence as "". A field that may
/// be true is "false" otherwise.
store::columns columns_of(const codec::document& object,
                          const schema::resource_desc& resource);

/// What puts `object` under its own key.
store::put make_put(const codec::document& object,
                    const schema::resource_desc& resource);

/// The object of a live version, with the defaults of its kind and without
/// metadata.resourceVersion. Fails with `corrupt` on a value nobody wrote so.
result<codec::document> decode_version(const store::version& version,
                                       const schema::resource_desc& resource);

/// An object as read for a write.
struct stored_object {
  /// Carries its metadata.resourceVersion.
  codec::document object;
  store::version_ptr version;

  store::revision at() const noexcept { return version->modified; }
};

/// The live object under `key`; no value when there is none. Fails as
/// `decode_version` does.
result<std::optional<stored_object>>
read_object(const store::store_snapshot& state, std::string_view key,
            const schema::resource_desc& resource);

} // namespace troupe::gateway

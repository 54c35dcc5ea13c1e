#pragma once

#include "messages/codec/document.hpp"
#include "messages/schema/ids/meta_v1.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Reading and writing metav1.ObjectMeta inside a document of any kind.
namespace troupe::gateway {

namespace object_meta = schema::ids::object_meta;

/// Every kind keeps its metadata under the same id.
inline constexpr schema::field_id metadata_id = 1;

/// The metadata, or null when the object has none.
const codec::node* metadata_of(const codec::document& object);

/// The text of a metadata field, or "".
std::string_view meta_text(const codec::document& object, schema::field_id id);

bool has_meta(const codec::document& object, schema::field_id id);

/// Sets a text of the metadata; "" removes it.
void set_meta_text(codec::document& object, schema::field_id id,
                   std::string_view value);

void set_meta_integer(codec::document& object, schema::field_id id,
                      std::int64_t value);

void erase_meta(codec::document& object, schema::field_id id);

/// The texts of a list of strings in the metadata.
std::vector<std::string> meta_texts(const codec::document& object,
                                    schema::field_id id);

/// Replaces such a list; an empty one is removed.
void set_meta_texts(codec::document& object, schema::field_id id,
                    const std::vector<std::string>& values);

inline std::string_view name_of(const codec::document& object) {
  return meta_text(object, object_meta::name);
}

inline std::string_view uid_of(const codec::document& object) {
  return meta_text(object, object_meta::uid);
}

inline bool is_deleting(const codec::document& object) {
  return has_meta(object, object_meta::deletion_timestamp);
}

} // namespace troupe::gateway

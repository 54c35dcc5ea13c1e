#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <string_view>

namespace troupe::codec {

/// An object as upstream shows it where an error quotes the whole of it: its
/// own form in JSON, which names every field, in Go's spelling:
/// `{"Key":"k","Value":"","Effect":"NoSchedule","TimeAdded":null}`.
std::string internal_json(const node& value, const schema::type_desc& type);

/// A list of such objects, or of texts when `type` is null.
std::string internal_json_list(const node* list, const schema::type_desc* type);

/// The two as text, a member a line, and how the lines differ
/// (`unified_diff`).
std::string internal_diff(const node& before, const node& after,
                          const schema::type_desc& type);

} // namespace troupe::codec

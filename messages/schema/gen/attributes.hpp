#pragma once

#include "messages/schema/gen/diagnostic.hpp"
#include "messages/schema/gen/model.hpp"

#include <string>
#include <vector>

namespace troupe::schema::gen {

/// `name`, `name=value` or `name=[a b c]`.
struct attribute {
  std::string name;
  std::vector<std::string> values; ///< none for a flag
  bool is_list = false;
  position at;
};

using attributes = std::vector<attribute>;

/// Each sets the members that the attributes name. False, with one more error,
/// when an attribute is unknown, lacks its value or has one that does not fit.
bool apply(field& to, const attributes& from, diagnostics& errors);
bool apply(type& to, const attributes& from, diagnostics& errors);
bool apply(resource& to, const attributes& from, diagnostics& errors);
bool apply(column& to, const attributes& from, diagnostics& errors);
bool apply(selectable& to, const attributes& from, diagnostics& errors);
bool apply(subresource& to, const attributes& from, diagnostics& errors);

} // namespace troupe::schema::gen

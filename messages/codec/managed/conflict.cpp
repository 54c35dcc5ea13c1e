#include "messages/codec/managed/field_manager.hpp"
#include "messages/meta/field_error.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

std::string owner_text(const field_owner& owner) {
  auto text = meta::quoted(owner.manager);
  if (!owner.subresource.empty())
    text += " with subresource " + meta::quoted(owner.subresource);
  if (owner.operation == managed_operation::update)
    text += " using " + owner.api_version;
  return text;
}

} // namespace

std::string apply_conflict::message() const {
  return "conflict with " + owner_text(owner);
}

std::string apply_conflicts::message() const {
  TROUPE_CHECK(!conflicts.empty(), "a failed apply has conflicts");
  if (conflicts.size() == 1)
    return "Apply failed with 1 conflict: " + conflicts[0].message() + ": "
           + conflicts[0].field;
  auto text =
      "Apply failed with " + std::to_string(conflicts.size()) + " conflicts: ";
  const field_owner* last = nullptr;
  for (auto& [owner, field] : conflicts) {
    if (!last || !(*last == owner)) {
      text += last ? "\n" : "";
      text += "conflicts with " + owner_text(owner) + ":";
    }
    text += "\n- " + field;
    last = &owner;
  }
  return text;
}

} // namespace troupe::codec

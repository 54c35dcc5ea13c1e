#pragma once

#include "messages/codec/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What controllers read and change in the metadata of objects of any kind.
namespace troupe::control {

/// metav1.OwnerReference. The views live as long as the document.
struct owner_reference {
  std::string_view api_version; ///< "apps/v1"
  std::string_view kind;
  std::string_view name;
  std::string_view uid;
  bool controller = false;
  bool block_owner_deletion = false;
};

std::vector<owner_reference> owner_references(const codec::document& object);

/// The owner that manages the object, if any.
std::optional<owner_reference> controller_of(const codec::document& object);

/// Adds a reference to an owner.
void add_owner(codec::document& object, const owner_reference& owner);

std::vector<std::string_view> finalizers(const codec::document& object);

bool has_finalizer(const codec::document& object, std::string_view name);

/// Whether a delete was asked for.
bool deleting(const codec::document& object);

std::string_view uid_of(const codec::document& object);
std::string_view resource_version_of(const codec::document& object);

/// Takes a finalizer out; false when it is not there.
bool erase_finalizer(codec::document& object, std::string_view name);

/// Takes out the references to these owners.
void erase_owners(codec::document& object,
                  const std::vector<std::string_view>& uids);

/// No owner's foreground deletion waits for this object any more; false when
/// none did.
bool unblock_owners(codec::document& object);

} // namespace troupe::control

#pragma once

#include "messages/codec/document.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <string_view>
#include <utility>
#include <vector>

/// Objects of a fixed name that a controller makes and keeps.
namespace troupe::controllers::own_object {

using control::object_key;

/// Where an object stands and what it is called.
struct place {
  std::string_view group; ///< "" for the core group
  std::string_view resource;
  std::string_view ns;
  std::string_view name;
};

object_key key_of(const place& at);

/// An object of that place with labels and no content.
codec::document new_object(
    const place& at,
    const std::vector<std::pair<std::string_view, std::string_view>>& labels);

/// Has it created. `why` outlives the plan.
control::action creation_of(const object_key& key, codec::document object,
                            const char* why);

/// Has it created, or made to say what `wanted` says: its content and labels;
/// the rest of the metadata is others'.
void keep(const control::snapshot& view, const object_key& key,
          codec::document wanted, const char* why, control::plan& out);

} // namespace troupe::controllers::own_object

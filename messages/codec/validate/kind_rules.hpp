#pragma once

#include "messages/codec/document.hpp"
#include "messages/meta/field_error.hpp"
#include "messages/meta/names.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

/// What a write to a subresource does beside the rules for every kind.
/// `next` arrives as the client sent it and leaves as it may be stored;
/// `check` adds what is wrong with it.
struct subresource_rules {
  std::string_view name; ///< "status", "finalize"
  void (*prepare)(document& next, const document& old) = nullptr;
  void (*check)(const document& next, const document& old,
                meta::field_errors& errors) = nullptr;
  /// Adds what is worth a word about it (warnings.hpp).
  void (*warn)(const document& next, std::vector<std::string>& out) = nullptr;
};

/// What one kind adds to the rules that its tables carry. Every function may
/// be null. A kind's rules live in a file of their own and are listed in
/// kind_rules.cpp.
struct kind_rules {
  std::string_view group;
  std::string_view kind;
  meta::name_check name = meta::check_subdomain_name;
  /// An update without resourceVersion takes the stored one.
  bool unconditional_update = true;
  /// An update of what is not there creates it.
  bool create_on_update = false;
  /// Whether the tables' required fields, bounds and formats are checked too.
  /// False for kinds whose own checks say all that upstream says.
  bool table_checks = true;
  /// The generation, where it is counted, rises with other labels too.
  bool counts_labels = false;
  /// A creation may say what the status is.
  bool keeps_first_status = false;
  /// A deletion that does not say otherwise leaves dependents alone.
  bool orphans_dependents = false;
  /// A change of the annotations raises the generation, too.
  bool annotations_are_wanted = false;
  /// Fills computed defaults, after those of the tables.
  void (*fill_defaults)(document& object) = nullptr;
  void (*prepare_create)(document& object) = nullptr;
  void (*prepare_update)(document& next, const document& old) = nullptr;
  /// On create and, after `check_update`, on update.
  void (*check)(const document& object, meta::field_errors& errors) = nullptr;
  void (*check_create)(const document& object,
                       meta::field_errors& errors) = nullptr;
  void (*check_update)(const document& next, const document& old,
                       meta::field_errors& errors) = nullptr;
  void (*warn_create)(const document& object,
                      std::vector<std::string>& out) = nullptr;
  void (*warn_update)(const document& next, const document& old,
                      std::vector<std::string>& out) = nullptr;
  std::span<const subresource_rules> subresources;

  /// The rules of a subresource, or null.
  const subresource_rules* find(std::string_view subresource) const;
};

/// The rules of a kind; a kind without any gets the defaults above.
const kind_rules& find_rules(std::string_view group, std::string_view kind);

/// The rules of what is written in this version of a kind: its own, or those of
/// the stored version. They see the object as it is stored.
const kind_rules& find_version_rules(const schema::resource_desc& version);

} // namespace troupe::codec

#pragma once

#include "messages/api/query.hpp"
#include "messages/api/status.hpp"
#include "messages/codec/document.hpp"
#include "messages/meta/selector.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// The options of each verb, read from query parameters or from a body and
/// checked as upstream checks them. Unknown parameters are ignored. Failures
/// are the Status the client sees: 400 for what cannot be read, 422 for what
/// breaks a rule.
namespace troupe::api {

template <class T>
using parsed = result<T, status>;

enum class version_match : std::uint8_t { unset, exact, not_older_than };

/// metav1.ListOptions, for list and watch.
struct list_options {
  meta::label_selector labels;
  meta::field_selector fields;
  bool watch = false;
  bool allow_bookmarks = false;
  /// Unset reads the newest state; 0 reads any state at hand.
  std::optional<std::uint64_t> resource_version;
  version_match match = version_match::unset;
  std::optional<std::int64_t> timeout_seconds;
  std::int64_t limit = 0; ///< 0: no limit
  std::string continue_token;
  std::optional<bool> send_initial_events;
};

/// `watch` is true when the verb is watch, whatever the query says.
parsed<list_options> parse_list_options(const query_parameters& query,
                                        bool watch);

/// metav1.GetOptions: the resourceVersion, if one is asked for.
parsed<std::optional<std::uint64_t>>
parse_get_options(const query_parameters& query);

/// Refuses (400) a selector on fields the resource does not index.
std::optional<status> check_fields(const meta::field_selector& selector,
                                   const schema::resource_desc& resource);

/// The selector with the labels of the stored version, which objects are
/// indexed by. Every label is one of the resource's.
meta::field_selector stored_fields(const meta::field_selector& selector,
                                   const schema::resource_desc& resource);

enum class field_validation : std::uint8_t { ignore, warn, strict };

inline constexpr std::size_t field_manager_length_max = 128;

/// metav1.CreateOptions and metav1.UpdateOptions.
struct write_options {
  bool dry_run = false;
  std::string field_manager;
  field_validation validation = field_validation::warn;
};

parsed<write_options> parse_create_options(const query_parameters& query);
parsed<write_options> parse_update_options(const query_parameters& query);

/// metav1.PatchOptions.
struct patch_options : write_options {
  bool force = false;
};

/// `apply` says that the patch is a server-side apply.
parsed<patch_options> parse_patch_options(const query_parameters& query,
                                          bool apply);

enum class propagation : std::uint8_t { unset, orphan, background, foreground };

/// metav1.DeleteOptions.
struct delete_options {
  bool dry_run = false;
  std::optional<std::int64_t> grace_period_seconds;
  propagation policy = propagation::unset;
  std::optional<bool> orphan_dependents;
  std::optional<std::string> uid;              ///< precondition
  std::optional<std::string> resource_version; ///< precondition
};

parsed<delete_options> parse_delete_options(const query_parameters& query);

/// From a body of type DeleteOptions, which then replaces the query.
parsed<delete_options> parse_delete_options(const codec::document& body);

} // namespace troupe::api

#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"
#include "messages/codec/managed/managed_fields.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Field ownership, as upstream's field manager and structured-merge-diff v6
/// keep it
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
///
/// Objects are of the stored version of their kind. Sets are compared by its
/// field names: an entry of another version is translated for that, and keeps
/// the names of its own (version_names.hpp). Names that no version has stay
/// owned.
namespace troupe::codec {

/// Entries of operation Update an object keeps; the oldest beyond are folded
/// into one entry of `ancient_changes` per apiVersion.
inline constexpr std::size_t update_managers_max = 10;

inline constexpr std::string_view ancient_changes = "ancient-changes";

/// Who owns what an object without entries held when it was first applied.
inline constexpr std::string_view before_first_apply = "before-first-apply";

/// A write as ownership sees it.
struct field_write {
  /// From the fieldManager parameter, else the user agent up to '/'. Empty
  /// counts as "unknown".
  std::string_view manager;
  std::string_view api_version;
  std::string_view kind; ///< of the object, for kubectl's last-applied text
  std::string_view subresource;
  wall_time now;
  /// What this write resets and so cannot own ("status" on the main resource),
  /// with everything below; may be null.
  const field_set* ignored = nullptr;
};

/// Records what a create, update or patch changed: `after` is the object about
/// to be written, `before` the stored one, or null on create. The writer owns
/// what it added and changed, the others lose that; what vanished leaves every
/// set. The entry's time is that of its last such write. Nobody owns anything
/// of an object without entries until it is applied.
///
/// metadata.managedFields of `after` is taken as the user's word when it says
/// something readable (`[{}]` resets), otherwise, and on subresources, that of
/// `before` counts; it is replaced by the new state.
void update_managed_fields(const document* before, document& after,
                           const field_write& write);

/// Takes the times of entries back to those of `before` when nothing else
/// changed after all: such a write is none.
void settle_managed_times(const document& before, document& after);

/// One field that another manager owns with another value.
struct apply_conflict {
  field_owner owner;
  std::string field; ///< ".data.a"

  /// `conflict with "kubectl" using v1`: StatusCause.message, under the reason
  /// FieldManagerConflict.
  std::string message() const;
};

/// All conflicts, by manager, then by path.
struct apply_conflicts {
  std::vector<apply_conflict> conflicts;

  /// Status.message of the 409: `Apply failed with 1 conflict: ...`.
  std::string message() const;
};

struct applied {
  document object; ///< merged and pruned, managedFields included
  bool changed;    ///< whether anything but managedFields changed
};

/// `invalid_argument` says the configuration sets metadata.managedFields (400);
/// `corrupt` that the live object's are unreadable; any other error that the
/// configuration's lists have no sound keys, whose text the caller puts behind
/// `failed to create typed patch object (<ns>/<name>; <gvk>): `.
using apply_outcome = std::variant<applied, apply_conflicts, error>;

/// Server-side apply: merges `config`, which holds just what the applier wants,
/// into `live` (null when there is no such object yet). What the applier owned
/// and no longer names goes, unless somebody else owns it. Values of others it
/// would change are conflicts, unless `force` takes them over. The manager
/// "kubectl" takes over without force what client-side apply's last-applied
/// annotation holds, and keeps that annotation in step.
apply_outcome apply_fields(const document* live, const document& config,
                           const field_write& write, bool force);

} // namespace troupe::codec

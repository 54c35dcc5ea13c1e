#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"
#include "runtime/control/event.hpp"
#include "runtime/control/object_codec.hpp"
#include "runtime/control/sightings.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::control {

enum class action_kind : std::uint8_t { create, update, remove };

/// What users hear of an action, once.
struct action_event {
  event_subject about;
  std::optional<event_note> done = std::nullopt;
  /// Its message is followed by what the gateway said.
  std::optional<event_note> refused = std::nullopt;

  friend bool operator==(const action_event&, const action_event&) = default;
};

/// What users should hear though nothing is written.
struct plan_event {
  event_subject about;
  event_note note;

  friend bool operator==(const plan_event&, const plan_event&) = default;
};

/// One write a reconciler wants, and why. It names its object completely, so
/// that carrying it out twice does no more than once.
struct action {
  action_kind kind = action_kind::update;
  object_key target;
  std::string subresource; ///< update: "", "status", "finalize"
  /// The object to create, or what it shall become. Null for removals.
  std::shared_ptr<const codec::document> body;
  /// Preconditions: only while the object has this uid and version. Empty:
  /// not asked. A creation's is that the name is free.
  std::string uid;
  std::string resource_version;
  std::string propagation_policy; ///< removal: "Background", ...
  /// Removal: instead of the object's own; 0 removes it at once.
  std::optional<std::int64_t> grace_period_seconds = std::nullopt;
  std::string reason; ///< a sentence for a person
  /// It rests on something being absent, which a stale view cannot tell: the
  /// key is planned anew on a view taken after a linearizable read, and that
  /// plan is carried out.
  bool confirm = false;
  std::optional<action_event> event = std::nullopt;
};

bool operator==(const action& a, const action& b);

/// "update core/namespaces/a finalize @12: ..." on one line.
std::string to_string(const action& value);

/// What a reconciler wants done about one key. The actions are independent:
/// they are carried out in any order, and any part of them may be lost.
struct plan {
  std::vector<action> actions;
  /// Plan the key anew at this time, changed or not. A plan with actions is
  /// followed by another anyway, once they are seen.
  std::optional<wall_time> again_at = std::nullopt;
  /// What the reconciler saw and will ask the age of: a later plan for any key
  /// of the controller reads it with `snapshot::seen`. Kept in memory alone: a
  /// controller that restarts sees everything for the first time.
  seen_values seen = {};
  /// Told each time it is planned: tell what `seen` shows to be new.
  std::vector<plan_event> events = {};

  /// Nothing to do now.
  bool empty() const noexcept { return actions.empty(); }

  /// Whether some action must be confirmed first.
  bool needs_confirmation() const;

  friend bool operator==(const plan&, const plan&) = default;
};

/// A line for each action, for `again_at`, for each event and thing seen.
std::string to_string(const plan& value);

/// A change of an object read from a snapshot, with its uid and version as
/// preconditions.
action update_of(const object_key& key, codec::document changed,
                 std::string reason);

/// A removal of exactly this version of the object.
action removal_of(const object_key& key, const store::version& seen,
                  std::string propagation_policy, std::string reason);

} // namespace troupe::control

#pragma once

#include "messages/base/time_point.hpp"
#include "messages/meta/selector.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace troupe::watch {

enum class delivery_type : std::uint8_t {
  added,
  modified,
  deleted,
  bookmark,
};

/// One thing a watcher hears. For `deleted`, `object` is the object as it last
/// matched (upstream sends the state before) and `at` the revision of the
/// change that removed it from view.
struct delivery {
  delivery_type type = delivery_type::added;
  store::key key;            ///< empty for bookmarks
  store::version_ptr object; ///< null for bookmarks
  store::revision at;
  /// The bookmark that ends the initial events (sendInitialEvents).
  bool initial_events_end = false;
};

/// Why a watch ended.
enum class watch_end : std::uint8_t {
  compacted,   ///< it asked for history that is gone: 410
  overflow,    ///< it did not keep up
  timeout,     ///< its own timeout passed
  closed,      ///< the watcher left
  unavailable, ///< the hub went away
};

/// Where deliveries go. Called from one thread at a time; must not block, and
/// must not wait for a lock that is held around `open` or the handle's end.
class watch_sink {
public:
  virtual ~watch_sink() = default;

  /// False ends the watch as `overflow`. The span is gone after the call; its
  /// versions may be kept. Changes come in revision order, without gap or
  /// repeat. Objects that match at the start come in key order, all in one
  /// call whatever their number: a sink's bound is for what follows them.
  virtual bool deliver(std::span<const delivery> batch) = 0;

  /// Last call, exactly once. When the hub is down or has no room,
  /// `unavailable` may come from within `open`.
  virtual void end(watch_end why) = 0;
};

/// Which objects, and from where.
struct watch_request {
  /// Keys under this prefix: "core/configmaps/" or "core/configmaps/default/".
  /// Empty (everything) or ending in '/'.
  std::string prefix;
  meta::label_selector labels;
  meta::field_selector fields;
  /// Changes after this revision, which may lie in the future. Absent: begin
  /// with every object that matches now, as `added`, then changes.
  std::optional<store::revision> after;
  /// A bookmark about once a minute and shortly before the timeout: every
  /// change up to its revision has been delivered.
  bool bookmarks = false;
  /// A bookmark after the initial events; nothing when `after` is present.
  bool mark_initial_end = false;
  /// Ends the watch as `timeout`; absent: never.
  std::optional<duration> timeout;
};

/// Ends its watch when destroyed.
class watch_handle {
public:
  virtual ~watch_handle() = default;
};

/// Opens watches. Safe from any thread.
class watch_port {
public:
  virtual ~watch_port() = default;

  /// The watch runs until the sink refuses, the request's timeout, or the
  /// handle's end; what it delivers covers at least what the store had applied
  /// when it was opened. The sink is kept alive until its `end` returned.
  virtual std::unique_ptr<watch_handle>
  open(watch_request request, std::shared_ptr<watch_sink> sink) = 0;
};

} // namespace troupe::watch

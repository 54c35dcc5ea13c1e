#pragma once

#include "messages/meta/selector.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <cstdint>
#include <memory>
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

/// Where deliveries go. Called from one thread at a time; must not block.
class watch_sink {
public:
  virtual ~watch_sink() = default;

  /// False ends the watch as `overflow`. Deliveries come in revision order.
  virtual bool deliver(std::span<const delivery> batch) = 0;

  /// Last call, exactly once.
  virtual void end(watch_end why) = 0;
};

/// Which objects, and from where.
struct watch_request {
  /// Keys under this prefix: "core/configmaps/" or "core/configmaps/default/".
  std::string prefix;
  meta::label_selector labels;
  meta::field_selector fields;
  /// Changes after this revision. Absent: begin with every object that matches
  /// now, as `added`, then changes.
  std::optional<store::revision> after;
  /// A bookmark about once a minute, and after the initial events when
  /// `mark_initial_end`.
  bool bookmarks = false;
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
  /// handle's end. The sink is kept alive until its `end` returned.
  virtual std::unique_ptr<watch_handle>
  open(watch_request request, std::shared_ptr<watch_sink> sink) = 0;
};

} // namespace troupe::watch

#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/base/ip.hpp"
#include "runtime/store/store_port.hpp"

#include <array>
#include <functional>
#include <vector>

namespace troupe::gateway {

class unstored_kinds;

/// Time, randomness and the store, as the write path receives them.
struct writer_ports {
  store::store_port* store = nullptr;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  std::function<std::array<std::uint8_t, 16>()> random_id;
  /// Runs a task soon on a thread that may compute: the store answers on the
  /// state thread, where a second look at a large object, or a list, would hold
  /// up everybody. Null: at once, on the thread of the store's answer.
  std::function<void(std::function<void()>)> resume;
  /// What Services get their addresses from: the cluster's ranges, at most one
  /// of each family, the preferred family first.
  std::vector<ip_prefix> service_ranges{*ip_prefix::parse("10.96.0.0/12")};
  pod_settings pods = {};
  /// Answers creations of which nothing is stored. Null: there are none.
  std::shared_ptr<const unstored_kinds> unstored;
  /// The store will answer no more: writes under way end, with 504. Null:
  /// never.
  std::function<bool()> ending;
};

/// Every write of objects: decode has happened, then default → mutate →
/// validate → propose → answer. Stateless between calls; safe from any thread;
/// `done` hears exactly one answer, possibly on the state thread, and must not
/// block. A write that meets a concurrent one is tried again on the newer
/// state unless the client fixed the version it wants. A dry run does
/// everything but propose.
///
/// Statuses beside those of the rules: 429 with retryAfterSeconds when the
/// store takes no more (too much waits, or it is full); 503 when no leader was
/// found until the deadline, and nothing was tried; 504 when the deadline
/// passed and the write may have happened.
class object_writer {
public:
  explicit object_writer(writer_ports ports);

  /// `body` is typed by the call's version of the resource, or by its
  /// subresource, and belongs to the call. Answers are of the stored version. A
  /// Binding is not stored: it gives a pod its node; nor are the kinds that the
  /// ports say are answered.
  void create(object_call call, codec::document body, object_done done);

  /// Replaces the object, or what the call's subresource may touch of it.
  void update(object_call call, codec::document body, object_done done);

  /// `patch` is the text as it came: JSON, or for apply JSON or YAML. `force`
  /// only for apply, which alone creates what is absent.
  void patch(object_call call, patch_kind kind, bytes patch, bool force,
             object_done done);

  void remove(object_call call, delete_call options, object_done done);

  /// Removes the named objects of the call's resource and namespace one after
  /// the other; those that are gone already count as removed. Hears the first
  /// failure, or success.
  void remove_collection(object_call call, delete_call options,
                         std::vector<std::string> names, object_done done);

private:
  writer_ports ports_;
};

} // namespace troupe::gateway

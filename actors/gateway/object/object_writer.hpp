#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "runtime/store/store_port.hpp"

#include <array>
#include <functional>

namespace troupe::gateway {

/// Time, randomness and the store, as the write path receives them.
struct writer_ports {
  store::store_port* store = nullptr;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  std::function<std::array<std::uint8_t, 16>()> random_id;
};

/// Every write of objects: decode has happened, then default → mutate →
/// validate → propose → answer. Stateless between calls; safe from any thread;
/// `done` hears exactly one answer, possibly on the state thread, and must not
/// block. A write that meets a concurrent one is tried again on the newer
/// state unless the client fixed the version it wants.
class object_writer {
public:
  explicit object_writer(writer_ports ports);

  /// `body` is typed by the call's resource (or subresource) and belongs to
  /// the call. `problems` are the strict-decoding problems found in it.
  void create(object_call call, codec::document body, object_done done);
  void update(object_call call, codec::document body, object_done done);

  /// `patch` is untyped. `force` only for apply.
  void patch(object_call call, patch_kind kind, codec::document patch,
             bool force, object_done done);

  void remove(object_call call, delete_call options, object_done done);

private:
  writer_ports ports_;
};

} // namespace troupe::gateway

#pragma once

#include "runtime/store/store_port.hpp"
#include "runtime/watch/watch_hub.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace troupe::test {

/// The watch hub behind `watch_port`, fed by a store as it applies: when a
/// write has answered, every watch has heard of it.
class local_watch final : public watch::watch_port {
public:
  explicit local_watch(store::store_port& store);

  /// Watches that are still open end as `unavailable`.
  ~local_watch() override;

  std::unique_ptr<watch::watch_handle>
  open(watch::watch_request request,
       std::shared_ptr<watch::watch_sink> sink) override;

  /// Bookmarks and timeouts that are due at `now`, and from now on the time of
  /// watches that open.
  void tick(mono_time now);

  /// Watches that are open.
  std::size_t size() const;

private:
  struct parts;

  std::shared_ptr<parts> parts_;
  std::unique_ptr<store::subscription> subscription_;
};

} // namespace troupe::test

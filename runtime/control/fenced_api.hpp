#pragma once

#include "runtime/control/api_port.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace troupe::control {

/// The door for who may write only while it holds a lease: every request goes
/// on with the fence of one holding. Once closed, or once the store has refused
/// the fence, nothing goes through it for ever: what comes is answered as
/// fenced off. Owned by who writes through it and by calls under way.
class fenced_api final : public api_port,
                         public std::enable_shared_from_this<fenced_api> {
public:
  /// `refused` hears of the epoch that stands, once, from any thread, and must
  /// not block.
  fenced_api(std::shared_ptr<api_port> inner, api::fence fence,
             std::function<void(std::uint64_t standing)> refused);

  void call(api::request request, mono_time deadline,
            std::function<void(api::response)> done) override;

  /// The lease may be lost from now on.
  void close() { open_ = false; }

private:
  void fall(std::uint64_t standing);

  const std::shared_ptr<api_port> inner_;
  const api::fence fence_;
  const std::function<void(std::uint64_t)> refused_;
  std::atomic<bool> open_ = true;
  std::atomic<bool> fallen_ = false;
};

} // namespace troupe::control

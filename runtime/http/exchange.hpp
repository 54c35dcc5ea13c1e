#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>

namespace troupe::http {

/// What a connection and the responder of its current request share.
class exchange {
public:
  /// The peer is gone, or the answer is complete.
  std::atomic<bool> closed = false;
  /// Octets accepted for writing but not yet handed to the socket.
  std::atomic<std::size_t> queued = 0;
  /// An answer was begun.
  std::atomic<bool> answered = false;

  /// Registers the call for a peer that goes away, or makes it at once.
  void on_close(std::function<void()> callback) {
    {
      std::lock_guard guard{mutex_};
      if (!lost_) {
        on_close_ = std::move(callback);
        return;
      }
    }
    callback();
  }

  /// The peer went away before the answer was complete.
  void lose() {
    std::function<void()> callback;
    {
      std::lock_guard guard{mutex_};
      closed = true;
      lost_ = true;
      callback.swap(on_close_);
    }
    if (callback)
      callback();
  }

  /// The answer is complete; the peer's later leave is nobody's concern.
  void complete() {
    std::function<void()> callback;
    std::lock_guard guard{mutex_};
    closed = true;
    callback.swap(on_close_);
  }

private:
  std::mutex mutex_;
  std::function<void()> on_close_;
  bool lost_ = false;
};

} // namespace troupe::http

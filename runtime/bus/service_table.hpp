#pragma once

#include "runtime/port/messenger.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace troupe::bus {

/// A service that may be called until it is closed.
class service_entry {
public:
  explicit service_entry(std::shared_ptr<bus_service> service)
      : service_{std::move(service)} {}

  /// Runs `call(service)` unless closed; whether it did.
  template <class F>
  bool enter(F&& call) {
    auto* service = begin();
    if (service == nullptr)
      return false;
    call(*service);
    finish();
    return true;
  }

  /// No call begins after it. Waits for those that run on other threads.
  void close();

private:
  bus_service* begin();
  void finish();

  std::mutex mutex_;
  std::condition_variable left_;
  std::vector<std::thread::id> inside_;
  std::shared_ptr<bus_service> service_;
  bool closed_ = false;
};

/// Which service answers at which address. Safe from any thread.
class service_table {
public:
  /// The address must be free.
  std::shared_ptr<service_entry> add(const std::string& address,
                                     std::shared_ptr<bus_service> service);
  void remove(const std::string& address);

  /// The service of the longest address that is `address` or above it; null
  /// when there is none.
  std::shared_ptr<service_entry> find(std::string_view address) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<service_entry>, std::less<>> entries_;
};

} // namespace troupe::bus

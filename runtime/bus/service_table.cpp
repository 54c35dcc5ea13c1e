#include "runtime/bus/service_table.hpp"

#include <algorithm>

namespace troupe::bus {

bus_service* service_entry::begin() {
  std::lock_guard lock{mutex_};
  if (closed_)
    return nullptr;
  inside_.push_back(std::this_thread::get_id());
  return service_.get();
}

void service_entry::finish() {
  std::shared_ptr<bus_service> last;
  std::lock_guard lock{mutex_};
  inside_.erase(std::ranges::find(inside_, std::this_thread::get_id()));
  if (closed_ && inside_.empty())
    last = std::move(service_);
  left_.notify_all();
}

void service_entry::close() {
  const auto self = std::this_thread::get_id();
  std::shared_ptr<bus_service> last;
  std::unique_lock lock{mutex_};
  closed_ = true;
  left_.wait(lock, [&] {
    return std::ranges::all_of(inside_, [&](auto one) { return one == self; });
  });
  if (inside_.empty())
    last = std::move(service_);
  lock.unlock();
}

std::shared_ptr<service_entry>
service_table::add(const std::string& address,
                   std::shared_ptr<bus_service> service) {
  auto entry = std::make_shared<service_entry>(std::move(service));
  std::lock_guard lock{mutex_};
  const bool fresh = entries_.emplace(address, entry).second;
  TROUPE_CHECK(fresh, "one service answers at an address");
  return entry;
}

void service_table::remove(const std::string& address) {
  std::lock_guard lock{mutex_};
  entries_.erase(address);
}

std::shared_ptr<service_entry>
service_table::find(std::string_view address) const {
  std::lock_guard lock{mutex_};
  for (;;) {
    const auto found = entries_.find(address);
    if (found != entries_.end())
      return found->second;
    const auto slash = address.rfind('/');
    if (slash == std::string_view::npos || slash == 0)
      return nullptr;
    address = address.substr(0, slash);
  }
}

} // namespace troupe::bus

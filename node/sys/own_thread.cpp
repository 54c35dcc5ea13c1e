#include "node/sys/own_thread.hpp"

#include <system_error>
#include <thread>

namespace troupe::sys {

status_result on_own_thread(const std::function<status_result()>& body) {
  status_result out{unit{}};
  try {
    std::thread{[&] { out = body(); }}.join();
  } catch (const std::system_error& e) {
    return error{errc::unavailable, std::string{"start a thread: "} + e.what()};
  }
  return out;
}

} // namespace troupe::sys

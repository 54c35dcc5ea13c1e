#pragma once

#include "messages/api/request.hpp"
#include "messages/base/time_point.hpp"

#include <functional>
#include <memory>

namespace troupe::control {

/// The one door for writes, as components of this process use it: the
/// gateway's request pipeline. Safe from any thread; `done` hears exactly one
/// response, from any thread, and must not block. A response with code 504 or
/// 503 may or may not have been carried out.
class api_port {
public:
  virtual ~api_port() = default;

  virtual void call(api::request request, mono_time deadline,
                    std::function<void(api::response)> done) = 0;
};

/// A port that somebody else keeps alive for longer than it is used.
inline std::shared_ptr<api_port> borrowed(api_port& port) {
  return {std::shared_ptr<api_port>{}, &port};
}

} // namespace troupe::control

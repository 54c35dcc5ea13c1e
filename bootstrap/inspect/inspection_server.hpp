#pragma once

#include "messages/base/result.hpp"
#include "runtime/caf/live_tree.hpp"

#include <memory>
#include <string>

namespace troupe::inspect {

/// The name of a process's socket in the cluster's run directory.
std::string socket_name(const std::string& process);

/// Answers on the socket of `process` in `directory`, which it makes, until
/// destroyed. One request at a time; who does not send it soon is cut off.
class inspection_server {
public:
  /// `tree` outlives it.
  static result<std::unique_ptr<inspection_server>>
  open(const std::string& directory, const std::string& process,
       actors::live_tree& tree);

  virtual ~inspection_server() = default;
};

} // namespace troupe::inspect

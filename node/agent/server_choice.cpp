#include "node/agent/server_choice.hpp"

namespace troupe::agent {

std::string server_choice::address() const {
  return name_.empty() ? any_gateway : "/server/" + name_ + "/gateway";
}

void server_choice::answered(const bus_peer& server) {
  if (server.role == "server")
    name_ = server.name;
}

void server_choice::failed(const std::string& at) {
  // What was asked before the last change says nothing about the new one.
  if (at == address())
    name_.clear();
}

} // namespace troupe::agent

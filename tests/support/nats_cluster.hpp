#pragma once

#include "tests/support/nats_process.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace troupe::test {

/// Several nats-servers that carry one bus, as those of a cluster do.
class nats_cluster {
public:
  /// Starts them all; they may need a moment to find each other.
  explicit nats_cluster(std::size_t count);

  nats_process& member(std::size_t index) { return *members_.at(index); }

  std::size_t size() const noexcept { return members_.size(); }

  /// What `self` needs to join at `first`, and to go on at the others in turn.
  nats_config config_for(const bus_peer& self, std::size_t first) const;

  const nats_family& family() const noexcept { return family_; }

  std::uint16_t route_port(std::size_t index) const {
    return route_ports_.at(index).number();
  }

private:
  nats_family family_ = nats_family::make();
  std::deque<reserved_port> route_ports_;
  std::vector<std::unique_ptr<nats_process>> members_;
};

} // namespace troupe::test

#include "runtime/caf/system_config.hpp"

#include <caf/atom.hpp>

namespace troupe::actors {

namespace {

constexpr std::size_t messages_per_turn_max = 200;

} // namespace

system_config::system_config(std::size_t workers) {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", workers);
  set("scheduler.max-throughput", messages_per_turn_max);
}

} // namespace troupe::actors

#include "actors/gateway/object/server_standing.hpp"

namespace troupe::gateway {

void server_standing::confirm(mono_time begun) {
  auto last = confirmed_.load();
  while (last < begun && !confirmed_.compare_exchange_weak(last, begun)) {
    // `last` is the newer one now
  }
}

bool server_standing::is_lost(mono_time now) const {
  return now - confirmed_.load() > standing_lost_after;
}

} // namespace troupe::gateway

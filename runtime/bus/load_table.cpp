#include "runtime/bus/load_table.hpp"

#include "messages/base/check.hpp"

namespace troupe::bus {

namespace {

bool has_room(const load& now, std::size_t octets, const load& most) {
  return now.requests < most.requests && octets <= most.octets - now.octets;
}

void add(load& to, std::size_t octets) {
  ++to.requests;
  to.octets += octets;
}

void take(load& from, std::size_t octets) {
  TROUPE_CHECK(from.requests > 0, "who leaves has entered");
  TROUPE_CHECK(from.octets >= octets, "who leaves takes what it brought");
  --from.requests;
  from.octets -= octets;
}

} // namespace

bool load_table::enter(const bus_peer& from, std::size_t octets) {
  const std::pair key{from.role, from.name};
  const auto found = of_peer_.find(key);
  const auto now = found == of_peer_.end() ? load{} : found->second;
  if (!has_room(all_, octets, load_max)
      || !has_room(now, octets, peer_load_max))
    return false;
  add(all_, octets);
  add(of_peer_[key], octets);
  return true;
}

void load_table::leave(const bus_peer& from, std::size_t octets) {
  const auto found = of_peer_.find({from.role, from.name});
  TROUPE_CHECK(found != of_peer_.end(), "who leaves has entered");
  take(all_, octets);
  take(found->second, octets);
  if (found->second == load{})
    of_peer_.erase(found);
}

} // namespace troupe::bus

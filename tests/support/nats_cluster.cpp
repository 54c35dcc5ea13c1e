#include "tests/support/nats_cluster.hpp"

namespace troupe::test {

nats_cluster::nats_cluster(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    route_ports_.emplace_back();
  for (std::size_t i = 0; i < count; ++i) {
    nats_place place;
    place.name = "s" + std::to_string(i + 1);
    place.route_port = route_port(i);
    for (std::size_t other = 0; other < count; ++other)
      if (other != i)
        place.routes.push_back(route_port(other));
    members_.push_back(std::make_unique<nats_process>(family_, place));
  }
}

nats_config nats_cluster::config_for(const bus_peer& self,
                                     std::size_t first) const {
  auto out = members_.at(first)->config_for(self);
  for (std::size_t i = 1; i < members_.size(); ++i)
    out.urls.push_back(members_.at((first + i) % members_.size())->url());
  out.first_url_first = true;
  return out;
}

} // namespace troupe::test

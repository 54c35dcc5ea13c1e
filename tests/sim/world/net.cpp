#include "tests/sim/world/net.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

template <class Map, class Key>
auto value_or_zero(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

} // namespace

void net::send(address from, address to, std::function<void()> deliver) {
  count_.add("messages");
  if (value_or_zero(blocked_, std::pair{from, to}) > 0) {
    count_.add("messages cut off");
    return;
  }
  if (lost(from, to)) {
    count_.add("messages lost");
    return;
  }
  if (from < servers_ && to < servers_ && unlucky(quality_.duplicate)) {
    count_.add("messages doubled");
    time_.after(latency(from, to), deliver);
  }
  auto arrival = time_.now() + latency(from, to);
  if (unlucky(quality_.straggle)) {
    count_.add("messages late");
    arrival += between({}, quality_.straggle_max);
  } else if (quality_.ordered) {
    auto& last = last_arrival_[{from, to}];
    arrival = last = std::max(last, arrival);
  }
  time_.at(arrival, std::move(deliver));
}

void net::calm(duration latency_max) {
  quality_.loss = quality_.duplicate = quality_.straggle = 0;
  quality_.latency_max = std::min(quality_.latency_max, latency_max);
  quality_.latency_min = std::min(quality_.latency_min, latency_max);
}

std::optional<duration> net::stream_latency(address from, address to) {
  // What is lost is sent again; only a cut, or much loss, ends a connection.
  if (value_or_zero(blocked_, std::pair{from, to}) > 0
      || (lost(from, to) && lost(from, to))) {
    count_.add("streams cut");
    return {};
  }
  return latency(from, to);
}

bool net::lost(address from, address to) {
  return unlucky(quality_.loss) || unlucky(value_or_zero(extra_loss_, from))
         || unlucky(value_or_zero(extra_loss_, to));
}

duration net::latency(address from, address to) {
  return between(quality_.latency_min, quality_.latency_max)
         + value_or_zero(extra_latency_, from)
         + value_or_zero(extra_latency_, to);
}

duration net::between(duration low, duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).count());
  return low + duration{static_cast<std::int64_t>(random_.below(width + 1))};
}

} // namespace troupe::sim

#include "node/agent/image_collector.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::agent {

status_result image_collection_config::validate() const {
  const auto wrong = [](const char* what) {
    return error{errc::invalid_argument, what};
  };
  if (high_percent > 100)
    return wrong("high_percent must be from 0 to 100");
  if (low_percent > high_percent)
    return wrong("low_percent must not be above high_percent");
  if (age_min < duration{})
    return wrong("age_min must not be below 0");
  if (period < std::chrono::seconds{1})
    return wrong("period must be at least 1s");
  return unit{};
}

image_collector::image_collector(image_collection_config config)
    : config_(config) {
  // nop
}

void image_collector::look(const std::vector<collectable_image>& images,
                           mono_time now) {
  std::map<std::string, known> next;
  for (const auto& [id, used] : images) {
    const auto before = images_.find(id);
    auto& it = next[id];
    if (before != images_.end())
      it = before->second;
    else if (looked_)
      it.since = now;
    it.in_use = used;
    if (used)
      it.used = now;
  }
  images_ = std::move(next);
  looked_ = true;
}

std::uint64_t image_collector::wanted(const disk_space& disk) const {
  if (disk.capacity == 0 || config_.high_percent == 100)
    return 0;
  const auto available = std::min(disk.available, disk.capacity);
  // In hundredths, so that no product overflows.
  const auto part = disk.capacity / 100;
  const auto free_percent =
      static_cast<unsigned>(part == 0 ? 0 : available / part);
  if (free_percent > 100 - config_.high_percent)
    return 0;
  const auto goal = part * (100 - config_.low_percent);
  return goal > available ? goal - available : 0;
}

std::vector<std::string> image_collector::candidates(mono_time now) const {
  std::vector<std::pair<std::string, known>> order;
  for (const auto& [id, it] : images_)
    if (!it.in_use && (!it.since || now - *it.since >= config_.age_min))
      order.emplace_back(id, it);
  // An absent time is before all others.
  std::ranges::stable_sort(order, {}, [](const auto& each) {
    return std::tie(each.second.used, each.second.since);
  });
  std::vector<std::string> out;
  for (auto& each : order)
    out.push_back(std::move(each.first));
  return out;
}

} // namespace troupe::agent

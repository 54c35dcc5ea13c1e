#include "actors/scheduler/node_table.hpp"

#include <algorithm>

namespace troupe::scheduler {

namespace {

/// Touches remembered beyond a few for each row.
constexpr std::size_t touches_max = 4096;

} // namespace

node_info read_node(const codec::document& doc) {
  const view::core_v1::node node{doc};
  node_info out;
  out.name = node.metadata().name();
  out.labels = read_labels(node.metadata().labels());
  for (const auto& one : node.spec().taints())
    out.taints.push_back({std::string{one.key()}, std::string{one.value()},
                          std::string{one.effect()}});
  out.unschedulable = node.spec().unschedulable();
  out.allocatable = read_amounts(node.status().allocatable());
  out.pods_max = pods_of(node.status().allocatable());
  for (const auto& image : node.status().images())
    for (const auto name : image.names())
      out.images.push_back({std::string{name}, image.size_bytes()});
  std::sort(out.images.begin(), out.images.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto same = [](const auto& a, const auto& b) {
    return a.name == b.name;
  };
  out.images.erase(std::unique(out.images.begin(), out.images.end(), same),
                   out.images.end());
  return out;
}

void node_table::put_node(node_info node) {
  const auto at = row_for(node.name);
  if (nodes_[at] == nullptr) {
    ++present_;
    count_images(node, 1);
  } else if (nodes_[at]->images != node.images) {
    count_images(*nodes_[at], -1);
    count_images(node, 1);
  }
  nodes_[at] = std::make_shared<const node_info>(std::move(node));
  touch(at);
}

void node_table::remove_node(const std::string& name) {
  const auto found = find(name);
  if (!found || nodes_[*found] == nullptr)
    return;
  count_images(*nodes_[*found], -1);
  nodes_[*found] = nullptr;
  --present_;
  touch(*found);
  free_if_empty(*found);
}

void node_table::put_pod(const std::string& node, resident pod) {
  remove_pod(pod.uid);
  const auto at = row_for(node);
  places_.emplace(pod.uid, at);
  count(at, pod, 1);
  pods_[at].push_back(std::move(pod));
  touch(at);
}

void node_table::remove_pod(const std::string& uid) {
  const auto place = places_.extract(uid);
  if (place.empty())
    return;
  const auto at = place.mapped();
  auto& here = pods_[at];
  const auto pod = std::find_if(here.begin(), here.end(), [&](const auto& one) {
    return one.uid == uid;
  });
  TROUPE_CHECK(pod != here.end(), "a pod is where its place says");
  count(at, *pod, -1);
  std::swap(*pod, here.back());
  here.pop_back();
  touch(at);
  free_if_empty(at);
}

std::optional<row> node_table::find(const std::string& name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? std::nullopt : std::optional{at->second};
}

std::size_t node_table::holders(const std::string& image) const {
  const auto at = holders_.find(image);
  return at == holders_.end() ? 0 : at->second;
}

row node_table::row_for(const std::string& name) {
  if (const auto at = by_name_.find(name); at != by_name_.end())
    return at->second;
  row at = rows();
  if (free_.empty()) {
    names_.emplace_back();
    nodes_.emplace_back();
    requested_.emplace_back();
    guessed_.emplace_back();
    ports_.emplace_back();
    pods_.emplace_back();
    crews_.emplace_back();
    with_affinity_.push_back(0);
  } else {
    at = free_.back();
    free_.pop_back();
  }
  names_[at] = name;
  by_name_.emplace(name, at);
  return at;
}

void node_table::free_if_empty(row at) {
  if (nodes_[at] != nullptr || !pods_[at].empty())
    return;
  by_name_.erase(names_[at]);
  names_[at].clear();
  free_.push_back(at);
}

void node_table::touch(row at) {
  if (log_.size() >= touches_max + 4 * nodes_.size()) {
    log_start_ += log_.size();
    log_.clear();
  }
  log_.push_back(at);
}

void node_table::count_crew(row at, const resident& pod, int by) {
  auto& crews = crews_[at];
  auto mine = std::find_if(crews.begin(), crews.end(), [&](const auto& one) {
    return one.what == pod.what;
  });
  if (mine == crews.end())
    mine = crews.insert(mine, {pod.what});
  mine->pods += by;
  if (pod.deleting)
    mine->leaving += by;
  if (mine->pods == 0)
    crews.erase(mine);
}

void node_table::count(row at, const resident& pod, int by) {
  count_crew(at, pod, by);
  requested_[at].add(pod.what->requests, by);
  guessed_[at].add(pod.what->guessed, by);
  if (pod.what->has_affinity())
    with_affinity_[at] += static_cast<std::size_t>(by);
  auto& ports = ports_[at];
  for (const auto& port : pod.what->ports) {
    if (by > 0) {
      ports.push_back(port);
      continue;
    }
    const auto used = std::find(ports.begin(), ports.end(), port);
    TROUPE_CHECK(used != ports.end(), "a port in use is known");
    ports.erase(used);
  }
}

void node_table::count_images(const node_info& node, int by) {
  ++images_epoch_;
  for (const auto& image : node.images) {
    auto& number = holders_[image.name];
    number += static_cast<std::size_t>(by);
    if (number == 0)
      holders_.erase(image.name);
  }
}

} // namespace troupe::scheduler

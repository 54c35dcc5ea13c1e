#include "actors/controllers/endpoint_slice/packing.hpp"

#include <algorithm>
#include <numeric>

namespace troupe::controllers::endpoint_slice {

namespace {

using fate = packing::fate;

constexpr auto slice_max = endpoints_per_slice_max;

void fill(std::vector<endpoint>& slice, endpoint_set& left) {
  while (!left.empty() && slice.size() < slice_max)
    slice.push_back(std::move(left.extract(left.begin()).mapped()));
}

/// Step 1 for one slice.
fate keep_wanted(const packed_slice& slice, endpoint_set& left,
                 std::vector<endpoint>& content) {
  bool changed = false;
  for (const auto& old : slice.endpoints) {
    const auto found = left.extract(old.identity());
    changed = changed || found.empty() || found.mapped() != old;
    if (!found.empty())
      content.push_back(std::move(found.mapped()));
  }
  if (changed && content.empty())
    return fate::remove;
  return changed || slice.outdated ? fate::write : fate::keep;
}

void fill_written(packing& out, endpoint_set& left) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < out.fates.size(); ++i)
    if (out.fates[i] == fate::write)
      order.push_back(i);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return out.contents[a].size() > out.contents[b].size();
  });
  for (const auto i : order)
    fill(out.contents[i], left);
}

/// The slice nobody touched that comes closest to full with so many more.
std::size_t best_fit(const packing& out, std::size_t more) {
  auto best = out.fates.size();
  for (std::size_t i = 0; i < out.fates.size(); ++i)
    if (out.fates[i] == fate::keep && out.contents[i].size() + more <= slice_max
        && (best == out.fates.size()
            || out.contents[i].size() > out.contents[best].size()))
      best = i;
  return best;
}

} // namespace

packing pack(const std::vector<packed_slice>& slices, endpoint_set wanted) {
  packing out;
  for (const auto& slice : slices) {
    std::vector<endpoint> content;
    out.fates.push_back(keep_wanted(slice, wanted, content));
    out.contents.push_back(std::move(content));
  }
  fill_written(out, wanted);
  while (!wanted.empty()) {
    const auto best = best_fit(out, wanted.size());
    if (best < out.fates.size()) {
      out.fates[best] = fate::write;
      fill(out.contents[best], wanted);
    } else {
      fill(out.created.emplace_back(), wanted);
    }
  }
  return out;
}

} // namespace troupe::controllers::endpoint_slice

#include "actors/controllers/deployment/target.hpp"

#include "messages/meta/percent.hpp"
#include "messages/view/selectors.hpp"

#include <limits>

namespace troupe::controllers::deployments {

namespace {

namespace apps = view::apps_v1;

/// Upstream's way to say "without limit".
std::optional<std::int64_t> limit_of(bool has, std::int64_t value) {
  if (!has || value == std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return value;
}

std::int64_t amount(const view::int_or_string& value, std::int64_t whole,
                    std::int64_t (*share)(std::int64_t, std::int64_t)) {
  const auto percent = meta::parse_percent(value.text());
  return percent ? share(*percent, whole) : value.number();
}

} // namespace

rolling_bounds resolve_bounds(const view::int_or_string& surge,
                              const view::int_or_string& unavailable,
                              std::int64_t replicas) {
  rolling_bounds out{amount(surge, replicas, meta::percent_up),
                     amount(unavailable, replicas, meta::percent_down)};
  if (out.surge == 0 && out.unavailable == 0)
    out.unavailable = 1;
  out.unavailable = std::min(out.unavailable, replicas);
  return out;
}

std::optional<target> read_target(const control::snapshot& view,
                                  const object_key& key) {
  auto object = view.get(key);
  const auto parts = control::parse_key(key);
  if (object == nullptr || !parts)
    return std::nullopt;
  const apps::deployment read{*object};
  const auto spec = read.spec();
  auto selector = view::to_selector(spec.selector());
  if (!selector || selector->selects_everything())
    return std::nullopt;
  target out{key, object, read};
  out.ns = parts->ns;
  out.name = parts->name;
  out.uid = read.metadata().uid();
  out.generation = read.metadata().generation();
  out.replicas = spec.replicas();
  out.min_ready_seconds = spec.min_ready_seconds();
  out.selector = std::move(*selector);
  out.deadline_seconds = limit_of(spec.has_progress_deadline_seconds(),
                                  spec.progress_deadline_seconds());
  out.history_max = limit_of(spec.has_revision_history_limit(),
                             spec.revision_history_limit());
  out.recreate = spec.strategy().type() == "Recreate";
  out.paused = spec.paused();
  out.deleting = read.metadata().has_deletion_timestamp();
  if (!out.recreate) {
    const auto rolling = spec.strategy().rolling_update();
    const auto bounds = resolve_bounds(rolling.max_surge(),
                                       rolling.max_unavailable(), out.replicas);
    out.surge_max = bounds.surge;
    out.unavailable_max = bounds.unavailable;
  }
  return out;
}

} // namespace troupe::controllers::deployments

#include "actors/gateway/object/remove_grace.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/meta/time.hpp"
#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::gateway {

using codec::document;
using std::chrono::seconds;

namespace {

std::optional<std::int64_t> meta_integer(const document& object,
                                         schema::field_id id) {
  const auto* value = codec::find(object.root(), {metadata_id, id});
  if (value == nullptr)
    return std::nullopt;
  return value->integer_or(0);
}

/// Nobody runs it, or it ran to its end.
bool is_idle(view::core_v1::pod pod) {
  const auto phase = pod.status().phase();
  return pod.spec().node_name().empty() || phase == "Succeeded"
         || phase == "Failed";
}

std::int64_t first_period(const document& object,
                          std::optional<std::int64_t> asked) {
  const view::core_v1::pod pod{object};
  if (is_idle(pod))
    return 0;
  const auto period =
      asked.value_or(pod.spec().termination_grace_period_seconds());
  return period < 0 ? 1 : period;
}

void set_time(document& object, wall_time end, std::int64_t period) {
  set_meta_text(object, object_meta::deletion_timestamp,
                meta::format_time(end));
  set_meta_integer(object, object_meta::deletion_grace_period_seconds, period);
}

/// A period that would have ended before now ends now: whoever runs the pod has
/// a second left to hear of it.
grace_step shorten(document& object, std::int64_t before, std::int64_t period,
                   wall_time now) {
  const auto end =
      meta::parse_time(meta_text(object, object_meta::deletion_timestamp));
  if (end) {
    const auto sooner = *end - seconds{before} + seconds{period};
    if (sooner < now)
      set_time(object, now, std::min<std::int64_t>(period, 1));
    else
      set_time(object, sooner, period);
  }
  return period == 0 ? grace_step::erase : grace_step::mark;
}

} // namespace

bool ends_gracefully(const schema::resource_desc& resource) {
  return resource.kind.group.empty() && resource.kind.kind == "Pod";
}

grace_step mark_graceful(document& object, std::optional<std::int64_t> asked,
                         const stamps& given) {
  if (asked && *asked < 0)
    asked = 1;
  if (is_deleting(object)) {
    const auto before =
        meta_integer(object, object_meta::deletion_grace_period_seconds)
            .value_or(0);
    if (!asked || *asked >= before)
      return grace_step::stand;
    return shorten(object, before, *asked, given.now);
  }
  const auto period = first_period(object, asked);
  set_time(object, given.now + seconds{period}, period);
  const auto generation = meta_integer(object, object_meta::generation);
  if (generation && *generation > 0)
    set_meta_integer(object, object_meta::generation, *generation + 1);
  return period == 0 ? grace_step::erase : grace_step::mark;
}

} // namespace troupe::gateway

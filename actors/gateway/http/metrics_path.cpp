#include "actors/gateway/http/metrics_path.hpp"

#include "actors/gateway/object/storage.hpp"

namespace troupe::gateway {

namespace {

void append_value(std::string& out, std::string_view name,
                  std::string_view labels, std::uint64_t value) {
  out.append(name).append(labels).append(" ");
  out.append(std::to_string(value)).append("\n");
}

void append_store(std::string& out, const store::store_snapshot& view) {
  append_metric_head(out, "troupe_store_revision", "gauge",
                     "Revision this replica has applied.");
  append_value(out, "troupe_store_revision", "", view.applied().value());
  append_metric_head(out, "troupe_store_compacted_revision", "gauge",
                     "Oldest revision that can be read.");
  append_value(out, "troupe_store_compacted_revision", "",
               view.compacted().value());
  append_metric_head(out, "troupe_store_objects", "gauge",
                     "Objects in the store.");
  append_value(out, "troupe_store_objects", "", view.size());
}

void append_objects(std::string& out, const service& shared,
                    const store::store_snapshot& view) {
  append_metric_head(out, "apiserver_resource_objects", "gauge",
                     "Objects of each resource.");
  for (const auto& [desc, resource] : shared.resources) {
    if (desc->stored != nullptr)
      continue;
    std::uint64_t count = 0;
    const auto prefix = resource_prefix(*desc);
    view.range(prefix, store::prefix_end(prefix), view.applied(),
               [&](const auto&, const auto&) {
                 ++count;
                 return true;
               });
    append_value(out, "apiserver_resource_objects",
                 "{group=\"" + std::string{desc->kind.group} + "\",resource=\""
                     + std::string{desc->plural} + "\"}",
                 count);
  }
}

void append_cache(std::string& out, const encode_cache::counters& counts) {
  append_metric_head(out, "troupe_encode_cache_lookups_total", "counter",
                     "Encoded objects asked of the cache.");
  append_value(out, "troupe_encode_cache_lookups_total", "{found=\"true\"}",
               counts.hits);
  append_value(out, "troupe_encode_cache_lookups_total", "{found=\"false\"}",
               counts.misses);
  append_metric_head(out, "troupe_encode_cache_bytes", "gauge",
                     "Octets of encoded objects held.");
  append_value(out, "troupe_encode_cache_bytes", "", counts.size);
}

} // namespace

void show_metrics(const exchange_ptr& call) {
  auto& shared = *call->shared;
  const auto view = shared.ports.store->current();
  std::string out;
  shared.metrics.append(out);
  constexpr std::string_view in_flight = "apiserver_current_inflight_requests";
  append_metric_head(out, in_flight, "gauge",
                     "Requests at work, without watches.");
  append_value(out, in_flight, "{request_kind=\"mutating\"}",
               shared.mutating.count());
  append_value(out, in_flight, "{request_kind=\"readOnly\"}",
               shared.read_only.count());
  append_store(out, *view);
  append_objects(out, shared, *view);
  append_cache(out, shared.cache.count());
  call->answer("text/plain; version=0.0.4; charset=utf-8",
               make_shared_bytes(std::move(out)));
}

} // namespace troupe::gateway

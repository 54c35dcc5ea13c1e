#include "actors/gateway/http/request_metrics.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::gateway {

namespace {

std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string label_text(const request_labels& labels) {
  return "verb=\"" + labels.verb + "\",group=\"" + labels.group
         + "\",version=\"" + labels.version + "\",resource=\"" + labels.resource
         + "\",subresource=\"" + labels.subresource + '"';
}

} // namespace

void append_metric_head(std::string& out, std::string_view name,
                        std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void request_metrics::record(const request_labels& labels, int code,
                             duration took) {
  const auto seconds = std::chrono::duration<double>{took}.count();
  const auto bucket = static_cast<std::size_t>(
      std::ranges::lower_bound(bounds, seconds) - bounds.begin());
  series_.with([&](series& all) {
    ++all.totals[{labels, code}];
    // A watch takes as long as its client wants.
    if (labels.verb == "WATCH")
      return;
    auto& latency = all.latencies[labels];
    ++latency.counts[bucket];
    latency.sum += seconds;
  });
}

void request_metrics::append_histogram(std::string& out,
                                       const std::string& labels,
                                       const histogram& values) {
  constexpr std::string_view name = "apiserver_request_duration_seconds";
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < values.counts.size(); ++i) {
    total += values.counts[i];
    const auto bound = i < bounds.size() ? number(bounds[i]) : "+Inf";
    out.append(name).append("_bucket{").append(labels).append(",le=\"");
    out.append(bound).append("\"} ").append(std::to_string(total)).append("\n");
  }
  out.append(name).append("_sum{").append(labels).append("} ");
  out.append(number(values.sum)).append("\n");
  out.append(name).append("_count{").append(labels).append("} ");
  out.append(std::to_string(total)).append("\n");
}

void request_metrics::append(std::string& out) const {
  const auto all = series_.with([](const series& now) { return now; });
  append_metric_head(out, "apiserver_request_total", "counter",
                     "Requests answered, by verb, resource and HTTP code.");
  for (const auto& [key, count] : all.totals)
    out += "apiserver_request_total{" + label_text(key.first) + ",code=\""
           + std::to_string(key.second) + "\"} " + std::to_string(count) + '\n';
  append_metric_head(out, "apiserver_request_duration_seconds", "histogram",
                     "Seconds until the answer was complete, without watches.");
  for (const auto& [labels, values] : all.latencies)
    append_histogram(out, label_text(labels), values);
}

} // namespace troupe::gateway

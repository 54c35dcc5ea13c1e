#include "messages/codec/print/pod_cells.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/print/human_duration.hpp"
#include "messages/codec/print/pod_summary.hpp"
#include "messages/codec/print/template_cells.hpp"
#include "messages/meta/time.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

void append_or_none(std::string& out, std::string_view text) {
  append_json_string(out, text.empty() ? "<none>" : text);
}

std::string ratio(std::size_t part, std::size_t whole) {
  return std::to_string(part) + "/" + std::to_string(whole);
}

bool is_open(core::pod_status status, std::string_view gate) {
  for (auto condition : status.conditions())
    if (condition.type() == gate)
      return condition.status() == "True";
  return false;
}

} // namespace

void append_pod_ready(std::string& out, const node& pod, wall_time) {
  const auto summary = summarize(core::pod{&pod});
  append_json_string(out, ratio(summary.ready, summary.total));
}

void append_pod_status(std::string& out, const node& pod, wall_time) {
  append_json_string(out, summarize(core::pod{&pod}).status);
}

void append_pod_restarts(std::string& out, const node& pod, wall_time now) {
  const auto summary = summarize(core::pod{&pod});
  auto text = std::to_string(summary.restarts);
  const auto last = meta::parse_time(summary.last_restart);
  if (summary.restarts != 0 && last)
    text += " (" + human_duration(now - *last) + " ago)";
  append_json_string(out, text);
}

void append_pod_conditions(std::string& out, const node& pod) {
  const auto phase = core::pod{&pod}.status().phase();
  if (phase != "Succeeded" && phase != "Failed")
    return;
  out += R"(,"conditions":[{"type":"Completed","status":"True","reason":)";
  append_json_string(out, phase);
  out += R"(,"message":)";
  append_json_string(out, phase == "Failed"
                              ? "The pod failed."
                              : "The pod has completed successfully.");
  out += "}]";
}

void append_pod_ip(std::string& out, const node& pod, wall_time) {
  append_or_none(out, core::pod{&pod}.status().pod_ip());
}

void append_pod_node(std::string& out, const node& pod, wall_time) {
  append_or_none(out, core::pod{&pod}.spec().node_name());
}

void append_pod_nominated_node(std::string& out, const node& pod, wall_time) {
  append_or_none(out, core::pod{&pod}.status().nominated_node_name());
}

void append_pod_readiness_gates(std::string& out, const node& pod, wall_time) {
  const core::pod shown{&pod};
  const auto gates = shown.spec().readiness_gates();
  std::size_t open = 0;
  for (auto gate : gates)
    open += is_open(shown.status(), gate.condition_type()) ? 1 : 0;
  append_or_none(out, gates.empty() ? "" : ratio(open, gates.size()));
}

void append_template_containers(std::string& out, const node& pod_template,
                                wall_time) {
  append_container_names(out, core::pod_template{&pod_template}.template_());
}

void append_template_images(std::string& out, const node& pod_template,
                            wall_time) {
  append_container_images(out, core::pod_template{&pod_template}.template_());
}

} // namespace troupe::codec

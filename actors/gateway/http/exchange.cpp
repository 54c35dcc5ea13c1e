#include "actors/gateway/http/exchange.hpp"

#include "actors/gateway/http/json_layout.hpp"
#include "actors/gateway/http/warning_values.hpp"

#include <algorithm>
#include <array>

namespace troupe::gateway {

namespace {

constexpr std::string_view json_type = "application/json";

/// Metrics speak of methods, apart from list, watch and deletecollection.
std::string metric_verb(std::string_view verb) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9>
      words = {{{"get", "GET"},
                {"head", "GET"},
                {"list", "LIST"},
                {"watch", "WATCH"},
                {"create", "POST"},
                {"update", "PUT"},
                {"patch", "PATCH"},
                {"delete", "DELETE"},
                {"deletecollection", "DELETECOLLECTION"}}};
  for (const auto& [from, to] : words)
    if (from == verb)
      return std::string{to};
  return "other";
}

} // namespace

exchange::exchange(std::shared_ptr<service> all, http_request what,
                   std::shared_ptr<http_responder> to)
    : shared(std::move(all)), request(std::move(what)),
      responder(std::move(to)), started(shared->ports.mono_now()),
      deadline(started + shared->config.request_timeout) {
  // nop
}

http_headers exchange::headers(std::string_view content_type) const {
  http_headers out{{"Content-Type", std::string{content_type}},
                   {"Cache-Control", "no-cache, private"}};
  for (auto& value : warning_values(warnings))
    out.emplace_back("Warning", std::move(value));
  return out;
}

void exchange::count(int code) {
  if (counted_.exchange(true))
    return;
  request_labels labels;
  labels.verb = metric_verb(info.verb);
  if (resource != nullptr) {
    labels.group = resource->desc.kind.group;
    labels.version = resource->desc.kind.version;
    labels.resource = resource->desc.plural;
    if (subresource != nullptr)
      labels.subresource = subresource->name;
  }
  shared->metrics.record(labels, code, shared->ports.mono_now() - started);
}

void exchange::answer(std::string_view content_type, shared_bytes body,
                      http_headers extra) {
  answer(200, content_type, std::move(body), std::move(extra));
}

void exchange::answer(int code, std::string_view content_type,
                      shared_bytes body, http_headers extra) {
  auto head = headers(content_type);
  for (auto& [name, value] : extra) {
    std::erase_if(head, [&](const auto& one) { return one.first == name; });
    head.emplace_back(std::move(name), std::move(value));
  }
  count(code);
  responder->respond(code, std::move(head), std::move(body));
}

void exchange::answer_json(int code, text_format format, bytes json,
                           http_headers extra) {
  if (format == text_format::yaml) {
    auto yaml = json_to_yaml(json);
    if (!yaml)
      return fail(api::internal_error(yaml.error().message));
    return answer(code, "application/yaml", make_shared_bytes(std::move(*yaml)),
                  std::move(extra));
  }
  // Laid out for people, upstream's JSON has no line break at the end.
  if (wants_pretty(request))
    json = indent_json(json);
  else
    json += '\n';
  answer(code, json_type, make_shared_bytes(std::move(json)), std::move(extra));
}

void exchange::answer_raw_json(int code, bytes_view json, http_headers extra) {
  answer(code, json_type, make_shared_bytes(indent_json(json)),
         std::move(extra));
}

void exchange::fail(const api::status& status) {
  http_headers extra;
  if (status.details && status.details->retry_after_seconds > 0)
    extra.emplace_back("Retry-After",
                       std::to_string(status.details->retry_after_seconds));
  auto body = api::to_json(status);
  if (const auto form = negotiate(request, endpoint::plain))
    answer_json(status.code, form->format, std::move(body), std::move(extra));
  else
    answer_raw_json(status.code, body, std::move(extra));
}

void exchange::fail_unknown_path() {
  answer(404, "text/plain; charset=utf-8",
         make_shared_bytes("404 page not found\n"),
         {{"X-Content-Type-Options", "nosniff"}});
}

void exchange::start_stream() {
  responder->start(200, headers(json_type));
}

bool exchange::write_stream(bytes chunk) {
  return responder->write(make_shared_bytes(std::move(chunk)));
}

void exchange::end_stream() {
  count(200);
  responder->finish();
}

mono_time exchange::store_deadline() const {
  const auto& ports = shared->ports;
  const auto now = ports.mono_now();
  const bool lost = ports.standing && ports.standing->is_lost(now);
  return std::min(deadline, now
                                + (lost ? shared->config.lost_store_timeout
                                        : shared->config.store_timeout));
}

void exchange::run(std::function<void()> work) const {
  if (shared->ports.run)
    shared->ports.run(std::move(work));
  else
    work();
}

} // namespace troupe::gateway

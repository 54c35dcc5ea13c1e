#pragma once

#include "actors/gateway/http/negotiate.hpp"
#include "actors/gateway/http/service.hpp"
#include "messages/api/request_info.hpp"
#include "runtime/port/http_port.hpp"

#include <atomic>
#include <memory>

namespace troupe::gateway {

/// One request on its way through the pipeline, and the way its answer takes.
/// The steps fill it in, in order; after routing it no longer changes but for
/// `warnings`. Shared by the callbacks that go on with it. Exactly one of the
/// answering calls is made; a request that gets none is answered by the
/// transport when its responder is dropped.
class exchange {
public:
  exchange(std::shared_ptr<service> all, http_request what,
           std::shared_ptr<http_responder> to);

  /// 200 with `body`.
  void answer(std::string_view content_type, shared_bytes body,
              http_headers extra = {});

  void answer(int code, std::string_view content_type, shared_bytes body,
              http_headers extra = {});

  /// A JSON text in the form the client wants: pretty, or as YAML.
  void answer_json(int code, text_format format, bytes json,
                   http_headers extra = {});

  /// Pretty JSON, whatever the client wants.
  void answer_raw_json(int code, bytes_view json, http_headers extra = {});

  /// A Status in the form the client wants, or raw when there is no such.
  void fail(const api::status& status);

  /// 404 of a path that belongs to nobody: a text.
  void fail_unknown_path();

  /// Begins a stream of JSON documents; `end_stream` must follow.
  void start_stream();
  bool write_stream(bytes chunk);
  void end_stream();

  /// Counts the request in the metrics, once: for answers that go past this.
  void count(int code);

  /// Goes on with `work` where long work may run.
  void run(std::function<void()> work) const;

  /// How long the store has for this request.
  mono_time store_deadline() const;

  std::string_view query(std::string_view name) const {
    return api::find_parameter(request.query, name).value_or("");
  }

  const std::shared_ptr<service> shared;
  const http_request request;
  const std::shared_ptr<http_responder> responder;
  const mono_time started;

  // Filled in by the steps.
  api::request_info info;
  api::identity user;
  mono_time deadline;
  in_flight_ticket ticket;
  const served_resource* resource = nullptr;
  const schema::subresource_desc* subresource = nullptr;
  std::string ns;   ///< empty for cluster-scoped resources
  std::string name; ///< empty for collections
  /// Texts for Warning headers.
  std::vector<std::string> warnings;

private:
  http_headers headers(std::string_view content_type) const;

  std::atomic<bool> counted_ = false;
};

using exchange_ptr = std::shared_ptr<exchange>;

} // namespace troupe::gateway

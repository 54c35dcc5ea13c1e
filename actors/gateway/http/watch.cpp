#include "actors/gateway/http/watch.hpp"

#include "actors/gateway/http/freshness.hpp"
#include "actors/gateway/http/object_text.hpp"
#include "actors/gateway/http/read.hpp"
#include "runtime/base/guarded.hpp"

namespace troupe::gateway {

namespace {

std::string_view word(watch::delivery_type type) {
  switch (type) {
    case watch::delivery_type::added:
      return "ADDED";
    case watch::delivery_type::modified:
      return "MODIFIED";
    case watch::delivery_type::deleted:
      return "DELETED";
    case watch::delivery_type::bookmark:
      return "BOOKMARK";
  }
  return {};
}

void open_event(bytes& out, std::string_view type) {
  out += R"({"type":")";
  out += type;
  out += R"(","object":)";
}

/// Writes deliveries to the client. The hub calls it from one thread at a
/// time.
class stream_sink final : public watch::watch_sink {
public:
  stream_sink(exchange_ptr call, response_form form,
              std::optional<store::revision> after)
      : call_(std::move(call)), form_(form), after_(after) {
    // nop
  }

  bool deliver(std::span<const watch::delivery> batch) override {
    const object_text text{*call_->resource, call_->shared->cache, form_,
                           call_->shared->ports.wall_now()};
    bytes out;
    for (const auto& one : batch)
      if (!append(out, text, one))
        return false;
    return call_->write_stream(std::move(out));
  }

  void end(watch::watch_end why) override {
    if (why == watch::watch_end::compacted)
      report_compacted();
    call_->end_stream();
  }

private:
  bool append(bytes& out, const object_text& text, const watch::delivery& one) {
    open_event(out, word(one.type));
    if (one.type == watch::delivery_type::bookmark) {
      text.append_bookmark(out, one.at, one.initial_events_end);
    } else {
      if (!text.append(out, one.object, one.at, first_))
        return false;
      first_ = false;
    }
    out += "}\n";
    return true;
  }

  void report_compacted() {
    const auto oldest = call_->shared->ports.store->current()->compacted();
    bytes out;
    open_event(out, "ERROR");
    out += api::to_json(api::expired(
        "too old resource version: "
        + std::to_string(after_.value_or(store::revision{}).value()) + " ("
        + std::to_string(oldest.value()) + ")"));
    out += "}\n";
    call_->write_stream(std::move(out));
  }

  exchange_ptr call_;
  response_form form_;
  std::optional<store::revision> after_;
  bool first_ = true;
};

/// Holds a watch until the client leaves or the answer is complete: then the
/// responder drops the callback that owns this.
class watch_session {
public:
  void hold(std::unique_ptr<watch::watch_handle> handle) {
    place_.with([&](place& now) {
      if (!now.closed)
        now.handle.swap(handle);
    });
    // A handle that came too late ends its watch here, outside the lock.
  }

  void close() {
    std::unique_ptr<watch::watch_handle> handle;
    place_.with([&](place& now) {
      now.closed = true;
      handle.swap(now.handle);
    });
  }

private:
  struct place {
    std::unique_ptr<watch::watch_handle> handle;
    bool closed = false;
  };

  guarded<place> place_;
};

duration lifetime(const exchange& call, const api::list_options& options) {
  const auto asked = options.timeout_seconds.value_or(0);
  if (asked > 0)
    return std::chrono::seconds{std::min<std::int64_t>(asked, 1 << 30)};
  // Spread out, so that clients do not all come back at once.
  const auto base = call.shared->config.watch_timeout;
  const auto share = call.shared->ports.random() % 1000;
  return base + base * static_cast<std::int64_t>(share) / 1000;
}

/// Where the watch begins. Kubernetes documentation, "Semantics for watch" and
/// "Streaming lists".
std::optional<store::revision> start_of(const api::list_options& options,
                                        const store::store_snapshot& view) {
  if (options.send_initial_events)
    return *options.send_initial_events ? std::nullopt
           : options.resource_version.value_or(0) == 0
               ? std::optional{view.applied()}
               : std::optional{store::revision{*options.resource_version}};
  if (options.resource_version.value_or(0) == 0)
    return std::nullopt;
  return store::revision{*options.resource_version};
}

watch::watch_request make_request(const exchange& call,
                                  const api::list_options& options,
                                  const store::store_snapshot& view) {
  watch::watch_request out;
  const auto scope = scope_of(call, options.fields);
  out.prefix = scope.prefix;
  out.labels = options.labels;
  out.fields = options.fields;
  out.after = start_of(options, view);
  out.bookmarks = options.allow_bookmarks;
  out.mark_initial_end =
      options.allow_bookmarks && options.send_initial_events.value_or(false);
  out.timeout = lifetime(call, options);
  return out;
}

void open_watch(const exchange_ptr& call, const response_form& form,
                const api::list_options& options,
                const store::store_snapshot& view) {
  auto request = make_request(*call, options, view);
  auto sink = std::make_shared<stream_sink>(call, form, request.after);
  auto session = std::make_shared<watch_session>();
  call->start_stream();
  call->responder->on_close([session] { session->close(); });
  session->hold(call->shared->ports.watch->open(std::move(request), sink));
}

} // namespace

void watch_objects(const exchange_ptr& call) {
  const auto form = negotiate(call->request, endpoint::stream);
  if (!form)
    return call->fail(form.error());
  auto options = read_list_options(*call, true);
  if (!options)
    return call->fail(options.error());
  with_fresh(call, options->resource_version,
             [call, form = *form,
              options = std::move(*options)](const snapshot_ptr& view) {
               open_watch(call, form, options, *view);
             });
}

} // namespace troupe::gateway

#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

namespace troupe::codec {

namespace {

void check_exec(core::exec_action action, const spot& here) {
  if (action.command().empty())
    here.child("command").required();
}

void check_http_get(core::http_get_action action, const spot& here) {
  here.child("path").need(action.path());
  check_port(action.port(), here.child("port"));
  here.child("scheme").one_of(action.scheme(), {"HTTP", "HTTPS"});
  for (auto header : action.http_headers())
    here.child("httpHeaders")
        .complain(header.name(), check_http_header_name(header.name()));
}

void check_sleep(core::sleep_action action,
                 std::optional<std::int64_t> grace_seconds, const spot& here) {
  if (grace_seconds
      && (action.seconds() < 0 || action.seconds() > *grace_seconds))
    here.invalid(action.seconds(), "must be non-negative and less than "
                                   "terminationGracePeriodSeconds ("
                                       + std::to_string(*grace_seconds) + ")");
}

/// Counts what a handler does: one thing, no more and no less.
class handler_count {
public:
  explicit handler_count(const spot& here) : here_{here} {}

  ~handler_count() {
    if (count_ == 0)
      here_.required("must specify a handler type");
  }

  handler_count(const handler_count&) = delete;
  handler_count& operator=(const handler_count&) = delete;

  template <class F>
  void take(bool present, std::string_view name, F check) {
    if (!present)
      return;
    const auto at = here_.child(name);
    if (count_++ > 0)
      at.forbidden("may not specify more than 1 handler type");
    else
      check(at);
  }

private:
  const spot& here_;
  int count_ = 0;
};

/// What probes and hooks have in common.
template <class Handler>
void check_actions(Handler handler, handler_count& count) {
  count.take(handler.has_exec(), "exec",
             [&](const spot& at) { check_exec(handler.exec(), at); });
  count.take(handler.has_http_get(), "httpGet",
             [&](const spot& at) { check_http_get(handler.http_get(), at); });
  count.take(handler.has_tcp_socket(), "tcpSocket", [&](const spot& at) {
    check_port(handler.tcp_socket().port(), at.child("port"));
  });
}

void check_hook(core::lifecycle_handler handler, const pod_context& pod,
                const spot& here) {
  if (!handler)
    return;
  handler_count count{here};
  check_actions(handler, count);
  count.take(handler.has_sleep(), "sleep", [&](const spot& at) {
    check_sleep(handler.sleep(), pod.grace_seconds, at);
  });
}

void check_probe(core::probe probe, const spot& here) {
  {
    handler_count count{here};
    check_actions(probe, count);
    count.take(probe.has_grpc(), "grpc", [&](const spot& at) {
      check_port_number(probe.grpc().port(), at.child("port"));
    });
  }
  here.child("initialDelaySeconds").not_negative(probe.initial_delay_seconds());
  here.child("timeoutSeconds").not_negative(probe.timeout_seconds());
  here.child("periodSeconds").not_negative(probe.period_seconds());
  here.child("successThreshold").not_negative(probe.success_threshold());
  here.child("failureThreshold").not_negative(probe.failure_threshold());
  if (probe.has_termination_grace_period_seconds()
      && probe.termination_grace_period_seconds() <= 0)
    here.child("terminationGracePeriodSeconds")
        .invalid(probe.termination_grace_period_seconds(),
                 "must be greater than 0");
}

/// A probe that fails but once.
void check_single_probe(core::probe probe, const spot& here) {
  if (!probe)
    return;
  check_probe(probe, here);
  if (probe.success_threshold() != 1)
    here.child("successThreshold")
        .invalid(probe.success_threshold(), "must be 1");
}

} // namespace

void check_lifecycle(core::lifecycle lifecycle, const pod_context& pod,
                     const spot& here) {
  check_hook(lifecycle.post_start(), pod, here.child("postStart"));
  check_hook(lifecycle.pre_stop(), pod, here.child("preStop"));
}

void check_probes(core::container container, const spot& here) {
  check_single_probe(container.liveness_probe(), here.child("livenessProbe"));
  if (const auto probe = container.readiness_probe()) {
    const auto at = here.child("readinessProbe");
    check_probe(probe, at);
    if (probe.has_termination_grace_period_seconds())
      at.child("terminationGracePeriodSeconds")
          .invalid(probe.termination_grace_period_seconds(),
                   "must not be set for readinessProbes");
  }
  check_single_probe(container.startup_probe(), here.child("startupProbe"));
}

} // namespace troupe::codec

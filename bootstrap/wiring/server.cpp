#include "bootstrap/wiring/server.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/wiring/control_plane.hpp"
#include "bootstrap/wiring/drain_gate.hpp"
#include "messages/api/status.hpp"
#include "runtime/base/log.hpp"
#include "runtime/http/http_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace troupe::wiring {

namespace {

constexpr const char* component = "server";

/// Errors the HTTP side finds before a request reaches the pipeline.
bytes describe_error(int code, std::string_view message) {
  api::status out = api::bad_request(std::string{message});
  if (code != out.code) {
    out.code = code;
    out.reason = code == 413 ? "RequestEntityTooLarge" : "";
  }
  return api::to_json(out);
}

http::http_server_config describe_http(const cluster::material& from) {
  http::http_server_config out;
  out.tls.certificate_chain = from.server.certificate;
  out.tls.private_key = from.server.private_key;
  out.tls.client_ca = from.authority.certificate;
  return out;
}

/// From here on every thread leaves these signals to the descriptor. SIGHUP,
/// which terminals send when they close, changes nothing.
int hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  std::signal(SIGHUP, SIG_IGN);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    return -1;
  return signalfd(-1, &set, SFD_CLOEXEC);
}

/// Returns when it is time to end.
void wait_for_end(int signals, int lifeline) {
  pollfd what[] = {{signals, POLLIN, 0}, {lifeline, POLLIN, 0}};
  while (poll(what, 2, -1) <= 0)
    ;
  log_info(component, what[0].revents != 0 ? "told to end"
                                           : "the supervisor is gone: ending");
}

int fail(const error& why) {
  log_error(component, why.message);
  return 1;
}

} // namespace

int run_server(const server_options& options) {
  open_log(log_level::info, "");
  const int signals = hold_signals();
  fcntl(options.listen_fd, F_SETFD, FD_CLOEXEC);
  const cluster::layout files{options.cluster_directory};
  auto about = cluster::load_cluster(files.cluster_file());
  if (!about)
    return fail(about.error());
  auto material = cluster::load_server_material(files);
  if (!material)
    return fail(material.error());
  const auto address = "127.0.0.1:" + std::to_string(about->port);
  log_info(component, options.member + " starts on " + address);
  control_plane plane{
      {about->uid, options.member, files.state_of(options.member), address}};
  const drain_gate gate;
  auto server = http::http_server::make(
      describe_http(*material), gate.guard(plane.handler()), describe_error);
  if (!server)
    return fail(server.error());
  if (auto adopted = (*server)->adopt(options.listen_fd); !adopted)
    return fail(adopted.error());
  wait_for_end(signals, options.lifeline_fd);
  if (!gate.drain(options.drain_timeout))
    log_warning(component, "some requests did not finish in time");
  server->reset();
  log_info(component, "ended");
  return 0;
}

} // namespace troupe::wiring

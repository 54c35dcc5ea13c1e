#include "bootstrap/wiring/server.hpp"

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/inspect/inspection_server.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/wiring/bus.hpp"
#include "bootstrap/wiring/control_plane.hpp"
#include "bootstrap/wiring/drain_gate.hpp"
#include "bootstrap/wiring/process_end.hpp"
#include "messages/api/status.hpp"
#include "runtime/base/log.hpp"
#include "runtime/http/http_server.hpp"
#include "runtime/http/shared_socket.hpp"

#include <fcntl.h>

#include <optional>

namespace troupe::wiring {

namespace {

constexpr const char* component = "server";

/// Another server takes the lead of the state within this, or is slow.
constexpr auto step_down_patience = std::chrono::seconds{1};

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

/// On the socket all servers have, and where nodes reach this one.
status_result listen(http::http_server& server, http::shared_socket& shared,
                     const std::optional<ip_address>& inside) {
  if (auto adopted = shared.attach(server); !adopted)
    return adopted;
  if (inside)
    if (auto heard = server.listen(inside->to_string(), nodes::api_port);
        !heard)
      return heard.error();
  return unit{};
}

/// A server that reaches no quorum leaves who comes to those that do.
void open_or_shut(http::shared_socket& shared, bool good) {
  if (auto done = shared.set_open(good); !done)
    log_warning(component, done.error().message);
}

int fail(const error& why) {
  log_error(component, why.message);
  return 1;
}

} // namespace

int run_server(const server_options& options) {
  open_log(log_level::info, options.log_file);
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
  const auto everybodys = nodes::api_addresses(*about, files);
  if (!everybodys)
    return fail(everybodys.error());
  std::optional<ip_address> inside;
  std::unique_ptr<messenger> bus;
  if (cluster::has_lab(*about)) {
    auto own = nodes::member_address(*about, files, options.member);
    if (!own)
      return fail(own.error());
    inside = *own;
    auto joined = join_bus(*about, files, {"server", options.member});
    if (!joined)
      return fail(joined.error());
    bus = std::move(*joined);
  }
  http::shared_socket shared{options.listen_fd};
  if (about->servers == 1) // there are no others to leave anybody to
    open_or_shut(shared, true);
  control_plane plane{{about->uid,
                       options.member,
                       files.state_of(options.member),
                       address,
                       material->authority.certificate,
                       material->signing_key,
                       bus.get(),
                       {nodes::service_range()},
                       nodes::dns_address(),
                       *everybodys,
                       inside ? nodes::api_port : about->port,
                       about->node_times,
                       cluster::server_names(*about),
                       [&](raft_receiver receiver) {
                         return join_voters(*about, files, options.member,
                                            std::move(receiver));
                       },
                       [&](bool good) {
                         if (about->servers > 1)
                           open_or_shut(shared, good);
                       }}};
  auto inspection = inspect::inspection_server::open(
      files.run(), options.member, plane.tree());
  if (!inspection)
    return fail(inspection.error());
  const drain_gate gate;
  auto server = http::http_server::make(
      describe_http(*material), gate.guard(plane.handler()), describe_error);
  if (!server)
    return fail(server.error());
  if (auto heard = listen(**server, shared, inside); !heard)
    return fail(heard.error());
  wait_for_end(component, signals, options.lifeline_fd);
  // Who comes now waits for the next server.
  shared.detach();
  (*server)->stop_listening();
  plane.step_down(step_down_patience);
  if (!gate.drain(options.drain_timeout))
    log_warning(component, "some requests did not finish in time");
  server->reset();
  log_info(component, "ended");
  return 0;
}

} // namespace troupe::wiring

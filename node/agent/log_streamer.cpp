#include "node/agent/log_streamer.hpp"

#include "messages/view/core_v1.hpp"
#include "node/log/log_reader.hpp"
#include "node/pod/status.hpp"
#include "runtime/base/clock.hpp"

#include <poll.h>

#include <algorithm>

namespace troupe::agent {

namespace {

namespace logs = container_log;

/// How often a follower asks whether the container is over.
constexpr int look_milliseconds = 200;

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

logs::read_options to_options(const node_io::log_request& from) {
  logs::read_options out;
  if (from.tail_lines)
    out.tail_lines =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, *from.tail_lines));
  if (from.limit_octets)
    out.limit_bytes = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, *from.limit_octets));
  out.since = from.since;
  out.timestamps = from.timestamps;
  out.follow = from.follow && !from.previous;
  return out;
}

class streamer {
public:
  streamer(const node_services& services, const pod_registry& registry,
           const node_io::log_request& request, io_stream& to)
      : services_(services), registry_(registry), request_(request), to_(to) {
    // nop
  }

  api::status run() {
    const auto directory =
        logs::pod_directory(services_.config.paths.logs(), request_.from.ns,
                            request_.from.pod, request_.from.pod_uid)
        + "/" + request_.from.container;
    auto run = choose_run(directory);
    if (!run)
      return api::bad_request(run.error().message);
    auto reader = logs::open_log(directory, *run, to_options(request_));
    if (!reader)
      return api::internal_error(reader.error().message);
    to_.begin();
    return copy(**reader, *run);
  }

private:
  std::string about() const {
    return "container " + quoted(request_.from.container) + " in pod "
           + quoted(request_.from.pod);
  }

  std::optional<pod::observed_container> observe() const {
    const auto pod = registry_.find(request_.from.pod_uid);
    if (!pod || !pod->observed)
      return std::nullopt;
    const auto* found = pod::find(*pod->observed, request_.from.container);
    return found == nullptr ? std::nullopt : std::optional{*found};
  }

  /// Why the container waits, as clients see it; none: it does not.
  std::optional<std::string> waits() const {
    namespace core = view::core_v1;
    const auto pod = registry_.find(request_.from.pod_uid);
    if (!pod || !pod->observed)
      return std::nullopt;
    const auto doc = pod::compute_status(core::pod{*pod->pod}, *pod->observed,
                                         wall_now(), services_.config.pods);
    const core::pod_status status{&doc.root()};
    for (auto list :
         {status.container_statuses(), status.init_container_statuses()})
      for (const auto& each : list)
        if (each.name() == request_.from.container
            && each.state().has_waiting())
          return std::string{each.state().waiting().reason()};
    return std::nullopt;
  }

  /// Source of the texts: kubelet's answers to clients that ask too early.
  error too_early(const std::string& reason) const {
    return {errc::unavailable,
            about() + " is waiting to start: "
                + (reason == "ErrImagePull" ? "image can't be pulled"
                   : reason == "ImagePullBackOff"
                       ? "trying and failing to pull image"
                   : reason.empty() ? "ContainerCreating"
                                    : reason)};
  }

  /// The last run that has a log, or the one before. A container that waits
  /// for its next start shows its last run as the one before.
  result<std::uint32_t> choose_run(const std::string& directory) const {
    auto runs = logs::restarts(directory);
    if (!runs)
      return runs.error();
    const auto waiting = waits();
    const std::size_t back = request_.previous && !waiting ? 2 : 1;
    if (runs->size() >= back)
      return (*runs)[runs->size() - back];
    if (request_.previous)
      return error{errc::not_found,
                   "previous terminated " + about() + " not found"};
    return too_early(waiting.value_or(""));
  }

  /// Nobody writes the log of that run any more. A run that is being started
  /// may have a log before it is counted.
  bool is_over(std::uint32_t run) const {
    const auto seen = observe();
    if (!seen || static_cast<std::uint32_t>(seen->restart_count) > run)
      return true;
    return seen->phase != pod::container_phase::running
           && seen->phase != pod::container_phase::creating;
  }

  api::status copy(logs::log_reader& reader, std::uint32_t run) {
    using state = logs::log_chunk::state;
    while (!to_.over()) {
      if (!to_.has_room()) {
        wait(-1);
        continue;
      }
      auto chunk = reader.next();
      if (!chunk)
        return api::internal_error(chunk.error().message);
      to_.send(node_io::channel::out, chunk->data);
      if (chunk->then == state::end)
        break;
      if (chunk->then == state::waiting) {
        if (is_over(run))
          reader.container_over();
        else
          wait(reader.wake_descriptor());
      }
    }
    return api::ok("", {}, "");
  }

  void wait(int descriptor) {
    pollfd what[] = {{to_.wake_descriptor(), POLLIN, 0},
                     {descriptor, POLLIN, 0}};
    poll(what, descriptor < 0 ? 1 : 2, look_milliseconds);
    to_.calm();
  }

  const node_services& services_;
  const pod_registry& registry_;
  const node_io::log_request& request_;
  io_stream& to_;
};

} // namespace

void stream_log(const node_services& services, const pod_registry& registry,
                const node_io::log_request& request, io_stream& to) {
  to.finish(streamer{services, registry, request, to}.run());
}

} // namespace troupe::agent

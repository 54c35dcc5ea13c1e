#include "messages/base/overload.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/files.hpp"
#include "node/agent/http_get.hpp"
#include "node/agent/pod_executor.hpp"
#include "node/agent/translate.hpp"
#include "node/pod/spec.hpp"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <optional>

/// postStart and preStop.
namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr duration call_patience = std::chrono::seconds{10};
constexpr std::size_t context_max = 4 * 1024 * 1024;
/// Of a hook that gives no time of its own.
constexpr duration hook_max = std::chrono::hours{1};

/// A port by number, or by its name in the container.
std::int64_t port_of(const core::container& container,
                     view::int_or_string port) {
  if (port.is_number())
    return port.number();
  for (const auto& each : container.ports())
    if (each.name() == port.text())
      return each.container_port_();
  std::int64_t out = 0;
  const auto text = port.text();
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

} // namespace

result<container_context>
pod_executor::context_of(const std::string& container_id) const {
  auto text = read_file(services_.config.paths.container(uid_, container_id)
                            + "/context",
                        context_max);
  if (!text)
    return text.error();
  return container_context::decode(*text);
}

result<sandbox::exec_spec>
pod_executor::make_exec(const std::string& container_id,
                        std::vector<std::string> command) const {
  auto context = context_of(container_id);
  if (!context)
    return context.error();
  auto entry = services_.groups->entry(context->cgroup);
  if (!entry)
    return entry.error();
  sandbox::exec_spec out;
  out.container_id = container_id;
  out.args = std::move(command);
  out.env = std::move(context->env);
  out.cwd = std::move(context->cwd);
  out.security = std::move(context->security);
  out.cgroup = {std::move(entry->procs_files), std::move(entry->directory)};
  return out;
}

void pod_executor::run(const job& with, const pod::run_hook& action) {
  auto done = run_handler(with, action);
  report_(pod::hook_finished{action.container, action.id, action.which,
                             done.has_value(),
                             done ? std::string{} : done.error().message});
}

status_result pod_executor::run_handler(const job& with,
                                        const pod::run_hook& action) {
  const auto entry = pod::container_of(core::pod{*with.pod}, action.container);
  const auto container = entry ? entry->spec : core::container{nullptr};
  const auto handler = action.which == pod::hook::post_start
                           ? container.lifecycle().post_start()
                           : container.lifecycle().pre_stop();
  const auto limit = action.timeout.value_or(hook_max);
  if (handler.has_exec()) {
    std::vector<std::string> command;
    for (auto word : handler.exec().command())
      command.emplace_back(word);
    return run_command(action.id, std::move(command), limit);
  }
  if (handler.has_sleep()) {
    pause(std::min<duration>(limit,
                             std::chrono::seconds{handler.sleep().seconds()}));
    return unit{};
  }
  if (!handler.has_http_get())
    return error{errc::unsupported, "invalid handler: nothing to run"};
  const auto get = handler.http_get();
  http_get_request request;
  request.host = get.host().empty()
                     ? (with.observed->sandbox.addresses.empty()
                            ? std::string{}
                            : with.observed->sandbox.addresses.front())
                     : std::string{get.host()};
  request.port = port_of(container, get.port());
  request.path = std::string{get.path()};
  request.tls = get.scheme() == "HTTPS";
  for (const auto& header : get.http_headers())
    request.headers.emplace_back(header.name(), header.value());
  return http_get(request, limit);
}

/// Waits, but not past this executor's end.
void pod_executor::pause(duration time) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, time, [this] { return closed_; });
}

status_result pod_executor::run_command(const std::string& id,
                                        std::vector<std::string> command,
                                        duration limit) {
  const auto at = box();
  auto spec = make_exec(id, std::move(command));
  if (!at || !spec)
    return spec ? error{errc::unavailable, "the pod's sandbox is gone"}
                : spec.error();
  spec->stdout_open = false;
  spec->stderr_open = false;
  auto process = at->exec(std::move(*spec), call_patience);
  if (!process)
    return process.error();
  auto how = std::make_shared<std::optional<int>>();
  on_exec_end(process->exec_id,
              [self = shared_from_this(), how](const auto& exit) {
                std::lock_guard lock{self->mutex_};
                *how = exit.code;
                self->changed_.notify_all();
              });
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, limit, [&] { return closed_ || *how; });
  const auto code = *how;
  lock.unlock();
  if (!code) {
    at->kill_exec(process->exec_id, call_patience).has_value();
    return error{errc::expired, "command did not finish in time"};
  }
  if (*code == 0)
    return unit{};
  return error{errc::unavailable,
               "command exited with " + std::to_string(*code)};
}

} // namespace troupe::agent

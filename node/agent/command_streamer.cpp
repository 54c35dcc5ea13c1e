#include "node/agent/command_streamer.hpp"

#include "node/agent/command_pump.hpp"

#include <fcntl.h>

#include <memory>

namespace troupe::agent {

namespace {

constexpr duration call_patience = std::chrono::seconds{10};

unique_fd duplicate(const unique_fd& from) {
  return unique_fd{fcntl(from.get(), F_DUPFD_CLOEXEC, 0)};
}

api::status not_running(const std::string& container) {
  auto out = api::internal_error("");
  out.message = "unable to upgrade connection: container not found (\""
                + container + "\")";
  return out;
}

api::status cannot_run(const std::string& why) {
  return api::internal_error("error executing command in container: " + why);
}

struct running {
  std::shared_ptr<pod_executor> executor;
  std::shared_ptr<sandbox::pod_sandbox> box;
  std::string id;
};

std::optional<running> find_running(const pod_registry& registry,
                                    const node_io::container_ref& where) {
  const auto pod = registry.find(where.pod_uid);
  if (!pod || !pod->observed || !pod->executor)
    return std::nullopt;
  const auto* found = pod::find(*pod->observed, where.container);
  auto box = pod->executor->box();
  if (found == nullptr || found->phase != pod::container_phase::running || !box)
    return std::nullopt;
  return running{pod->executor, std::move(box), found->id};
}

api::status run_exec(const running& in, const node_io::command_request& request,
                     io_stream& to, std::shared_ptr<command_ending> how) {
  auto spec = in.executor->make_exec(in.id, request.command);
  if (!spec)
    return cannot_run(spec.error().message);
  spec->stdin_open = request.stdin_;
  spec->stdout_open = request.stdout_;
  spec->stderr_open = request.stderr_;
  spec->tty = request.tty;
  auto process = in.box->exec(std::move(*spec), call_patience);
  if (!process)
    return cannot_run(process.error().message);
  in.executor->on_exec_end(process->exec_id,
                           [how, wake = to.waker()](const auto& exit) {
                             how->set(exit.code);
                             wake();
                           });
  command_pipes ends{std::move(process->in), std::move(process->out),
                     std::move(process->err)};
  if (process->terminal) {
    ends.in = duplicate(process->terminal);
    ends.out = std::move(process->terminal);
  }
  command_pump{to, std::move(ends), how,
               [box = in.box, id = process->exec_id](auto columns, auto rows) {
                 box->resize_exec(id, columns, rows, call_patience).has_value();
               }}
      .run();
  return describe_command_end(how->get().value_or(0));
}

api::status run_attach(const running& in,
                       const node_io::command_request& request, io_stream& to) {
  sandbox::attach_spec spec;
  spec.container_id = in.id;
  spec.stdin_open = request.stdin_;
  spec.stdout_open = request.stdout_;
  spec.stderr_open = request.stderr_;
  auto process = in.box->attach(spec, call_patience);
  if (!process)
    return api::internal_error("error attaching to container: "
                               + process.error().message);
  command_pump{to,
               {std::move(process->in), std::move(process->out),
                std::move(process->err)},
               nullptr,
               [box = in.box, id = in.id](auto columns, auto rows) {
                 box->resize(id, columns, rows, call_patience).has_value();
               }}
      .run();
  return describe_command_end(0);
}

} // namespace

api::status describe_command_end(int code) {
  if (code == 0)
    return api::ok("", {}, "");
  const auto text = std::to_string(code);
  api::status out;
  out.code = 500;
  out.reason = "NonZeroExitCode";
  out.message =
      "command terminated with non-zero exit code: exit status " + text;
  out.details.emplace();
  out.details->causes.push_back({"ExitCode", text, ""});
  return out;
}

void stream_command(const pod_registry& registry,
                    const node_io::command_request& request, io_stream& to) {
  const auto in = find_running(registry, request.in);
  if (!in)
    return to.finish(not_running(request.in.container));
  to.finish(
      request.command.empty()
          ? run_attach(*in, request, to)
          : run_exec(*in, request, to, std::make_shared<command_ending>()));
}

} // namespace troupe::agent

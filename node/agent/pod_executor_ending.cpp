#include "messages/view/core_v1.hpp"
#include "node/agent/files.hpp"
#include "node/agent/pod_executor.hpp"
#include "node/log/log_reader.hpp"
#include "node/pod/spec.hpp"
#include "node/sys/file_tree.hpp"
#include "runtime/base/log.hpp"

/// Containers that are over: how they ended, and what is left of them.
namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr const char* component = "agent";
constexpr duration call_patience = std::chrono::seconds{10};
/// Of a termination message, and of the log that stands in for one.
constexpr std::size_t message_octets_max = 4096;
constexpr std::size_t log_octets_max = 2048;
constexpr std::uint64_t log_lines_max = 80;

} // namespace

std::string pod_executor::logs_of(const core::pod& pod,
                                  std::string_view container) const {
  const auto metadata = pod.metadata();
  return container_log::pod_directory(services_.config.paths.logs(),
                                      metadata.namespace_(), metadata.name(),
                                      metadata.uid())
         + "/" + std::string{container};
}

void pod_executor::container_over(const std::string& id,
                                  const sandbox::exit_status& how) {
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return !starting_.contains(id); });
    if (!names_.contains(id))
      return;
  }
  auto fact = describe_exit(id, how);
  forget_container(id);
  report_(std::move(fact));
}

pod::container_exited
pod_executor::describe_exit(const std::string& id,
                            const sandbox::exit_status& how) {
  pod::container_exited out;
  pod_ptr pod;
  {
    std::lock_guard lock{mutex_};
    out.container = names_[id];
    pod = pod_;
  }
  out.id = id;
  out.code = how.code;
  out.signal = how.signal;
  out.at = how.finished_at;
  const core::pod view{*pod};
  const auto kills =
      services_.groups->oom_kills(pod::container_cgroup_path(view, id));
  // Also when it was one of its children, whatever became of the container.
  out.out_of_memory = kills && *kills > 0;
  out.message = last_words(view, out);
  return out;
}

/// The termination message; with FallbackToLogsOnError and none, the last of
/// the log of a container that failed.
std::string pod_executor::last_words(const core::pod& pod,
                                     const pod::container_exited& exit) {
  const auto own = services_.config.paths.container(uid_, exit.id);
  auto text = read_file(own + "/termination-log", message_octets_max);
  if (text && !text->empty())
    return *text;
  const auto entry = pod::container_of(pod, exit.container);
  if (exit.code == 0 || !entry
      || entry->spec.termination_message_policy() != "FallbackToLogsOnError")
    return {};
  const auto directory = logs_of(pod, exit.container);
  auto runs = container_log::restarts(directory);
  if (!runs || runs->empty())
    return {};
  container_log::read_options options;
  options.tail_lines = log_lines_max;
  auto log = container_log::open_log(directory, runs->back(), options);
  std::string out;
  while (log) {
    auto chunk = (*log)->next();
    if (!chunk)
      break;
    out += chunk->data;
    if (chunk->then != container_log::log_chunk::state::more)
      break;
  }
  return out.size() > log_octets_max ? out.substr(out.size() - log_octets_max)
                                     : out;
}

/// Its cgroup, root file system and claim on the image; its log stays.
void pod_executor::forget_container(const std::string& id) {
  pod_ptr pod;
  {
    std::lock_guard lock{mutex_};
    pod = pod_;
    names_.erase(id);
  }
  const auto group = pod::container_cgroup_path(core::pod{*pod}, id);
  status_result done = services_.groups->kill(group, call_patience);
  if (done)
    done = services_.groups->remove(group, call_patience);
  if (done)
    done = sys::delete_tree(services_.config.paths.container(uid_, id));
  if (done)
    done =
        services_.images->unpin(services_.config.name + "/" + uid_ + "/" + id);
  if (!done)
    log_warning(component, "container " + id + ": " + done.error().message);
}

} // namespace troupe::agent

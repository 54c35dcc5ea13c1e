#pragma once

#include "node/agent/pod_core.hpp"
#include "node/agent/services.hpp"
#include "node/pod/launch.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::view::core_v1 {
class container;
class pod;
} // namespace troupe::view::core_v1

namespace troupe::agent {

/// What a restarted agent, or pod actor, finds of a pod.
struct adoption {
  pod::observed_pod observed;
  std::vector<pod::pod_fact> facts;
};

/// What is needed to run further processes in a container: kept beside it, for
/// the pod's references may change while it runs.
struct container_context {
  std::vector<std::string> env; ///< "NAME=value"
  std::string cwd;
  sandbox::security_spec security;
  std::string cgroup; ///< group, relative to the node's

  bytes encode() const;
  static result<container_context> decode(bytes_view text);
};

/// Carries out one pod's actions on the pool's threads and reports what became
/// of them. Facts come from any thread. One executor works on a pod at a time:
/// a new one waits in `adopt` until the last one's work is done.
class pod_executor : public std::enable_shared_from_this<pod_executor> {
public:
  using report_function = std::function<void(pod::pod_fact)>;

  pod_executor(node_services& services, std::string uid,
               report_function report);
  ~pod_executor();

  /// Reads the record, reopens the sandbox, compares. `done` hears it once;
  /// `earlier` is the executor of an actor that died, or null.
  void adopt(pod_ptr pod, std::shared_ptr<pod_executor> earlier,
             std::function<void(adoption)> done);

  /// Keeps `record` (if any) and the object, then calls `tell` (if any) and
  /// begins the actions. What others hear is so never forgotten here; they hear
  /// it in the order of the calls.
  void carry_out(pod_ptr pod, std::shared_ptr<const pod::observed_pod> observed,
                 std::optional<std::string> record,
                 std::vector<pod::pod_action> actions,
                 std::function<void()> tell);

  /// Brings mounted volumes up to what their ConfigMaps, Secrets and fields say
  /// now. What cannot be read leaves them as they are.
  void refresh_volumes(pod_ptr pod,
                       std::shared_ptr<const pod::observed_pod> observed);

  /// Counts what the pod has written, if anything limits that, and reports it.
  /// One count at a time: another is dropped.
  void count_storage(pod_ptr pod,
                     std::shared_ptr<const pod::observed_pod> observed);

  /// Finds out whether the pod still is on the node's network; one that is not
  /// has lost its sandbox.
  void check_network(pod_ptr pod,
                     std::shared_ptr<const pod::observed_pod> observed);

  /// Takes no more work and waits for no hook any more; what else was begun
  /// goes on. Does not block.
  void stop();

  /// `stop`, and returns when what was begun is done.
  void close();

  /// The pod's sandbox, for commands; null when there is none.
  std::shared_ptr<sandbox::pod_sandbox> box() const;

  /// A further process in a running container, as it was started.
  result<sandbox::exec_spec> make_exec(const std::string& container_id,
                                       std::vector<std::string> command) const;

  using exec_function = std::function<void(const sandbox::exit_status&)>;

  /// Calls `done` once, from any thread, when the process of `exec` is over:
  /// killed, when the sandbox goes first.
  void on_exec_end(std::uint64_t exec_id, exec_function done);

  /// Runs work on the pool; dropped when this executor is closed.
  void post(std::function<void()> work);

  const std::string& uid() const { return uid_; }

private:
  /// What one action works with.
  struct job {
    pod_ptr pod;
    std::shared_ptr<const pod::observed_pod> observed;
    std::uint64_t number = 0; ///< in the order they were given
  };

  void keep(const job& with, const std::string& record);
  void tell_until(std::uint64_t number);
  void post_to(work_pool& pool, std::function<void()> work);
  bool enter();
  void leave();
  bool is_closed() const;
  pod::storage_use measure_storage(const job& with) const;

  void run(const job& with, const pod::mount_volumes& action);
  void run(const job& with, const pod::create_sandbox& action);
  void run(const job& with, const pod::ensure_image& action);
  void run(const job& with, const pod::start_container& action);
  void run(const job& with, const pod::run_hook& action);
  void run(const job& with, const pod::signal_container& action);
  void run(const job& with, const pod::stop_sandbox& action);
  void run(const job& with, const pod::unmount_volumes& action);
  void run(const job& with, const pod::remove_pod& action);
  void run(const job& with, const pod::delete_object& action);

  std::shared_ptr<sandbox::pod_sandbox>
  begin_start(const std::string& sandbox_id);
  void end_start();
  void start(const job& with, const pod::start_container& action,
             sandbox::pod_sandbox& at);

  result<container_context> context_of(const std::string& container_id) const;
  result<std::unique_ptr<sandbox::pod_sandbox>>
  reopen(const std::string& sandbox_id);
  sandbox::event_callback listener(const std::string& sandbox_id);
  adoption find_left_over(const pod_ptr& pod);
  void compare_containers(const sandbox::sandbox_state& state, adoption& out);
  result<std::vector<std::string>>
  join_network(const pod::sandbox_launch& launch);
  status_result leave_node(const view::core_v1::pod& view);
  std::optional<std::string>
  network_loss(const view::core_v1::pod& pod,
               const std::vector<std::string>& addresses) const;
  status_result remove_containers();
  status_result write_files(const job& with, const std::string& id,
                            pod::launch_context& context);
  status_result find_volumes(const job& with, pod::launch_context& context);
  status_result tell_services(const view::core_v1::pod& pod,
                              pod::launch_context& context) const;
  result<pod::container_launch>
  prepare_launch(const job& with, const view::core_v1::container& container,
                 const image::image_record& image, const std::string& id);
  result<sandbox::container_spec>
  make_spec(const job& with, const pod::start_container& action,
            const image::image_record& image, const std::string& id,
            const pod::container_launch& launch);
  pod::downward_facts facts_about(const job& with) const;
  status_result run_handler(const job& with, const pod::run_hook& action);
  status_result run_command(const std::string& id,
                            std::vector<std::string> command, duration limit);
  void pause(duration time);
  std::string logs_of(const view::core_v1::pod& pod,
                      std::string_view container) const;
  std::string last_words(const view::core_v1::pod& pod,
                         const pod::container_exited& exit);

  void on_event(const std::string& sandbox_id,
                const sandbox::sandbox_event& event);
  void container_over(const std::string& id, const sandbox::exit_status& how);
  void exec_over(const sandbox::exec_exited& event);
  void shim_over(const std::string& sandbox_id);
  void end_execs();
  void forget_container(const std::string& id);
  pod::container_exited describe_exit(const std::string& id,
                                      const sandbox::exit_status& how);

  node_services& services_;
  const std::string uid_;
  const report_function report_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t working_ = 0;
  bool closed_ = false;
  bool counting_ = false; ///< what the pod has written
  std::shared_ptr<sandbox::pod_sandbox> box_;
  std::string box_id_;     ///< as facts and actions name it
  std::size_t starts_ = 0; ///< of containers, under way
  pod_ptr pod_;            ///< as last seen
  std::uint64_t jobs_ = 0;
  std::mutex keeping_;
  std::uint64_t kept_ = 0; ///< number of the job whose record is on the disk
  /// What waits for the records of jobs up to that number.
  std::map<std::uint64_t, std::function<void()>> untold_;
  /// Names of the containers by id: exits say ids.
  std::map<std::string, std::string> names_;
  /// Being started: their exits wait until that was reported.
  std::set<std::string> starting_;
  std::map<std::uint64_t, exec_function> exec_waiters_;
  /// Ends that came before anybody asked; the oldest go first.
  std::map<std::uint64_t, sandbox::exit_status> exec_ends_;
};

} // namespace troupe::agent

#pragma once

#include "node/sandbox/host.hpp"
#include "node/sandbox/sandbox.hpp"
#include "node/sandbox/shim_client.hpp"
#include "node/shim/plan.hpp"

namespace troupe::sandbox {

/// The one `pod_sandbox` there is. Without a client the shim is dead.
class sandbox_impl final : public pod_sandbox {
public:
  sandbox_impl(host_impl& host, unique_fd directory, std::string path,
               event_callback on_event);

  ~sandbox_impl() override;

  /// Greets a shim and begins to listen to its events.
  status_result connect(unique_fd socket, duration timeout);

  /// From now on the shim's death is told.
  void watch_process();

  /// Makes the pod's namespaces.
  status_result set_up(const sandbox_spec& spec, duration timeout);

  /// Kills the shim, and with it its containers, and removes its files.
  void abandon();

  /// Gives up a shim that is dead or was never set up: kills what it left and
  /// keeps what its journal knows. `not_found` when it never kept one.
  status_result forsake();

  bool is_ready() const { return (flags_ & shim::sandbox_ready) != 0; }

  result<container_state> start_container(container_spec spec,
                                          duration timeout) override;
  status_result signal(std::string_view container_id, int number,
                       signal_scope scope, duration timeout) override;
  result<exec_process> exec(exec_spec spec, duration timeout) override;
  result<attachment> attach(const attach_spec& spec, duration timeout) override;
  status_result resize(std::string_view container_id, std::uint16_t columns,
                       std::uint16_t rows, duration timeout) override;
  status_result resize_exec(std::uint64_t exec_id, std::uint16_t columns,
                            std::uint16_t rows, duration timeout) override;
  status_result kill_exec(std::uint64_t exec_id, duration timeout) override;
  status_result reopen_log(std::string_view container_id,
                           duration timeout) override;
  result<sandbox_state> state(duration timeout) override;
  status_result destroy(duration timeout) override;

private:
  /// Asks for something whose reply begins with an outcome; fails when that
  /// does.
  result<shim_reply> ask(shim::message kind, bytes_view body,
                         const std::vector<int>& descriptors, duration timeout);
  status_result tell(shim::message kind, bytes_view body, duration timeout);
  status_result send_signal(const shim::signal_request& request,
                            duration timeout);
  status_result set_size(const shim::resize_request& request, duration timeout);
  result<std::vector<std::uint64_t>> filter_for(const security_spec& security,
                                                std::uint64_t capabilities);
  void on_hello(bytes_view body);
  void on_event(shim::message kind, bytes_view body);
  void stop_listening();

  host_impl& host_;
  unique_fd directory_;
  std::string path_;
  event_callback on_event_;
  std::unique_ptr<shim_client> client_;
  unique_fd process_; ///< the shim
  pid_t shim_pid_ = 0;
  std::uint64_t socket_ticket_ = 0;
  std::uint64_t process_ticket_ = 0;
  std::mutex destroy_mutex_;
  std::string pod_uid_;
  std::uint32_t flags_ = 0; ///< shim::sandbox_*
};

/// Copies a name into a message's array; false when it does not fit.
template <std::size_t Size>
bool put(char (&array)[Size], std::string_view text) {
  if (text.size() >= Size)
    return false;
  text.copy(array, text.size());
  array[text.size()] = '\0';
  return true;
}

} // namespace troupe::sandbox

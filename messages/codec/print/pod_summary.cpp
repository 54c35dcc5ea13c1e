#include "messages/codec/print/pod_summary.hpp"

namespace troupe::codec {

namespace {

namespace core = view::core_v1;

/// Counts of restarts; texts of times in UTC sort as the times.
struct restart_count {
  std::int64_t restarts = 0;
  std::string_view last;

  void take(core::container_status status) {
    restarts += status.restart_count();
    const auto ended = status.last_state().terminated().finished_at();
    if (last < ended)
      last = ended;
  }
};

bool is_true(core::pod_status status, std::string_view type) {
  for (auto condition : status.conditions())
    if (condition.type() == type)
      return condition.status() == "True";
  return false;
}

/// "Error", "Signal:9" or "ExitCode:1".
std::string ended_with(core::container_state_terminated ended) {
  if (!ended.reason().empty())
    return std::string{ended.reason()};
  if (ended.signal() != 0)
    return "Signal:" + std::to_string(ended.signal());
  return "ExitCode:" + std::to_string(ended.exit_code());
}

class summary_maker {
public:
  explicit summary_maker(core::pod pod) : pod_{pod}, status_{pod.status()} {}

  pod_summary make() {
    out_.status = first_status();
    out_.total = pod_.spec().containers().size();
    for (auto container : pod_.spec().init_containers())
      out_.total += container.restart_policy() == "Always" ? 1 : 0;
    const bool initializing = look_at_init_containers();
    if (!initializing || is_true(status_, "Initialized"))
      look_at_containers();
    look_at_deletion();
    out_.restarts = all_.restarts;
    out_.last_restart = all_.last;
    return std::move(out_);
  }

private:
  std::string first_status() const {
    std::string out{status_.reason().empty() ? status_.phase()
                                             : status_.reason()};
    for (auto condition : status_.conditions())
      if (condition.type() == "PodScheduled"
          && condition.reason() == "SchedulingGated")
        out = condition.reason();
    return out;
  }

  bool is_sidecar(std::string_view name) const {
    for (auto container : pod_.spec().init_containers())
      if (container.name() == name)
        return container.restart_policy() == "Always";
    return false;
  }

  /// Whether an init container is still at work.
  bool look_at_init_containers() {
    std::size_t index = 0;
    for (auto status : status_.init_container_statuses()) {
      all_.take(status);
      const bool sidecar = is_sidecar(status.name());
      if (sidecar)
        sidecars_.take(status);
      const auto ended = status.state().terminated();
      const bool done = ended && ended.exit_code() == 0;
      const bool runs = sidecar && status.started();
      if (!done && !runs) {
        out_.status = "Init:" + init_status(status, index);
        return true;
      }
      out_.ready += !done && status.ready() ? 1 : 0;
      ++index;
    }
    return false;
  }

  std::string init_status(core::container_status status,
                          std::size_t index) const {
    const auto state = status.state();
    if (state.terminated())
      return ended_with(state.terminated());
    const auto reason = state.waiting().reason();
    if (!reason.empty() && reason != "PodInitializing")
      return std::string{reason};
    return std::to_string(index) + "/"
           + std::to_string(pod_.spec().init_containers().size());
  }

  void look_at_containers() {
    all_ = sidecars_;
    bool running = false;
    const auto statuses = status_.container_statuses();
    for (auto i = statuses.size(); i-- > 0;) {
      const auto status = statuses[i];
      const auto state = status.state();
      all_.take(status);
      if (!state.waiting().reason().empty()) {
        out_.status = state.waiting().reason();
      } else if (state.terminated()) {
        out_.status = ended_with(state.terminated());
      } else if (status.ready() && state.running()) {
        running = true;
        ++out_.ready;
      }
    }
    if (out_.status == "Completed" && running)
      out_.status = is_true(status_, "Ready") ? "Running" : "NotReady";
  }

  void look_at_deletion() {
    if (!pod_.metadata().has_deletion_timestamp())
      return;
    const auto phase = status_.phase();
    if (status_.reason() == "NodeLost")
      out_.status = "Unknown";
    else if (phase != "Succeeded" && phase != "Failed")
      out_.status = "Terminating";
  }

  core::pod pod_;
  core::pod_status status_;
  pod_summary out_;
  restart_count all_;
  restart_count sidecars_;
};

} // namespace

pod_summary summarize(core::pod pod) {
  return summary_maker{pod}.make();
}

} // namespace troupe::codec

#pragma once

#include "tests/sim/workload/client.hpp"

namespace troupe::sim {

/// One watcher: lists a prefix, watches it from there at some server, resumes
/// at another one from what it has heard, and lists anew when that is gone.
class watcher {
public:
  watcher(workload& shared, unsigned number, std::uint64_t seed);

  void start() { list(); }
  void stop() { stopped_ = true; }

private:
  environment& world() const { return shared_.world; }
  net::address address() const {
    return world().drawn.servers + world().drawn.clients + number_;
  }
  unsigned draw_server() {
    return static_cast<unsigned>(random_.below(shared_.servers.size()));
  }

  void list();
  void listed(std::size_t record, read_reply reply);
  void open(store::revision after);
  void heard(std::size_t record, const std::vector<seen_event>& events,
             store::revision reached);
  void guard_silence();
  template <class Callback>
  void later(duration wait, Callback what);

  workload& shared_;
  unsigned number_;
  prng random_;
  std::string prefix_;
  bool stopped_ = false;
  std::uint64_t stage_ = 0; ///< what belongs to an earlier one is not heard
  unsigned batches_ = 0;
  store::revision reached_;
  mono_time heard_at_;
};

} // namespace troupe::sim

#pragma once

#include "tests/support/datadriven.hpp"
#include "tests/unit/runtime/raft/raft_cluster.hpp"

#include <set>
#include <string>

namespace troupe::raft::test {

using troupe::test::script_command;

/// The commands of tests/data/raft/*.txt. `quiet` after any of them hides its
/// trace; a trace line is `member: effect`.
///
///     cluster a,b,c [kept=N] [inflight=N] [batch=N] [uncommitted=N] [seed=N]
///     tick M [N]           N ticks at member M
///     campaign M           tick M until it asks for votes
///     propose M PAYLOAD    propose at M
///     read M               read at M
///     persist M            all pending storage of M completes
///     deliver [M] [from=M] [drop]   messages now on their way, to M
///     stabilize            persist and deliver until nothing moves
///     isolate M | heal M   messages from and to M are lost | not any more
///     crash M | restart M [suspect=I]
///     snapshots slow       from now on `snapshot-done` must tell of them
///     snapshot-done M      M hears of one it took or received
///     snapshot M           M takes a snapshot of what it applied
///     transfer M TO        M hands leadership to TO
///     status               role, term, commit and log of everyone
class script_env {
public:
  script_env();

  std::string run(const script_command& c);

private:
  void dispatch(const script_command& c);
  bool dispatch_faults(const script_command& c);
  void make_cluster(const script_command& c);
  void campaign(const std::string& name);
  void deliver(const script_command& c);
  void stabilize();
  bool drop_isolated();
  std::string status();

  raft_cluster cluster_;
  std::set<std::string> isolated_;
  std::string trace_;
  std::uint64_t tag_ = 0;
};

} // namespace troupe::raft::test

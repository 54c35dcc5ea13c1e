#pragma once

#include "actors/state/replica.hpp"
#include "runtime/watch/watch_hub.hpp"
#include "tests/sim/workload/history.hpp"
#include "tests/sim/world/environment.hpp"
#include "tests/sim/world/process_disk.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::sim {

/// What a server says to a read.
struct read_reply {
  store::barrier_outcome barrier = store::barrier_outcome::reached;
  std::optional<store::read_gap> gap;
  read_call::answer answer;
};

/// A watch at a server, from its side.
struct watch_stream {
  net::address to = 0;
  mono_time arrives; ///< of what was sent last: a stream keeps its order
  bool broken = false;
  std::function<void(std::vector<seen_event>, store::revision reached)> deliver;
  std::function<void(watch::watch_end)> ended;
};

/// One server: the product's replica in a process that can be killed, paused
/// and starved, on a disk that outlives it, with a clock of its own. It drives
/// the replica as the state actor does: inputs pile up while a sync runs.
class server {
public:
  using propose_done = std::function<void(store::propose_outcome)>;
  using read_done = std::function<void(read_reply)>;

  server(environment& world, unsigned number, std::uint64_t seed);
  ~server();

  unsigned number() const { return number_; }
  std::string name() const { return "s" + std::to_string(number_ + 1); }
  bool up() const { return replica_ != nullptr; }
  bool paused() const { return paused_; }
  bool leads() const;
  raft::log_index applied() const;
  /// Its log ends where it has applied it.
  bool commits_all() const;
  std::string describe() const;
  /// Has its state compared with that of others at the same index.
  void compare_state();

  /// Where messages to other replicas go.
  std::function<void(unsigned to, shared_bytes message)> send;

  // -- what a nemesis does ---------------------------------------------------

  /// Recovers from the disk. Refusing to is a violation: no fault here takes
  /// what was synced.
  void start();

  /// kill -9: what was written stays, synced or not.
  void kill();

  /// What was not synced is lost, torn or kept, sector by sector.
  void cut_power();

  void pause();
  void resume();
  void resign();

  void set_clock(duration wrong_by) { clock_offset_ = wrong_by; }
  void slow_disk(unsigned factor) { disk_factor_ = factor; }
  void fill_disk(bool full);
  void slow_steps(duration extra) { step_extra_ = extra; }

  // -- what peers and clients do ---------------------------------------------

  void receive(bytes_view message);

  // Without an answer when the process dies meanwhile.
  void propose(store::proposal value, propose_done done);
  void raise(store::raise_fence value, wall_time deadline, propose_done done);
  void read(const read_call& what, read_done done);

  /// False when the server is down. The stream begins once the server has
  /// caught up with `after`.
  bool watch(std::string prefix, store::revision after, watch_stream stream);

private:
  wall_time wall() const;
  mono_time mono() const;
  state::replica_config config() const;
  state::replica_sink sink();

  void tick();
  void wake();
  void drain();
  void begin_sync();
  void end_sync();
  void lost(const error& why);
  void end_life();
  void forget_vote();
  void carry_out(state::replica_effect& what);
  void send_to_peer(state::send_message& what);
  void save(const state::save_snapshot& what);
  void published(const state::publish& what);
  void compare();

  template <class Callback>
  void later(duration wait, Callback what);
  state::ticket enter(propose_done done);
  state::ticket enter(std::function<void(store::barrier_outcome)> done);
  void input(state::input what);
  read_reply look(const read_call& what) const;

  void spread(const watch::hub_output& what);
  void stream_out(watch_stream& to, std::vector<seen_event> events,
                  store::revision reached);
  void close(watch::watch_id who, watch::watch_end why);

  environment& world_;
  unsigned number_;
  prng random_;
  sim_disk storage_;
  std::uint64_t life_ = 0;
  duration clock_offset_{};
  std::int64_t drift_ = 0; ///< in millionths
  unsigned disk_factor_ = 1;
  duration step_extra_{};

  // Of one life of the process.
  std::unique_ptr<process_disk> disk_;
  std::unique_ptr<state::replica> replica_;
  std::unique_ptr<watch::watch_hub> hub_;
  std::map<watch::watch_id, watch_stream> streams_;
  std::map<state::ticket, propose_done> proposals_;
  std::map<state::ticket, std::function<void(store::barrier_outcome)>>
      barriers_;
  std::vector<state::input> inbox_;
  std::vector<std::function<void()>> frozen_; ///< due while paused
  std::uint64_t last_ticket_ = 0;
  bool busy_ = false;
  bool syncing_ = false;
  bool ticked_ = false;
  bool paused_ = false;
  bool published_ = false;         ///< in this step
  raft::log_index snapshot_known_; ///< the replica's, before this step
  store::revision compacted_;
  raft::term leads_in_;
};

} // namespace troupe::sim

#pragma once

#include "tests/sim/workload/history.hpp"
#include "tests/sim/world/environment.hpp"
#include "tests/sim/world/server.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::sim {

/// What the clients of a run share.
struct workload {
  environment& world;
  std::vector<std::unique_ptr<server>>& servers;
  history all;
  std::uint64_t last_epoch = 0; ///< of any fence
};

/// The keys of a run, and the prefixes ranges and watches use.
store::key key_of(unsigned number);

/// The time of clients, whose clocks are right.
wall_time wall_at(mono_time t);

inline constexpr std::string_view prefixes[] = {"app/", "app/a/", "app/b/"};

/// One client: one call after the other, each to some server, tried again at
/// another one where that is safe, until its time is over. It writes down what
/// it did and what it heard.
class client {
public:
  client(workload& shared, unsigned number, std::uint64_t seed);

  void start() { think(); }

  /// Begins nothing new.
  void stop() { stopped_ = true; }

  bool idle() const { return stopped_ && !busy_; }

  /// Calls that ended with an answer and began after `since`.
  unsigned answered_since(mono_time since) const;

private:
  net::address address() const { return world().drawn.servers + number_; }
  environment& world() const { return shared_.world; }
  call_record& record() { return shared_.all.calls[record_]; }

  void think();
  void begin();
  void attempt();
  void attempt_write(unsigned to);
  void attempt_raise(unsigned to);
  void attempt_read(unsigned to);
  void heard(store::propose_outcome outcome);
  void heard(read_reply reply);
  void again();
  void give_up();
  void end(bool answered);
  void learn(const call_record& call);

  store::proposal draw_proposal();
  store::put draw_put(const store::key& key);
  store::guard draw_guard(const store::key& key, bool exists);
  store::key draw_key();
  raise_call draw_raise();
  read_call draw_read();
  void draw_fence(store::proposal& out);

  /// Wraps an answer so that it counts only for this attempt.
  template <class Answer>
  std::function<void(Answer)> back(unsigned from,
                                   std::function<void(Answer)> what);

  workload& shared_;
  unsigned number_;
  prng random_;
  unsigned values_ = 0;
  bool stopped_ = false;
  bool busy_ = false;
  std::size_t record_ = 0;
  std::uint64_t attempt_ = 0; ///< numbers every attempt of this client
  bool undecided_ = false;    ///< an earlier one may have taken effect
  unsigned attempts_ = 0;     ///< of this call
  mono_time until_;
  std::map<store::key, store::revision> known_; ///< 0: absent
  std::map<std::string, store::revision> epochs_;
  store::revision newest_; ///< revision it has heard of
  std::vector<std::size_t> answered_;
};

} // namespace troupe::sim

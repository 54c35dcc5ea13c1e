#include "tests/unit/runtime/raft/raft_cluster.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

/// Random schedules of loss, repetition, reordering, slow disks, partitions,
/// clocks that run apart, crashes and logs that lose their tail. After every
/// step the properties of figure 3.2 of the thesis must hold.
namespace troupe::raft::test {

namespace {

class checker {
public:
  void leads(const member_id& m, const raft_fsm& fsm) {
    const auto [it, first] = leaders_.emplace(fsm.term(), m);
    if (!first && it->second != m)
      throw std::logic_error{"election safety: two leaders in a term"};
    if (!first)
      return;
    for (const auto& [index, c] : committed_) {
      const auto& log = fsm.log();
      if (c.known_at < fsm.term() && index > log.start().index
          && log.term_at(index) != c.at.term)
        throw std::logic_error{"leader completeness: an entry is missing"};
    }
  }

  void applied(const sim_member& m, const entry& e) {
    const auto [it, first] =
        committed_.emplace(e.at.index, commit{e.at, m.fsm->term(), m.digest});
    if (it->second.at != e.at || it->second.digest != m.digest)
      throw std::logic_error{"state machine safety: states differ"};
    if (!first)
      it->second.known_at = std::min(it->second.known_at, m.fsm->term());
  }

  static void log_matching(const raft_log& a, const raft_log& b) {
    auto index = std::min(a.last().index, b.last().index);
    const auto low = std::max(a.start().index, b.start().index);
    bool matched = false;
    for (; index > low; index = log_index{index.value() - 1}) {
      const bool same = a.term_at(index) == b.term_at(index);
      if (matched && !same)
        throw std::logic_error{"log matching: logs differ before a match"};
      matched = matched || same;
    }
  }

  std::size_t committed() const { return committed_.size(); }
  std::size_t elections() const { return leaders_.size(); }

private:
  struct commit {
    log_position at;
    raft::term known_at; ///< not before the term that committed it
    std::uint64_t digest;
  };

  std::map<raft::term, member_id> leaders_;
  std::map<log_index, commit> committed_;
};

/// Messages in per cent, the rest in per mille of the steps.
struct chances {
  unsigned lose;
  unsigned repeat;
  unsigned crash;
  unsigned cut = 0;  ///< the network is parted, or joined again
  unsigned tail = 0; ///< of crashes: the log loses its end
};

/// Who hears whom. Beside a cut, one clock may stand: its replica goes on as
/// what it was, long after the others have moved on.
struct partition {
  std::set<member_id> apart; ///< from all others; empty: all are together
  bool one_way = false;      ///< it still hears them
  std::optional<member_id> stopped;

  bool loses(const message& m) const {
    const bool out = apart.contains(m.from);
    return out != apart.contains(m.to) && (out || !one_way);
  }
};

/// One seeded run.
class schedule {
public:
  schedule(std::uint64_t seed, std::size_t size, chances c)
      : random_(seed), chances_(c) {
    for (std::size_t i = 0; i < size; ++i)
      names_.push_back(member_id{std::string(1, static_cast<char>('a' + i))});
    cluster_.applied = [this](const sim_member& m, const entry& e) {
      checker_.applied(m, e);
    };
    for (std::size_t i = 0; i < size; ++i) {
      raft::config config{group_id{1}, names_[i], names_};
      config.seed = seed * 31 + i;
      // Short, so that there are many elections to go wrong.
      config.election_timeout_ticks = 3;
      config.kept_entries = 3;
      config.append_entries_max = 1 + seed % 4;
      config.inflight_appends_max = 3;
      cluster_.add(config);
    }
    cluster_.slow_snapshots = true;
  }

  void run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      act();
      for (const auto& [name, m] : cluster_.members())
        if (m.fsm && m.fsm->role() == role::leader)
          checker_.leads(name, *m.fsm);
      if (i % 64 == 0)
        compare_logs();
    }
  }

  /// Without faults every replica reaches the same end.
  void heal() {
    chances_ = {};
    cut_ = {};
    for (const auto& name : names_)
      if (!cluster_.members().at(name).fsm)
        restart(name.value());
    for (int round = 0; round < 400 || (!has_converged() && round < 4000);
         ++round) {
      for (const auto& name : names_) {
        if (round % 4 == 0)
          cluster_.feed(name.value(), tick{});
        while (cluster_.complete_storage(name.value())
               || cluster_.complete_snapshot(name.value())) {
        }
      }
      for (auto n = cluster_.network().size(); n > 0; --n)
        cluster_.deliver(0);
      if (round == 300)
        for (const auto& name : names_)
          propose_at(name.value());
    }
    compare_logs();
  }

  bool has_converged() {
    const auto& first = cluster_.members().begin()->second;
    for (const auto& [name, m] : cluster_.members())
      if (m.digest != first.digest || m.applied != first.applied)
        return false;
    return true;
  }

  const checker& findings() const { return checker_; }
  std::size_t reads() const { return reads_ready_; }

private:
  std::size_t below(std::size_t n) { return random_() % n; }

  void propose_at(const std::string& name) {
    if (cluster_.at(name).fsm)
      cluster_.feed(name, propose{proposal_tag{++tag_},
                                  make_shared_bytes(std::to_string(tag_))});
  }

  void act() {
    const auto name = names_[below(names_.size())].value();
    const auto dice = below(1000);
    if (below(1000) < chances_.cut)
      return cut();
    if (dice < chances_.crash)
      return crash(below(2) == 0 ? leader_or(name) : name);
    if (dice < 560)
      return move_message();
    if (!cluster_.at(name).fsm)
      return restart(name);
    if (dice < 730)
      cluster_.complete_storage(name);
    else if (dice < 740)
      cluster_.complete_snapshot(name);
    else if (dice < 860)
      tick_at(name);
    else if (dice < 950)
      propose_at(leader_or(name));
    else if (dice < 970)
      cluster_.snapshot(name);
    else if (dice < 995)
      read_at(below(2) == 0 ? leader_or(name) : name);
    else
      cluster_.feed(name, transfer_leadership{names_[below(names_.size())]});
  }

  void tick_at(const std::string& name) {
    if (cut_.stopped != member_id{name})
      cluster_.feed(name, tick{});
  }

  /// One of those that lead as far as they know, if any does.
  std::string leader_or(const std::string& name) {
    std::vector<std::string> leaders;
    for (const auto& [each, m] : cluster_.members())
      if (m.fsm && m.fsm->role() == role::leader)
        leaders.push_back(each.value());
    return leaders.empty() ? name : leaders[below(leaders.size())];
  }

  /// Sets the newest leader apart, so that each leaves entries behind that
  /// only it has, and some come back to lead again (figure 3.7).
  void cut() {
    std::optional<member_id> newest;
    for (const auto& [name, m] : cluster_.members())
      if (m.fsm && m.fsm->role() == role::leader
          && (!newest
              || m.fsm->term() > cluster_.members().at(*newest).fsm->term()))
        newest = name;
    if (!newest || cut_.apart.contains(*newest)) {
      if (below(4) == 0)
        cut_ = {};
      return;
    }
    cut_ = {{*newest}, below(4) == 0, std::nullopt};
    if (below(3) == 0)
      cut_.apart.insert(names_[below(names_.size())]);
    if (below(2) == 0)
      cut_.stopped = newest;
  }

  void crash(const std::string& name) {
    std::erase_if(lost_, [this](const auto& lost) {
      const auto& m = cluster_.at(lost.first);
      return m.fsm && !m.fsm->is_suspect();
    });
    cluster_.crash(name);
    const auto& m = cluster_.at(name);
    // One that only may have lost something, and did not.
    if (below(1000) < chances_.tail && !lost_.contains(name)
        && !m.disk.entries.empty()) {
      const auto next = m.disk.entries.back().at.index.next();
      lost_[name] = {next, below(2) > 0 ? std::optional{next.plus(below(3))}
                                        : std::nullopt};
      return;
    }
    // Of two replicas that lost what they acknowledged a majority may have.
    if (below(1000) < chances_.tail && lost_.empty()
        && !m.disk.entries.empty()) {
      const auto last = m.disk.entries.back().at.index.value();
      const auto from = last - std::min<std::uint64_t>(below(3), last - 1);
      if (from > m.disk.snapshot.index.value())
        lost_[name] = {log_index{from}, below(3) > 0
                                            ? std::optional{log_index{last}}
                                            : std::nullopt};
    }
  }

  /// A replica is suspect until it was told otherwise, however often it dies.
  void restart(const std::string& name) {
    const auto lost = lost_.find(name);
    if (lost == lost_.end())
      cluster_.restart(name);
    else
      cluster_.restart(name, lost->second);
  }

  void move_message() {
    auto& network = cluster_.network();
    if (network.empty())
      return;
    const auto i = below(network.size());
    const auto dice = below(100);
    if (dice < chances_.lose || cut_.loses(network[i])) {
      network.erase(network.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
    if (dice < chances_.lose + chances_.repeat)
      network.push_back(network[i]);
    cluster_.deliver(i);
  }

  /// 6.4: an index handed out for a read covers all that was applied anywhere
  /// before the read began.
  void read_at(const std::string& name) {
    const read_tag tag{++tag_};
    reads_[tag] = log_index{checker_.committed()};
    cluster_.observer = [this](const member_id&, const effect& e) {
      const auto* ready = std::get_if<read_ready>(&e);
      if (!ready)
        return;
      ++reads_ready_;
      if (ready->index < reads_.at(ready->tag))
        throw std::logic_error{"read index: a committed write is missed"};
    };
    cluster_.feed(name, read{tag});
  }

  void compare_logs() {
    for (const auto& [x, a] : cluster_.members())
      for (const auto& [y, b] : cluster_.members())
        if (x < y && a.fsm && b.fsm)
          checker::log_matching(a.fsm->log(), b.fsm->log());
  }

  std::mt19937_64 random_;
  chances chances_;
  std::vector<member_id> names_;
  raft_cluster cluster_;
  checker checker_;
  partition cut_;
  std::map<std::string, lost_entries> lost_; ///< tails, of suspect replicas
  std::uint64_t tag_ = 0;
  std::map<read_tag, log_index> reads_;
  std::size_t reads_ready_ = 0;
};

} // namespace

TEST_CASE("random schedules keep the properties of Raft", "[raft]") {
  struct run {
    const char* name;
    std::size_t size;
    chances faults;
    std::uint64_t seeds = 12;
  };
  const run runs[] = {
      {"three, calm", 3, {2, 2, 0}},
      {"three, lossy", 3, {25, 15, 2}},
      {"three, crashing", 3, {5, 5, 12}},
      {"five, crashing", 5, {8, 8, 8}},
      {"three, stormy", 3, {15, 10, 40}},
      {"five, stormy", 5, {10, 10, 30}},
      {"two, crashing", 2, {5, 5, 6}},
      {"one, crashing", 1, {0, 0, 10}},
      {"three, parted", 3, {2, 2, 1, 8}, 40},
      {"five, parted", 5, {2, 2, 1, 8}, 40},
      {"three, forgetful", 3, {5, 5, 12, 4, 500}, 40},
      {"five, forgetful", 5, {5, 5, 12, 4, 500}, 40},
  };
  for (const auto& r : runs) {
    std::size_t committed = 0;
    std::size_t elections = 0;
    std::size_t reads = 0;
    for (std::uint64_t seed = 1; seed <= r.seeds; ++seed) {
      INFO(r.name << ", seed " << seed);
      schedule s{seed, r.size, r.faults};
      REQUIRE_NOTHROW(s.run(6000));
      REQUIRE_NOTHROW(s.heal());
      CHECK(s.has_converged());
      committed += s.findings().committed();
      elections += s.findings().elections();
      reads += s.reads();
    }
    // A schedule in which nothing happens proves nothing.
    INFO(r.name << ": " << committed << " committed, " << elections
                << " elections, " << reads << " reads");
    CHECK(committed > 200);
    CHECK(elections >= r.seeds);
    CHECK(reads > 10);
  }
}

} // namespace troupe::raft::test

#include "tests/unit/runtime/raft/raft_cluster.hpp"

#include "messages/base/overload.hpp"

#include <algorithm>
#include <sstream>

namespace troupe::raft::test {

namespace {

constexpr std::size_t chunk_size = 8;

std::uint64_t mix(std::uint64_t digest, const entry& e) {
  const auto add = [&](std::uint64_t x) {
    digest = (digest ^ x) * 0x100000001b3ull + 0x9e3779b97f4a7c15ull;
  };
  add(e.at.index.value());
  add(e.at.term.value());
  for (const unsigned char c : e.payload ? *e.payload : bytes{})
    add(c);
  return digest;
}

/// As the log on a real disk: a snapshot that it does not hold voids it.
void join(sim_disk& d) {
  if (d.entries.empty() || d.snapshot.index < d.entries.front().at.index)
    return;
  const auto holds =
      std::any_of(d.entries.begin(), d.entries.end(),
                  [&](const entry& e) { return e.at == d.snapshot; });
  if (!holds)
    d.entries.clear();
}

} // namespace

storage_sequence sequence_of(const effect& e) {
  return std::visit(
      overload{[](const persist_hard_state& x) { return x.sequence; },
               [](const append_log& x) { return x.sequence; },
               [](const reset_log& x) { return x.sequence; },
               [](const auto&) { return storage_sequence{}; }},
      e);
}

void raft_cluster::add(raft::config c) {
  sim_member m;
  m.config = c;
  members_.emplace(c.self, std::move(m));
  restart(c.self.value());
}

sim_member& raft_cluster::at(const std::string& name) {
  return members_.at(member_id{name});
}

void raft_cluster::feed(const std::string& name, input in) {
  auto& m = at(name);
  m.upcoming.push_back(std::move(in));
  run_upcoming(m);
}

void raft_cluster::run_upcoming(sim_member& m) {
  while (m.fsm && !m.upcoming.empty()) {
    const auto in = std::move(m.upcoming.front());
    m.upcoming.pop_front();
    for (const auto& e : m.fsm->step(in))
      carry_out(m, e);
    release(m);
  }
}

bool raft_cluster::complete_storage(const std::string& name) {
  auto& m = at(name);
  if (!m.fsm || m.storage.empty())
    return false;
  const auto sequence = sequence_of(m.storage.front());
  while (!m.storage.empty() && sequence_of(m.storage.front()) == sequence) {
    store(m.disk, m.storage.front());
    m.storage.pop_front();
  }
  m.durable = sequence;
  release(m);
  feed(name, persisted{sequence});
  return true;
}

bool raft_cluster::complete_snapshot(const std::string& name) {
  auto& m = at(name);
  if (!m.fsm || m.late.empty())
    return false;
  auto in = std::move(m.late.front());
  m.late.pop_front();
  feed(name, std::move(in));
  return true;
}

void raft_cluster::deliver(std::size_t i) {
  const auto m = network_[i];
  network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(i));
  if (at(m.to.value()).fsm)
    feed(m.to.value(), received{m});
}

void raft_cluster::crash(const std::string& name) {
  auto& m = at(name);
  m.fsm.reset();
  m.storage.clear();
  m.held.clear();
  m.upcoming.clear();
  m.late.clear();
  m.intake.clear();
  m.durable = {};
}

void raft_cluster::restart(const std::string& name,
                           std::optional<lost_entries> lost) {
  auto& m = at(name);
  crash(name);
  join(m.disk);
  m.applied = m.disk.snapshot;
  m.digest =
      m.disk.snapshot_data.empty() ? 0 : std::stoull(m.disk.snapshot_data);
  m.snapshots = {{m.disk.snapshot.index, m.disk.snapshot_data}};
  auto entries = m.disk.entries;
  if (lost)
    std::erase_if(entries,
                  [&](const entry& e) { return e.at.index >= lost->first; });
  m.disk.entries = entries;
  m.config.seed += 1000003;
  m.fsm.emplace(m.config, recovered_state{m.disk.hard, m.disk.snapshot,
                                          std::move(entries), lost});
}

void raft_cluster::snapshot(const std::string& name) {
  auto& m = at(name);
  if (m.applied.index <= m.disk.snapshot.index)
    return;
  // Long enough for a few chunks.
  std::string data = std::to_string(m.digest);
  data.insert(0, 24 - data.size(), '0');
  m.disk.snapshot = m.applied;
  m.disk.snapshot_data = data;
  m.snapshots[m.applied.index] = data;
  say_of_snapshot(m, snapshot_taken{m.applied});
  run_upcoming(m);
}

void raft_cluster::say_of_snapshot(sim_member& m, input in) {
  (slow_snapshots ? m.late : m.upcoming).push_back(std::move(in));
}

void raft_cluster::carry_out(sim_member& m, const effect& e) {
  if (observer)
    observer(m.config.self, e);
  if (sequence_of(e).value() > 0) {
    m.storage.push_back(e);
    return;
  }
  std::visit(
      overload{
          [&](const send& x) { m.held.push_back(x); },
          [&](const send_snapshot_chunk& x) {
            send_chunk(m, x.message, x.after);
          },
          [&](const write_snapshot_chunk& x) { write_chunk(m, x.chunk); },
          [&](const compact_log& x) {
            std::erase_if(m.disk.entries, [&](const entry& old) {
              return old.at.index <= x.up_to;
            });
          },
          [&](const restore_snapshot& x) {
            m.applied = x.at;
            m.digest = std::stoull(m.snapshots.at(x.at.index));
          },
          [&](const apply_entries& x) {
            for (const auto& one : x.entries)
              apply(m, one);
          },
          [](const auto&) {},
      },
      e);
}

void raft_cluster::release(sim_member& m) {
  std::vector<send> waiting;
  for (auto& s : m.held) {
    if (s.after <= m.durable)
      network_.push_back(s.message);
    else
      waiting.push_back(s);
  }
  m.held = std::move(waiting);
}

void raft_cluster::store(sim_disk& d, const effect& e) {
  if (const auto* hard = std::get_if<persist_hard_state>(&e))
    d.hard = hard->state;
  if (std::holds_alternative<reset_log>(e))
    d.entries.clear();
  if (const auto* log = std::get_if<append_log>(&e)) {
    if (log->truncate_from)
      std::erase_if(d.entries, [&](const entry& old) {
        return old.at.index >= *log->truncate_from;
      });
    d.entries.insert(d.entries.end(), log->entries.begin(), log->entries.end());
  }
}

void raft_cluster::apply(sim_member& m, const entry& e) {
  m.applied = e.at;
  m.digest = mix(m.digest, e);
  if (applied)
    applied(m, e);
}

void raft_cluster::send_chunk(sim_member& m, message chunk,
                              storage_sequence after) {
  auto& body = std::get<snapshot_chunk>(chunk.body);
  const auto found = m.snapshots.find(body.at.index);
  if (found == m.snapshots.end()) {
    m.upcoming.push_back(snapshot_unreadable{chunk.to, body.at.index});
    return;
  }
  const auto& data = found->second;
  body.data = make_shared_bytes(data.substr(body.offset, chunk_size));
  body.last = body.offset + chunk_size >= data.size();
  m.held.push_back({std::move(chunk), after});
}

void raft_cluster::write_chunk(sim_member& m, const snapshot_chunk& chunk) {
  if (chunk.offset == 0)
    m.intake.clear();
  m.intake += *chunk.data;
  if (!chunk.last)
    return;
  if (m.intake.size() != 24) {
    say_of_snapshot(m, snapshot_refused{chunk.at});
    return;
  }
  // A driver keeps the newest: one taken meanwhile is not replaced.
  if (chunk.at.index > m.disk.snapshot.index) {
    m.disk.snapshot = chunk.at;
    m.disk.snapshot_data = m.intake;
  }
  m.snapshots[chunk.at.index] = m.intake;
  say_of_snapshot(m, snapshot_installed{chunk.at});
}

} // namespace troupe::raft::test

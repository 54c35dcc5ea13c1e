#include "tests/unit/runtime/raft/script_env.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace troupe::raft::test {

script_env::script_env() {
  cluster_.observer = [this](const member_id& m, const effect& e) {
    trace_ += m.value() + ": " + to_text(e) + "\n";
  };
}

std::string script_env::run(const script_command& c) {
  trace_.clear();
  if (c.name == "status")
    return status();
  dispatch(c);
  const bool quiet =
      std::find(c.words.begin(), c.words.end(), "quiet") != c.words.end();
  return quiet || trace_.empty() ? "ok" : trace_;
}

void script_env::dispatch(const script_command& c) {
  const auto is_number = [](const std::string& s) {
    return !s.empty() && std::isdigit(static_cast<unsigned char>(s.front()));
  };
  if (c.name == "cluster") {
    make_cluster(c);
  } else if (c.name == "tick") {
    const bool many = c.words.size() > 1 && is_number(c.words[1]);
    for (int i = many ? std::stoi(c.words[1]) : 1; i > 0; --i)
      cluster_.feed(c.word(0), tick{});
  } else if (c.name == "campaign") {
    campaign(c.word(0));
  } else if (c.name == "propose") {
    cluster_.feed(c.word(0),
                  propose{proposal_tag{++tag_}, make_shared_bytes(c.word(1))});
  } else if (c.name == "read") {
    cluster_.feed(c.word(0), read{read_tag{++tag_}});
  } else if (c.name == "persist") {
    while (cluster_.complete_storage(c.word(0))) {
    }
  } else if (c.name == "deliver") {
    deliver(c);
  } else if (c.name == "stabilize") {
    stabilize();
  } else if (c.name == "snapshot") {
    cluster_.snapshot(c.word(0));
  } else if (c.name == "transfer") {
    cluster_.feed(c.word(0), transfer_leadership{member_id{c.word(1)}});
  } else if (!dispatch_faults(c)) {
    throw std::runtime_error{"unknown command " + c.name};
  }
}

bool script_env::dispatch_faults(const script_command& c) {
  if (c.name == "isolate") {
    isolated_.insert(c.word(0));
  } else if (c.name == "heal") {
    drop_isolated();
    isolated_.erase(c.word(0));
  } else if (c.name == "crash") {
    cluster_.crash(c.word(0));
  } else if (c.name == "snapshots") {
    cluster_.slow_snapshots = c.word(0) == "slow";
  } else if (c.name == "snapshot-done") {
    cluster_.complete_snapshot(c.word(0));
  } else if (c.name == "restart") {
    const auto only = c.option("suspect");
    std::optional<lost_entries> lost;
    if (!only.empty())
      lost = {log_index{std::stoull(only)}, log_index{std::stoull(only)}};
    cluster_.restart(c.word(0), lost);
  } else {
    return false;
  }
  return true;
}

void script_env::make_cluster(const script_command& c) {
  std::vector<member_id> voters;
  std::istringstream names{c.word(0)};
  for (std::string name; std::getline(names, name, ',');)
    voters.push_back(member_id{name});
  for (const auto& voter : voters) {
    raft::config config{group_id{1}, voter, voters};
    config.seed = std::stoull(c.option("seed", "0")) + voter.value()[0];
    config.kept_entries = std::stoull(c.option("kept", "1024"));
    config.inflight_appends_max = std::stoull(c.option("inflight", "64"));
    config.append_entries_max = std::stoull(c.option("batch", "256"));
    config.uncommitted_entries_max =
        std::stoull(c.option("uncommitted", "4096"));
    cluster_.add(config);
  }
}

void script_env::campaign(const std::string& name) {
  auto& m = cluster_.at(name);
  for (unsigned i = 0; i < 2 * m.config.election_timeout_ticks; ++i) {
    cluster_.feed(name, tick{});
    if (m.fsm->role() != role::follower)
      return;
  }
  throw std::runtime_error{name + " does not campaign"};
}

void script_env::deliver(const script_command& c) {
  const bool drops =
      std::find(c.words.begin(), c.words.end(), "drop") != c.words.end();
  const auto from = c.option("from");
  const auto to =
      c.words.empty() || c.words[0] == "drop" || c.words[0] == "quiet"
          ? std::string{}
          : c.words[0];
  drop_isolated();
  auto& network = cluster_.network();
  auto left = network.size();
  for (std::size_t i = 0; left > 0; --left) {
    const bool chosen = (to.empty() || network[i].to.value() == to)
                        && (from.empty() || network[i].from.value() == from);
    if (!chosen)
      ++i;
    else if (drops)
      network.erase(network.begin() + static_cast<std::ptrdiff_t>(i));
    else
      cluster_.deliver(i);
  }
}

bool script_env::drop_isolated() {
  return std::erase_if(cluster_.network(),
                       [this](const message& m) {
                         return isolated_.contains(m.from.value())
                                || isolated_.contains(m.to.value());
                       })
         > 0;
}

void script_env::stabilize() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [name, m] : cluster_.members())
      while (cluster_.complete_storage(name.value()))
        moved = true;
    moved = drop_isolated() || moved;
    for (auto n = cluster_.network().size(); n > 0; --n) {
      cluster_.deliver(0);
      moved = true;
    }
  }
}

std::string script_env::status() {
  std::ostringstream out;
  for (const auto& [name, m] : cluster_.members()) {
    out << name.value() << ": ";
    if (!m.fsm) {
      out << "down\n";
      continue;
    }
    const auto& log = m.fsm->log();
    out << to_string(m.fsm->role()) << " term=" << m.fsm->term().value()
        << " commit=" << log.commit().value()
        << " applied=" << m.applied.index.value() << " log=";
    for (auto i = log.start().index; i <= log.last().index; i = i.next())
      out << (i == log.start().index ? "" : " ") << i.value() << "@"
          << log.term_at(i)->value();
    out << (m.fsm->is_suspect() ? " suspect" : "") << "\n";
  }
  return out.str();
}

} // namespace troupe::raft::test

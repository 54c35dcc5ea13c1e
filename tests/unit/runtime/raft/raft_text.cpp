#include "tests/unit/runtime/raft/raft_cluster.hpp"

#include <sstream>

namespace troupe::raft::test {

namespace {

std::string text(log_position at) {
  return std::to_string(at.index.value()) + "@"
         + std::to_string(at.term.value());
}

std::string text(const member_id& m) {
  return m.value().empty() ? "nobody" : m.value();
}

std::string text(const std::vector<entry>& entries) {
  std::string out = "[";
  for (const auto& e : entries) {
    if (out.size() > 1)
      out += ' ';
    out += text(e.at) + ":" + (e.payload ? *e.payload : "-");
  }
  return out + "]";
}

struct body_text {
  std::ostringstream& out;

  void operator()(const vote_request& x) {
    out << (x.pre_vote ? "pre_vote" : "vote") << " last=" << text(x.last)
        << (x.transfer ? " transfer" : "");
  }
  void operator()(const vote_response& x) {
    out << (x.pre_vote ? "pre_vote " : "vote ")
        << (x.granted ? "granted" : "refused");
  }
  void operator()(const append_request& x) {
    out << "append previous=" << text(x.previous)
        << " commit=" << x.commit.value() << " " << text(x.entries);
  }
  void operator()(const append_accepted& x) {
    out << "accepted match=" << x.match.value();
  }
  void operator()(const append_rejected& x) {
    out << "rejected previous=" << x.previous.value()
        << " hint=" << text(x.hint) << (x.suspect ? " suspect" : "");
  }
  void operator()(const heartbeat& x) {
    out << "heartbeat commit=" << x.commit.value()
        << " context=" << x.context.value();
  }
  void operator()(const heartbeat_response& x) {
    out << "heartbeat_response context=" << x.context.value();
  }
  void operator()(const read_request&) { out << "read"; }
  void operator()(const read_response& x) {
    out << "read_response";
    if (x.served)
      out << " index=" << x.index.value();
    else
      out << " refused";
  }
  void operator()(const snapshot_chunk& x) {
    out << "snapshot at=" << text(x.at) << " offset=" << x.offset
        << " octets=" << (x.data ? x.data->size() : 0)
        << (x.last ? " last" : "");
  }
  void operator()(const snapshot_ack& x) {
    out << "snapshot_ack index=" << x.index.value() << " offset=" << x.offset;
  }
  void operator()(const timeout_now&) { out << "timeout_now"; }
  void operator()(const tail_request&) { out << "tail"; }
  void operator()(const tail_response& x) {
    out << "tail_response last=" << text(x.last);
  }
};

struct effect_text {
  std::ostringstream& out;

  void operator()(const role_changed& x) {
    out << to_string(x.role) << " term=" << x.term.value()
        << " leader=" << text(x.leader);
  }
  void operator()(const persist_hard_state& x) {
    out << "persist #" << x.sequence.value() << " term=" << x.state.term.value()
        << " vote=" << text(x.state.voted_for);
  }
  void operator()(const append_log& x) {
    out << "persist #" << x.sequence.value();
    if (x.truncate_from)
      out << " truncate=" << x.truncate_from->value();
    out << " append=" << text(x.entries);
  }
  void operator()(const reset_log& x) {
    out << "persist #" << x.sequence.value() << " reset=" << text(x.at);
  }
  void operator()(const compact_log& x) {
    out << "compact up_to=" << x.up_to.value();
  }
  void operator()(const send& x) {
    out << "send " << to_text(x.message);
    if (x.after.value() > 0)
      out << " (after #" << x.after.value() << ")";
  }
  void operator()(const send_snapshot_chunk& x) {
    out << "offer " << to_text(x.message);
  }
  void operator()(const write_snapshot_chunk& x) {
    out << "write ";
    body_text{out}(x.chunk);
  }
  void operator()(const restore_snapshot& x) {
    out << "restore " << text(x.at);
  }
  void operator()(const apply_entries& x) {
    out << "apply " << text(x.entries);
  }
  void operator()(const proposal_appended& x) {
    out << "proposal " << x.tag.value() << " appended " << text(x.at);
  }
  void operator()(const proposal_dropped& x) {
    out << "proposal " << x.tag.value() << " dropped " << to_string(x.reason)
        << " leader=" << text(x.leader);
  }
  void operator()(const read_ready& x) {
    out << "read " << x.tag.value() << " ready index=" << x.index.value();
  }
  void operator()(const read_dropped& x) {
    out << "read " << x.tag.value() << " dropped";
  }
  void operator()(const transfer_failed& x) {
    out << "transfer failed to=" << text(x.to);
  }
};

} // namespace

std::string to_text(const message& m) {
  std::ostringstream out;
  out << m.from.value() << "->" << m.to.value() << " t" << m.term.value()
      << " ";
  std::visit(body_text{out}, m.body);
  return out.str();
}

std::string to_text(const effect& e) {
  std::ostringstream out;
  std::visit(effect_text{out}, e);
  return out.str();
}

} // namespace troupe::raft::test

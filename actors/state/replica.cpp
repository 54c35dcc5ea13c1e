#include "actors/state/replica.hpp"

#include "messages/base/overload.hpp"

#include <algorithm>

namespace troupe::state {

namespace {

raft::storage_sequence sequence_of(const raft::effect& what) {
  return std::visit(
      [](const auto& x) -> raft::storage_sequence {
        if constexpr (requires { x.sequence; })
          return x.sequence;
        else
          return {};
      },
      what);
}

bool is_for_disk(const raft::effect& what) {
  return sequence_of(what) > raft::storage_sequence{}
         || std::holds_alternative<raft::compact_log>(what);
}

} // namespace

result<std::unique_ptr<replica>>
replica::open(disk_port& disk, const replica_config& config,
              std::vector<std::string>& findings) {
  recovered_replica found;
  auto storage =
      replica_storage::open(disk, config.log, config.core.raft.group,
                            config.core.raft.voters.size() == 1, found);
  if (!storage)
    return storage.error();
  findings = found.findings;
  return std::unique_ptr<replica>{
      new replica{disk, config, std::move(*storage), std::move(found)}};
}

replica::replica(disk_port& disk, const replica_config& config,
                 std::unique_ptr<replica_storage> storage,
                 recovered_replica found)
    : group_(config.core.raft.group),
      core_(config.core, std::move(found.raft), std::move(found.store)),
      storage_(std::move(storage)), source_(disk, config.log.self),
      intake_(disk, config.log) {
  // nop
}

input replica::input_of(replica_message message) {
  return std::visit(overload{
                        [](raft::message& m) -> input {
                          return raft::input{raft::received{std::move(m)}};
                        },
                        [](auto& m) -> input { return std::move(m); },
                    },
                    message);
}

status_result replica::step(std::span<input> inputs, const replica_sink& out) {
  std::vector<input> next;
  for (;;) {
    std::vector<input> more;
    if (auto done = carry_out(core_.step(inputs), out, more); !done)
      return done;
    release_messages(out);
    if (more.empty())
      return unit{};
    next = std::move(more);
    inputs = next;
  }
}

result<bool> replica::sync(const replica_sink& out) {
  auto durable = storage_->sync();
  if (!durable)
    return durable.error();
  if (*durable <= reported_)
    return false;
  reported_ = *durable;
  input in{raft::input{raft::persisted{reported_}}};
  if (auto done = step({&in, 1}, out); !done)
    return done.error();
  if (storage_->suspect() && !core_.raft().is_suspect())
    if (auto settled = storage_->settle(); !settled)
      return settled.error();
  return true;
}

status_result replica::carry_out(std::vector<effect> effects,
                                 const replica_sink& out,
                                 std::vector<input>& more) {
  std::vector<raft::effect> storage;
  for (auto& what : effects) {
    auto done = std::visit(
        overload{
            [&](raft::effect& e) {
              if (!is_for_disk(e))
                return carry_out(e, out, more);
              asked_ = std::max(asked_, sequence_of(e));
              storage.push_back(std::move(e));
              return status_result{unit{}};
            },
            [&](send_forward& e) {
              std::visit([&](auto& m) { out(send_message{std::move(m)}); },
                         e.message);
              return status_result{unit{}};
            },
            [&](save_snapshot& e) {
              intake_.forget(e.at);
              out(std::move(e));
              return status_result{unit{}};
            },
            [&](auto& e) {
              out(std::move(e));
              return status_result{unit{}};
            },
        },
        what);
    if (!done)
      return done;
  }
  return storage_->take(storage, core_.raft().log().start());
}

status_result replica::carry_out(raft::effect& what, const replica_sink& out,
                                 std::vector<input>& more) {
  if (auto* e = std::get_if<raft::send>(&what)) {
    held_.emplace(e->after, std::move(e->message));
  } else if (auto* e = std::get_if<raft::send_snapshot_chunk>(&what)) {
    auto& chunk = std::get<raft::snapshot_chunk>(e->message.body);
    if (source_.fill(group_, e->message.to, chunk))
      held_.emplace(e->after, std::move(e->message));
    else
      more.push_back(raft::input{
          raft::snapshot_unreadable{e->message.to, chunk.at.index}});
  } else if (auto* e = std::get_if<raft::write_snapshot_chunk>(&what)) {
    return take_chunk(e->chunk, more);
  } else if (auto* e = std::get_if<raft::role_changed>(&what)) {
    if (e->role != raft::role::leader)
      source_.clear();
    out(std::move(*e));
  } else if (auto* e = std::get_if<raft::transfer_failed>(&what)) {
    out(std::move(*e));
  }
  return unit{};
}

status_result replica::take_chunk(const raft::snapshot_chunk& chunk,
                                  std::vector<input>& more) {
  auto taken = intake_.take(group_, chunk);
  if (!taken)
    return taken.error();
  if (auto* whole = std::get_if<snapshot_intake::complete>(&*taken))
    more.push_back(snapshot_received{chunk.at, std::move(whole->store)});
  else if (std::holds_alternative<snapshot_intake::refused>(*taken))
    more.push_back(raft::input{raft::snapshot_refused{chunk.at}});
  return unit{};
}

/// Those that wait for nothing that is not durable, in the order of that.
void replica::release_messages(const replica_sink& out) {
  while (!held_.empty() && held_.begin()->first <= reported_) {
    auto message = held_.extract(held_.begin());
    out(send_message{std::move(message.mapped())});
  }
}

} // namespace troupe::state

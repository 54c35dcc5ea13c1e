#include "tests/sim/checker/cells.hpp"

#include "messages/base/overload.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace troupe::sim {

namespace {

std::string seconds(mono_time t) {
  std::ostringstream out;
  out.precision(6);
  out << std::fixed
      << std::chrono::duration<double>{t.time_since_epoch()}.count();
  return out.str();
}

/// The earliest moment at which somebody knew a value, and its revision.
struct sighting {
  mono_time at;
  std::uint64_t revision = 0;
};

class taking_apart {
public:
  explicit taking_apart(const history& all) : all_(all) {
    for (const auto& call : all_.calls)
      look_around(call);
  }

  std::map<std::string, std::vector<cell_operation>> run() {
    for (const auto& call : all_.calls)
      std::visit(overload{
                     [&](const write_call& what) { write(call, what); },
                     [&](const raise_call& what) { raise(call, what); },
                     [&](const read_call& what) { read(call, what); },
                 },
                 call.what);
    return std::move(cells_);
  }

private:
  void look_around(const call_record& call) {
    note_epoch(call);
    if (const auto* wrote = std::get_if<write_call>(&call.what)) {
      for (const auto& op : wrote->proposal.ops)
        std::visit([&](const auto& o) { keys_.insert(o.key); }, op);
      for (const auto& op : wrote->proposal.ops)
        if (const auto* put = std::get_if<store::put>(&op))
          values_.emplace(*put->value, values_.size() + 1);
    }
    const auto* read = std::get_if<read_call>(&call.what);
    if (!read || !read->result || !call.ended)
      return;
    for (const auto& object : read->result->objects) {
      keys_.insert(object.key);
      values_.emplace(object.value, values_.size() + 1);
      auto& seen = sightings_[object.value];
      if (seen.revision == 0 || *call.ended < seen.at)
        seen = {*call.ended, object.modified.value()};
    }
  }

  /// Which epochs somebody was told of.
  void note_epoch(const call_record& call) {
    const auto note = [&](const std::string& fence, const auto& outcome) {
      if (outcome)
        if (const auto* f = std::get_if<store::fenced_off>(&*outcome))
          epochs_.emplace(fence, f->epoch.value());
    };
    if (const auto* wrote = std::get_if<write_call>(&call.what)) {
      if (wrote->proposal.fence)
        note(wrote->proposal.fence->name, wrote->outcome);
    } else if (const auto* raised = std::get_if<raise_call>(&call.what)) {
      note(raised->fence.name, raised->outcome);
    }
  }

  cell_operation begin(const call_record& call, const std::string& text) const {
    cell_operation out;
    out.begun = call.begun;
    out.ended = call.ended;
    out.text = "[" + seconds(call.begun) + " .. "
               + (call.ended ? seconds(*call.ended) : "?") + "] client "
               + std::to_string(call.client) + " " + text;
    return out;
  }

  void add(const std::string& name, cell_operation what) {
    cells_[name].push_back(std::move(what));
  }

  static void meet(const store::guard& guard, cell_operation& out) {
    std::visit(overload{
                   [&](const store::key_absent&) { out.met_revision = 0; },
                   [&](const store::key_at_revision& g) {
                     out.met_revision = g.at.value();
                   },
                   [&](const store::key_present&) { out.met_something = true; },
                   [](const auto&) {},
               },
               guard);
  }

  static std::string key_of(const store::guard& guard) {
    return std::visit(
        [](const auto& g) -> std::string {
          if constexpr (requires { g.key; })
            return g.key;
          else
            return {};
        },
        guard);
  }

  /// When somebody first saw a value of this proposal.
  std::optional<mono_time> seen_of(const store::proposal& proposal) const {
    std::optional<mono_time> out;
    for (const auto& op : proposal.ops)
      if (const auto* put = std::get_if<store::put>(&op))
        if (const auto s = sightings_.find(*put->value); s != sightings_.end())
          out = std::min(out.value_or(s->second.at), s->second.at);
    return out;
  }

  void write(const call_record& call, const write_call& what) {
    if (!what.outcome)
      return took_effect(call, what, nullptr);
    std::visit(
        overload{
            [&](const store::committed& c) { took_effect(call, what, &c); },
            [&](const store::outcome_compacted&) {
              took_effect(call, what, nullptr);
            },
            [&](const store::guard_failed& g) { refused(call, what, g); },
            [&](const store::fenced_off& f) {
              auto op = begin(call, "is fenced off at "
                                        + std::to_string(f.epoch.value()));
              op.met_revision = f.epoch.value();
              add("fence " + what.proposal.fence->name, std::move(op));
            },
            [](const auto&) {}, // it was never tried
        },
        *what.outcome);
  }

  void took_effect(const call_record& call, const write_call& what,
                   const store::committed* known) {
    const auto& proposal = what.proposal;
    const auto seen = known ? std::nullopt : seen_of(proposal);
    for (std::size_t i = 0; i < proposal.ops.size(); ++i) {
      const auto& key =
          std::visit([](const auto& o) -> const store::key& { return o.key; },
                     proposal.ops[i]);
      const auto* result =
          known && i < known->ops.size() ? &known->ops[i] : nullptr;
      auto op = begin(call, known ? "wrote " + key : "may have written " + key);
      if (seen && !op.ended)
        op.ended = std::max(*seen, call.begun);
      for (const auto& guard : proposal.guards)
        if (key_of(guard) == key)
          meet(guard, op);
      effect(proposal.ops[i], result, op);
      add("key " + key, std::move(op));
    }
    if (!proposal.fence || !known)
      return;
    auto op = begin(call, "passed with epoch "
                              + std::to_string(proposal.fence->epoch.value()));
    op.met_at_most = proposal.fence->epoch.value();
    add("fence " + proposal.fence->name, std::move(op));
  }

  void effect(const store::op& what, const store::op_outcome* result,
              cell_operation& out) const {
    if (const auto* put = std::get_if<store::put>(&what)) {
      cell left{values_.at(*put->value), cell::unknown};
      if (const auto s = sightings_.find(*put->value); s != sightings_.end())
        left.revision = s->second.revision;
      if (result)
        left.revision = result->at.value();
      out.text += " := value " + std::to_string(left.value);
      out.left = left;
    } else {
      out.text += " := nothing";
      out.left = cell{};
      if (result && result->changed)
        out.met_something = true;
      else if (result)
        out.met_revision = 0;
    }
    if (result)
      out.text += " @" + std::to_string(result->at.value());
  }

  void refused(const call_record& call, const write_call& what,
               const store::guard_failed& why) {
    const auto& guards = what.proposal.guards;
    for (std::size_t i = 0; i <= why.guard && i < guards.size(); ++i) {
      const auto key = key_of(guards[i]);
      auto op = begin(call, "found " + key);
      if (i == why.guard) {
        op.met_revision = why.standing.value();
        op.text +=
            " @" + std::to_string(why.standing.value()) + " against its guard";
      } else {
        meet(guards[i], op);
        op.text += " as its guard says";
      }
      add("key " + key, std::move(op));
    }
  }

  void raise(const call_record& call, const raise_call& what) {
    const auto name = "fence " + what.fence.name;
    const auto epoch = what.fence.epoch.value();
    auto op = begin(call, "raises to " + std::to_string(epoch));
    op.met_at_most = epoch;
    op.left = cell{1, epoch};
    if (what.outcome && std::holds_alternative<store::committed>(*what.outcome))
      return add(name, std::move(op));
    const auto* past =
        what.outcome ? std::get_if<store::fenced_off>(&*what.outcome) : nullptr;
    if (past) {
      auto found = begin(call, "found it raised to "
                                   + std::to_string(past->epoch.value()));
      found.met_revision = past->epoch.value();
      add(name, std::move(found));
    }
    // It may have stood for a while: that it is past says no more than that.
    // Seen by nobody it explains nothing.
    const bool tried = past || !what.outcome;
    if (tried && epochs_.contains({what.fence.name, epoch})) {
      op.ended.reset();
      add(name, std::move(op));
    }
  }

  void read(const call_record& call, const read_call& what) {
    if (what.at || !what.result || !call.ended)
      return;
    std::map<store::key, cell> seen;
    for (const auto& object : what.result->objects)
      seen[object.key] = {values_.at(object.value), object.modified.value()};
    const auto first = keys_.lower_bound(what.prefix);
    for (auto key = first; key != keys_.end(); ++key) {
      if (what.range ? !key->starts_with(what.prefix) : *key != what.prefix)
        break;
      const auto found = seen.find(*key);
      const auto met = found == seen.end() ? cell{} : found->second;
      auto op =
          begin(call, "read " + *key + " = value " + std::to_string(met.value)
                          + " @" + std::to_string(met.revision));
      op.met_value = met.value;
      op.met_revision = met.revision;
      add("key " + *key, std::move(op));
    }
  }

  const history& all_;
  std::set<store::key> keys_;
  std::map<std::string, std::uint64_t> values_;
  std::map<std::string, sighting> sightings_;
  std::set<std::pair<std::string, std::uint64_t>> epochs_;
  std::map<std::string, std::vector<cell_operation>> cells_;
};

} // namespace

std::map<std::string, std::vector<cell_operation>>
to_cells(const history& all) {
  return taking_apart{all}.run();
}

} // namespace troupe::sim

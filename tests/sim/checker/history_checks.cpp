#include "tests/sim/checker/history_checks.hpp"

#include "messages/base/overload.hpp"
#include "tests/sim/checker/cells.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

std::string text(store::revision r) {
  return std::to_string(r.value());
}

/// The proposal's first value, which no other proposal has.
std::string name(const store::proposal& proposal) {
  for (const auto& op : proposal.ops)
    if (const auto* put = std::get_if<store::put>(&op))
      return put->key + " = " + put->value->substr(0, 20);
  for (const auto& op : proposal.ops)
    if (const auto* erase = std::get_if<store::erase>(&op))
      return "deletion of " + erase->key;
  return "an empty proposal";
}

std::string name(const call_record& call) {
  return "client " + std::to_string(call.client) + "'s call at "
         + std::to_string(call.begun.time_since_epoch().count() / 1'000)
         + " us";
}

void check_committed(const call_record& call, const write_call& what,
                     const store::committed& told, const committed_log& log,
                     report& out) {
  std::vector<store::revision> changed;
  for (std::size_t i = 0; i < told.ops.size(); ++i)
    if (told.ops[i].changed)
      changed.push_back(told.ops[i].at);
  const auto* found = log.of(what.proposal.id);
  static const std::vector<store::revision> none;
  if ((found ? *found : none) != changed)
    out.fail("acknowledged writes",
             name(call) + ", " + name(what.proposal)
                 + ", was acknowledged at revision "
                 + (changed.empty() ? "none" : text(changed.front()))
                 + " but stands at " + (found ? text(found->front()) : "none"));
  if (told.ops.size() != what.proposal.ops.size())
    out.fail("acknowledged writes",
             name(call) + " heard of another number of ops");
}

} // namespace

void check_linearizable(const history& all, counters& count, report& out) {
  for (auto& [name, operations] : to_cells(all)) {
    count.add("operations searched", operations.size());
    const auto found = search(std::move(operations));
    count.add("search steps", found.steps);
    if (found.outcome == linearizability::verdict::given_up)
      count.add("searches given up");
    if (found.outcome == linearizability::verdict::broken)
      out.fail("linearizability", name + ": " + found.story);
  }
}

void check_outcomes(const history& all, const committed_log& log, report& out) {
  for (const auto& call : all.calls) {
    const auto* what = std::get_if<write_call>(&call.what);
    if (!what || !what->outcome)
      continue;
    if (const auto* told = std::get_if<store::committed>(&*what->outcome)) {
      check_committed(call, *what, *told, log, out);
      continue;
    }
    const auto* found = log.of(what->proposal.id);
    const bool compacted =
        std::holds_alternative<store::outcome_compacted>(*what->outcome);
    if (compacted != (found != nullptr))
      out.fail("refused writes",
               name(call) + ", " + name(what->proposal) + ", "
                   + (compacted ? "was told that it had happened but did not"
                                : "was refused but took effect"));
  }
}

void check_reads(const history& all, const committed_log& log, report& out) {
  // What somebody knew to be committed, by when.
  std::vector<std::pair<mono_time, store::revision>> known;
  for (const auto& call : all.calls) {
    if (!call.ended)
      continue;
    store::revision at;
    if (const auto* wrote = std::get_if<write_call>(&call.what)) {
      if (wrote->outcome)
        if (const auto* c = std::get_if<store::committed>(&*wrote->outcome))
          for (const auto& op : c->ops)
            at = std::max(at, op.at);
    } else if (const auto* read = std::get_if<read_call>(&call.what)) {
      if (read->result)
        at = read->result->revision;
    }
    known.emplace_back(*call.ended, at);
  }
  std::sort(known.begin(), known.end());
  for (std::size_t i = 1; i < known.size(); ++i)
    known[i].second = std::max(known[i].second, known[i - 1].second);

  for (const auto& call : all.calls) {
    const auto* read = std::get_if<read_call>(&call.what);
    if (!read || !read->result)
      continue;
    const auto& got = *read->result;
    if (read->at && *read->at != got.revision)
      out.fail("reads", name(call) + " asked for revision " + text(*read->at)
                            + " and got " + text(got.revision));
    if (log.read(read->prefix, read->range, got.revision) != got.objects)
      out.fail("reads", name(call) + " of " + read->prefix
                            + " is not what revision " + text(got.revision)
                            + " held");
    if (read->at)
      continue;
    const auto before = std::lower_bound(
        known.begin(), known.end(), std::pair{call.begun, store::revision{}});
    if (before != known.begin() && std::prev(before)->second > got.revision)
      out.fail("stale reads", name(call) + " of " + read->prefix
                                  + " saw revision " + text(got.revision)
                                  + " although "
                                  + text(std::prev(before)->second)
                                  + " was known before it began");
  }
}

void check_fences(const history& all, const committed_log& log, report& out) {
  struct raised {
    mono_time known;
    store::revision epoch;
  };
  std::map<std::string, std::vector<raised>> fences;
  for (const auto& call : all.calls)
    if (const auto* what = std::get_if<raise_call>(&call.what))
      if (call.ended && what->outcome
          && std::holds_alternative<store::committed>(*what->outcome))
        fences[what->fence.name].push_back({*call.ended, what->fence.epoch});
  for (const auto& call : all.calls) {
    const auto* what = std::get_if<write_call>(&call.what);
    if (!what || !what->proposal.fence || !log.of(what->proposal.id))
      continue;
    for (const auto& up : fences[what->proposal.fence->name])
      if (up.known < call.begun && up.epoch > what->proposal.fence->epoch)
        out.fail("fences", name(call) + ", " + name(what->proposal)
                               + ", passed with epoch "
                               + text(what->proposal.fence->epoch)
                               + " a fence known to stand at "
                               + text(up.epoch));
  }
}

namespace {

/// What a watch of `prefix` must tell of the revisions in (after, until].
std::vector<seen_event> expected(const committed_log& log,
                                 const watch_record& watch) {
  std::vector<seen_event> out;
  std::map<store::key, store::revision> live;
  for (const auto& [at, what] : log.writes()) {
    if (at > watch.reached)
      break;
    if (!what.key.starts_with(watch.prefix))
      continue;
    auto& standing = live[what.key];
    if (at > watch.after) {
      using enum seen_event::type;
      const bool is_new = standing == store::revision{};
      out.push_back({at, what.key,
                     what.deleted ? deleted : (is_new ? added : modified),
                     what.deleted ? standing : at, 0});
    }
    standing = what.deleted ? store::revision{} : at;
  }
  return out;
}

bool same(const seen_event& a, const seen_event& b) {
  return a.at == b.at && a.key == b.key && a.what == b.what
         && a.object == b.object;
}

void check_watch(const watch_record& watch, const committed_log& log,
                 report& out) {
  const auto who = "watcher " + std::to_string(watch.watcher) + " of "
                   + watch.prefix + " from " + text(watch.after);
  const auto want = expected(log, watch);
  for (std::size_t i = 0; i < std::max(want.size(), watch.events.size()); ++i) {
    if (i >= want.size())
      return out.fail("watches", who + " heard of a change at "
                                     + text(watch.events[i].at)
                                     + " that is not its");
    if (i >= watch.events.size() || !same(want[i], watch.events[i]))
      return out.fail("watches",
                      who + " is wrong about the change at " + text(want[i].at)
                          + " of " + want[i].key
                          + (i < watch.events.size()
                                 ? ", it heard of " + text(watch.events[i].at)
                                 : ", it heard nothing"));
  }
  for (std::size_t i = 1; i < watch.events.size(); ++i) {
    const auto& a = watch.events[i - 1];
    const auto& b = watch.events[i];
    if (a.batch != b.batch
        && log.writes().at(a.at).by == log.writes().at(b.at).by)
      out.fail("watches", who + " heard of one proposal, at " + text(a.at)
                              + " and " + text(b.at) + ", in two parts");
  }
}

} // namespace

void check_watches(const history& all, const committed_log& log, report& out) {
  for (const auto& watch : all.watches)
    check_watch(watch, log, out);
}

} // namespace troupe::sim

#include "tests/sim/checker/committed_log.hpp"

#include "runtime/store/store_image.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

std::string name(unsigned server) {
  return "s" + std::to_string(server + 1);
}

std::string text(store::revision r) {
  return std::to_string(r.value());
}

} // namespace

void committed_log::begins(unsigned server, const store::store_view& root) {
  reached_[server] = root.applied();
}

void committed_log::applied(unsigned server, const store::store_view& root,
                            const std::vector<store::event>& events) {
  for (const auto& event : events)
    note(server, event);
  if (reached_[server] != root.applied())
    report_.fail("replicas", name(server) + " says it applied revision "
                                 + text(root.applied())
                                 + " but told events up to "
                                 + text(reached_[server]));
}

void committed_log::restored(unsigned server, const store::store_view& root) {
  if (root.applied() < reached_[server])
    report_.fail("replicas", name(server) + " went back from revision "
                                 + text(reached_[server]) + " to "
                                 + text(root.applied()) + " by a snapshot");
  reached_[server] = root.applied();
}

void committed_log::note(unsigned server, const store::event& event) {
  const auto at = event.now->modified;
  auto& reached = reached_[server];
  if (at != reached.next())
    report_.fail("revisions", name(server) + " applied revision " + text(at)
                                  + " after " + text(reached));
  reached = at;
  write what{event.key, event.now->tombstone(),
             event.now->tombstone() ? "" : *event.now->value, event.now->by,
             event.now->created};
  const auto [found, is_new] = writes_.try_emplace(at, what);
  const auto& known = found->second;
  if (!is_new) {
    if (known.key != what.key || known.deleted != what.deleted
        || known.value != what.value || known.by != what.by)
      report_.fail("replicas", "revision " + text(at) + " is of key "
                                   + known.key + " elsewhere, on "
                                   + name(server) + " of " + what.key
                                   + " or of another proposal or value");
    return;
  }
  by_key_[what.key].emplace(at, &known);
  auto& revisions = by_proposal_[what.by];
  // All ops of a proposal come together.
  if (!revisions.empty() && revisions.back().next() != at)
    report_.fail("exactly once", "the proposal of revision "
                                     + text(revisions.back())
                                     + " took effect again at " + text(at));
  revisions.push_back(at);
}

void committed_log::compare(unsigned server, raft::log_index applied,
                            const store::store_view& root) {
  const auto hash = store::state_hash(root);
  const auto [found, is_new] =
      states_.try_emplace(applied, digest{hash, server});
  if (is_new)
    return;
  ++compared_;
  if (found->second.hash != hash)
    report_.fail("replicas", name(server) + " and " + name(found->second.server)
                                 + " differ at log index "
                                 + std::to_string(applied.value()));
}

void committed_log::leads(unsigned server, raft::term term) {
  const auto [found, is_new] = leaders_.try_emplace(term, server);
  if (!is_new && found->second != server)
    report_.fail("leaders", name(server) + " and " + name(found->second)
                                + " both lead in term "
                                + std::to_string(term.value()));
}

const std::vector<store::revision>*
committed_log::of(const store::proposal_id& id) const {
  const auto found = by_proposal_.find(id);
  return found == by_proposal_.end() ? nullptr : &found->second;
}

std::vector<seen_object> committed_log::read(std::string_view prefix,
                                             bool range,
                                             store::revision at) const {
  std::vector<seen_object> out;
  for (auto key = by_key_.lower_bound(prefix); key != by_key_.end(); ++key) {
    if (range ? !key->first.starts_with(prefix) : key->first != prefix)
      break;
    auto after = key->second.upper_bound(at);
    if (after == key->second.begin())
      continue;
    const auto& [revision, what] = *std::prev(after);
    if (!what->deleted)
      out.push_back({key->first, revision, what->value});
  }
  return out;
}

store::revision committed_log::last() const {
  return writes_.empty() ? store::revision{} : writes_.rbegin()->first;
}

} // namespace troupe::sim

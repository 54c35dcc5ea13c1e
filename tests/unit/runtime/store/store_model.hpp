#pragma once

#include "messages/protocol/store.hpp"

#include <map>
#include <optional>
#include <vector>

namespace troupe::store::test {

/// The store as one would explain it: full history of every key, nothing
/// shared, nothing clever. Compaction forgets nothing here; it only moves the
/// bound, so that what the real store keeps can be compared with the truth.
class store_model {
public:
  struct state {
    revision created;
    revision modified;
    proposal_id by;
    std::optional<std::string> value; ///< none: deleted
    store::columns columns;
  };

  struct written {
    store::key key;
    state now;
    std::optional<state> before; ///< the live state replaced
  };

  apply_outcome apply(const command& c) {
    return std::visit([&](auto& x) { return run(x); }, c);
  }

  const state* at(const store::key& k, revision r) const {
    auto found = history.find(k);
    if (found == history.end())
      return nullptr;
    const state* best = nullptr;
    for (auto& s : found->second)
      if (s.modified <= r)
        best = &s;
    return best && best->value ? best : nullptr;
  }

  std::map<store::key, std::vector<state>> history;
  std::vector<written> log;
  std::map<std::string, revision> fences;
  revision applied;
  revision compacted;

private:
  struct remembered {
    committed outcome;
    revision last;
  };

  bool holds(const guard& g, revision& standing) const {
    key k;
    if (auto* n = std::get_if<namespace_active>(&g))
      k = "core/namespaces/" + n->name;
    else if (auto* a = std::get_if<key_absent>(&g))
      k = a->key;
    else if (auto* r = std::get_if<key_at_revision>(&g))
      k = r->key;
    else if (auto* u = std::get_if<key_has_uid>(&g))
      k = u->key;
    else
      k = std::get<key_present>(g).key;
    auto* now = at(k, applied);
    standing = now ? now->modified : revision{};
    if (std::holds_alternative<key_absent>(g))
      return !now;
    if (!now)
      return false;
    if (auto* r = std::get_if<key_at_revision>(&g))
      return r->at == now->modified;
    if (auto* u = std::get_if<key_has_uid>(&g))
      return u->uid == now->columns.uid;
    return !std::holds_alternative<namespace_active>(g)
           || !now->columns.deleting;
  }

  op_outcome write(const store::key& k, const put* p, const proposal_id& by) {
    auto* found = at(k, applied);
    auto before = found ? std::optional<state>{*found} : std::nullopt;
    if (!p && !before)
      return {};
    if (p && before && *before->value == *p->value
        && before->columns == p->columns)
      return {before->modified, false};
    applied = applied.next();
    state now{before ? before->created : applied, applied, by, std::nullopt,
              p ? p->columns : before->columns};
    if (p)
      now.value = *p->value;
    history[k].push_back(now);
    log.push_back({k, now, before});
    return {applied, true};
  }

  apply_outcome run(const proposal& p) {
    if (auto r = outcomes.find(p.id.value()); r != outcomes.end()) {
      if (r->second.last > compacted)
        return r->second.outcome;
      for (auto& o : p.ops)
        if (auto* x = std::get_if<put>(&o))
          if (auto* now = at(x->key, applied); now && now->by == p.id)
            return outcome_compacted{};
    }
    if (p.fence && p.fence->epoch < fences[p.fence->name])
      return fenced_off{fences[p.fence->name]};
    for (std::size_t i = 0; i < p.guards.size(); ++i)
      if (revision standing; !holds(p.guards[i], standing))
        return guard_failed{i, standing};
    committed done;
    auto start = applied;
    for (auto& o : p.ops)
      if (auto* x = std::get_if<put>(&o))
        done.ops.push_back(write(x->key, x, p.id));
      else
        done.ops.push_back(write(std::get<erase>(o).key, nullptr, p.id));
    if (applied != start)
      outcomes[p.id.value()] = {done, applied};
    return done;
  }

  apply_outcome run(const raise_fence& x) {
    if (x.epoch < fences[x.name])
      return fenced_off{fences[x.name]};
    fences[x.name] = x.epoch;
    return committed{};
  }

  apply_outcome run(const compact& x) {
    compacted = std::max(compacted, std::min(x.up_to, applied));
    return committed{};
  }

  std::map<proposal_id::value_type, remembered> outcomes;
};

} // namespace troupe::store::test

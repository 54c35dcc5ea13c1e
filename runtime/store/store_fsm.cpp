#include "runtime/store/store_fsm.hpp"

#include "runtime/store/guards.hpp"

namespace troupe::store {

store_fsm::store_fsm() : fences_(std::make_shared<const fence_table>()) {}

store_fsm::store_fsm(const store_view& restored)
    : versions_(restored.versions()),
      fences_(std::make_shared<const fence_table>(restored.fences())) {
  versions_.changes(versions_.compacted(), [&](const change& x) {
    last_write_[x.now->by] = x.now->modified;
    return true;
  });
}

apply_result store_fsm::apply(command value) {
  apply_result result;
  result.outcome =
      std::visit([&](auto& x) { return run(x, result.events); }, value);
  return result;
}

std::shared_ptr<const store_view> store_fsm::snapshot() const {
  return std::make_shared<const store_view>(versions_, fences_);
}

apply_outcome store_fsm::run(proposal& value, std::vector<event>& events) {
  if (auto known = first_outcome(value))
    return *known;
  if (auto refused = refusal(value))
    return *refused;
  committed done;
  for (auto& op : value.ops)
    done.ops.push_back(
        std::visit([&](auto& x) { return run(x, value.id, events); }, op));
  if (events.empty())
    return done;
  last_write_[value.id] = versions_.applied();
  // One op that wrote needs no record beside its version.
  if (done.ops.size() > 1)
    versions_.keep_outcomes(
        std::make_shared<const std::vector<op_outcome>>(done.ops));
  return done;
}

std::optional<apply_outcome>
store_fsm::first_outcome(const proposal& value) const {
  auto known = last_write_.find(value.id);
  if (known != last_write_.end()) {
    auto* last = versions_.change_at(known->second);
    TROUPE_CHECK(last != nullptr, "a remembered write is kept");
    if (last->outcomes)
      return committed{*last->outcomes};
    return committed{{{known->second, true}}};
  }
  for (auto& op : value.ops)
    if (auto* x = std::get_if<put>(&op))
      if (auto standing = versions_.live(x->key))
        if (standing->by == value.id)
          return outcome_compacted{};
  return std::nullopt;
}

std::optional<apply_outcome> store_fsm::refusal(const proposal& value) const {
  if (value.fence) {
    auto standing = standing_epoch(value.fence->name);
    if (value.fence->epoch < standing)
      return fenced_off{standing};
  }
  for (std::size_t i = 0; i < value.guards.size(); ++i) {
    auto verdict = check_guard(value.guards[i], versions_);
    if (!verdict.holds)
      return guard_failed{i, verdict.standing};
  }
  return std::nullopt;
}

op_outcome store_fsm::run(put& value, const proposal_id& by,
                          std::vector<event>& out) {
  TROUPE_CHECK(value.value != nullptr, "a put has a value");
  auto standing = versions_.live(value.key);
  auto same_columns =
      standing != nullptr && *standing->columns == value.columns;
  auto same_value = standing != nullptr && *standing->value == *value.value;
  if (same_columns && same_value)
    return {standing->modified, false};
  version now;
  now.modified = versions_.applied().next();
  now.created = standing ? standing->created : now.modified;
  now.by = by;
  // What did not change is shared with the version before.
  now.value = same_value ? standing->value : std::move(value.value);
  now.columns = same_columns
                    ? standing->columns
                    : std::make_shared<const columns>(std::move(value.columns));
  auto& written = versions_.write(
      value.key, std::make_shared<const version>(std::move(now)));
  out.push_back(to_event(written));
  return {written.now->modified, true};
}

op_outcome store_fsm::run(erase& value, const proposal_id& by,
                          std::vector<event>& out) {
  auto standing = versions_.live(value.key);
  if (standing == nullptr)
    return {};
  version now;
  now.created = standing->created;
  now.modified = versions_.applied().next();
  now.by = by;
  now.columns = standing->columns;
  auto& written = versions_.write(
      value.key, std::make_shared<const version>(std::move(now)));
  out.push_back(to_event(written));
  return {written.now->modified, true};
}

apply_outcome store_fsm::run(const raise_fence& value, std::vector<event>&) {
  auto standing = standing_epoch(value.name);
  if (value.epoch < standing)
    return fenced_off{standing};
  auto raised = std::make_shared<fence_table>(*fences_);
  (*raised)[value.name] = value.epoch;
  fences_ = std::move(raised);
  return committed{};
}

apply_outcome store_fsm::run(const compact& value, std::vector<event>&) {
  auto up_to = std::min(value.up_to, versions_.applied());
  if (up_to > versions_.compacted())
    versions_.compact(up_to, [&](const change& x) {
      auto known = last_write_.find(x.now->by);
      if (known != last_write_.end() && known->second == x.now->modified)
        last_write_.erase(known);
      return true;
    });
  return committed{};
}

revision store_fsm::standing_epoch(const std::string& fence) const {
  auto found = fences_->find(fence);
  return found == fences_->end() ? revision{} : found->second;
}

} // namespace troupe::store

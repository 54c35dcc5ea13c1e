#include "runtime/store/store_view.hpp"

namespace troupe::store {

std::string prefix_end(std::string_view prefix) {
  std::string end{prefix};
  while (!end.empty()) {
    auto last = static_cast<unsigned char>(end.back());
    if (last < 0xff) {
      end.back() = static_cast<char>(last + 1);
      break;
    }
    end.pop_back();
  }
  return end;
}

event to_event(const change& value) {
  auto creation = value.previous == nullptr || value.previous->tombstone();
  return {key{value.key.view()}, value.now,
          creation ? nullptr : value.previous};
}

version_ptr store_view::get(std::string_view key, revision at) const {
  TROUPE_CHECK(!gap(at), "reads are within compacted and applied");
  return versions_.live_at(key, at);
}

std::optional<read_gap> store_view::gap(revision at) const noexcept {
  if (at < compacted())
    return read_gap::compacted;
  if (at > applied())
    return read_gap::future;
  return std::nullopt;
}

void store_view::range(std::string_view from, std::string_view to, revision at,
                       const visitor& visit) const {
  TROUPE_CHECK(!gap(at), "reads are within compacted and applied");
  key name;
  versions_.range(from, to, at,
                  [&](std::string_view found, const version_ptr& value) {
                    name = found;
                    return visit(name, value);
                  });
}

void store_view::events(revision after, const event_visitor& visit) const {
  TROUPE_CHECK(after >= compacted(), "watches start at compacted or later");
  versions_.changes(after, [&](const change& x) { return visit(to_event(x)); });
}

revision store_view::fence(std::string_view name) const {
  auto found = fences_->find(name);
  return found == fences_->end() ? revision{} : found->second;
}

} // namespace troupe::store

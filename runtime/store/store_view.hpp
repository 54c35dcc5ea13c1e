#pragma once

#include "runtime/store/version_table.hpp"

#include <map>

namespace troupe::store {

/// Standing epochs by fence name.
using fence_table = std::map<std::string, revision, std::less<>>;

/// A root the store has published. Holding one costs what it alone reaches.
class store_view final : public store_snapshot {
public:
  store_view(version_table versions, std::shared_ptr<const fence_table> fences)
      : versions_(std::move(versions)), fences_(std::move(fences)) {}

  revision applied() const noexcept override { return versions_.applied(); }
  revision compacted() const noexcept override { return versions_.compacted(); }
  version_ptr get(std::string_view key) const override {
    return versions_.live(key);
  }
  version_ptr get(std::string_view key, revision at) const override;
  std::optional<read_gap> gap(revision at) const noexcept override;
  void range(std::string_view from, std::string_view to, revision at,
             const visitor& visit) const override;
  void events(revision after, const event_visitor& visit) const override;
  revision fence(std::string_view name) const override;
  std::size_t size() const noexcept override { return versions_.size(); }

  const version_table& versions() const noexcept { return versions_; }
  const fence_table& fences() const noexcept { return *fences_; }

private:
  version_table versions_;
  std::shared_ptr<const fence_table> fences_;
};

/// The change as watches see it: a tombstone of an earlier life is nothing.
event to_event(const change& value);

} // namespace troupe::store

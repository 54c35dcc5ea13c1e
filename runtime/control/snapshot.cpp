#include "runtime/control/snapshot.hpp"

namespace troupe::control {

snapshot::snapshot(std::shared_ptr<const store::store_snapshot> objects,
                   owner_index owners, wall_time now,
                   std::shared_ptr<derived_values> derived)
    : objects_(std::move(objects)), owners_(std::move(owners)), now_(now),
      derived_(std::move(derived)) {
  TROUPE_CHECK(objects_ != nullptr, "a snapshot has a store behind it");
  TROUPE_CHECK(derived_ != nullptr, "a snapshot remembers");
}

store::version_ptr snapshot::find(std::string_view key) const {
  return objects_->get(key);
}

std::shared_ptr<const codec::document>
snapshot::get(std::string_view key) const {
  const auto version = find(key);
  if (version == nullptr)
    return nullptr;
  auto doc = decode_object(key, *version);
  if (!doc)
    return nullptr;
  return std::make_shared<const codec::document>(std::move(*doc));
}

void snapshot::each(std::string_view prefix,
                    const store::store_snapshot::visitor& visit) const {
  objects_->range(prefix, store::prefix_end(prefix), objects_->applied(),
                  visit);
}

std::vector<object_key>
snapshot::select(std::string_view prefix,
                 const meta::label_selector& labels) const {
  std::vector<object_key> out;
  each(prefix, [&](const object_key& key, const store::version_ptr& value) {
    if (labels.matches(value->columns->labels))
      out.push_back(key);
    return true;
  });
  return out;
}

} // namespace troupe::control

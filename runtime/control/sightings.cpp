#include "runtime/control/sightings.hpp"

namespace troupe::control {

void sightings::replace(const object_key& key, const seen_values& seen,
                        mono_time now) {
  const std::string_view probe{key};
  if (seen.empty()) {
    keys_.erase(probe);
    return;
  }
  const auto* before = find(key);
  auto next = std::make_shared<entries>();
  for (const auto& [name, value] : seen) {
    const auto known = before ? before->find(name) : entries::const_iterator{};
    const bool stays = before != nullptr && known != before->end()
                       && known->second.value == value;
    next->emplace(name, entry{value, stays ? known->second.since : now});
  }
  keys_.set(probe, store::shared_key{key}, std::move(next));
}

std::map<std::string, sighting> sightings::of(std::string_view key,
                                              mono_time now) const {
  std::map<std::string, sighting> out;
  if (const auto* known = find(key))
    for (const auto& [name, it] : *known)
      out.emplace(name, sighting{it.value, now - it.since});
  return out;
}

duration sightings::age(std::string_view key, const std::string& name,
                        std::string_view value, mono_time now) const {
  const auto* known = find(key);
  if (known == nullptr)
    return {};
  const auto at = known->find(name);
  if (at == known->end() || at->second.value != value)
    return {};
  return now - at->second.since;
}

const sightings::entries* sightings::find(std::string_view key) const {
  const auto found = keys_.find(key);
  return found ? found->value->get() : nullptr;
}

} // namespace troupe::control

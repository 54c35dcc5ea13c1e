#include "actors/gateway/http/encode_cache.hpp"

namespace troupe::gateway {

std::size_t encode_cache::key_hash::operator()(const key& k) const {
  auto hash = std::hash<const void*>{}(k.version);
  hash = hash * 31 + std::hash<store::revision>{}(k.at);
  hash = hash * 31 + std::hash<const void*>{}(k.shown);
  return hash * 31 + static_cast<std::size_t>(k.form);
}

shared_bytes encode_cache::get(const store::version_ptr& version,
                               store::revision at,
                               const schema::resource_desc& shown,
                               cached_form form,
                               const std::function<shared_bytes()>& encode) {
  const key wanted{version.get(), at, &shown, form};
  auto found = table_.with([&](table& all) -> shared_bytes {
    const auto it = all.index.find(wanted);
    if (it == all.index.end()) {
      ++all.counts.misses;
      return nullptr;
    }
    ++all.counts.hits;
    all.recent.splice(all.recent.begin(), all.recent, it->second);
    return it->second->text;
  });
  if (found)
    return found;
  auto text = encode();
  if (text && text->size() + entry_overhead <= size_max_)
    table_.with([&](table& all) {
      insert(all, {form, &shown, at, version, text});
    });
  return text;
}

void encode_cache::insert(table& all, entry one) const {
  const key name{one.version.get(), one.at, one.shown, one.form};
  if (all.index.contains(name))
    return;
  all.counts.size += one.text->size() + entry_overhead;
  all.recent.push_front(std::move(one));
  all.index.emplace(name, all.recent.begin());
  while (all.counts.size > size_max_) {
    const auto& last = all.recent.back();
    all.counts.size -= last.text->size() + entry_overhead;
    all.index.erase({last.version.get(), last.at, last.shown, last.form});
    all.recent.pop_back();
  }
}

encode_cache::counters encode_cache::count() const {
  return table_.with([](const table& all) { return all.counts; });
}

} // namespace troupe::gateway

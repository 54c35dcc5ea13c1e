#pragma once

#include "runtime/store/store_fsm.hpp"
#include "runtime/watch/watch_hub.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace troupe::watch::test {

using texts = std::map<std::string, std::string>;

inline std::vector<store::column> to_columns(const texts& from) {
  std::vector<store::column> out;
  for (const auto& [name, value] : from)
    out.push_back({name, value});
  return out;
}

/// The index columns as a proposer computes them: name and namespace are
/// fields of every object.
inline store::columns columns_of(const store::key& key, const texts& labels,
                                 texts fields) {
  const auto name_at = key.rfind('/');
  fields["metadata.name"] = key.substr(name_at + 1);
  if (std::count(key.begin(), key.end(), '/') == 3) {
    const auto ns_at = key.rfind('/', name_at - 1) + 1;
    fields["metadata.namespace"] = key.substr(ns_at, name_at - ns_at);
  }
  store::columns out;
  out.labels = to_columns(labels);
  out.fields = to_columns(fields);
  return out;
}

inline store::put put_of(const store::key& key, std::string value,
                         const texts& labels = {}, const texts& fields = {}) {
  return {key, make_shared_bytes(std::move(value)),
          columns_of(key, labels, fields)};
}

/// A store that takes unguarded writes.
class writer {
public:
  store::apply_result write(std::vector<store::op> ops) {
    store::proposal p;
    auto n = ++proposals_;
    store::proposal_id::value_type id{};
    for (auto& octet : id) {
      octet = static_cast<std::uint8_t>(n);
      n >>= 8;
    }
    p.id = store::proposal_id{id};
    p.ops = std::move(ops);
    return fsm_.apply(std::move(p));
  }

  void compact(store::revision up_to) { fsm_.apply(store::compact{up_to}); }

  std::shared_ptr<const store::store_snapshot> snapshot() const {
    return fsm_.snapshot();
  }

private:
  store::store_fsm fsm_;
  std::uint64_t proposals_ = 0;
};

inline std::string text(watch_end why) {
  switch (why) {
    case watch_end::compacted:
      return "compacted";
    case watch_end::overflow:
      return "overflow";
    case watch_end::timeout:
      return "timeout";
    case watch_end::closed:
      return "closed";
    case watch_end::unavailable:
      break;
  }
  return "unavailable";
}

inline std::string text(delivery_type type) {
  switch (type) {
    case delivery_type::added:
      return "added";
    case delivery_type::modified:
      return "modified";
    case delivery_type::deleted:
      return "deleted";
    case delivery_type::bookmark:
      break;
  }
  return "bookmark";
}

/// "12 modified core/pods/a/x two": revision, type, key, value.
inline std::string text(const delivery& what) {
  auto out = std::to_string(what.at.value()) + " " + text(what.type);
  if (what.object)
    out += " " + what.key + " " + *what.object->value;
  if (what.initial_events_end)
    out += " initial-events-end";
  return out;
}

inline mono_time at_seconds(double s) {
  return mono_time{
      std::chrono::duration_cast<duration>(std::chrono::duration<double>{s})};
}

} // namespace troupe::watch::test

#pragma once

#include "messages/schema/descriptor.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <functional>
#include <list>
#include <unordered_map>

namespace troupe::gateway {

/// The ways an object is written that do not depend on who asks or when.
enum class cached_form : std::uint8_t { object, partial_v1, partial_v1beta1 };

/// Encoded objects by (version, resourceVersion, resource, form), so that each
/// is encoded once for all lists and watches that show it. Bounded: past the
/// limit the least recently used go. Safe from any thread.
class encode_cache {
public:
  /// Octets of text kept; each entry counts `entry_overhead` besides.
  explicit encode_cache(std::size_t size_max) : size_max_{size_max} {}

  /// The text, made by `encode` if it is not kept. Two threads that miss at
  /// the same time both encode; one text stays. A null text is not kept.
  /// `shown` is the version of the kind it is written as.
  shared_bytes get(const store::version_ptr& version, store::revision at,
                   const schema::resource_desc& shown, cached_form form,
                   const std::function<shared_bytes()>& encode);

  struct counters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::size_t size = 0;
  };

  counters count() const;

  static constexpr std::size_t entry_overhead = 128;

private:
  struct key {
    const store::version* version;
    store::revision at;
    const schema::resource_desc* shown;
    cached_form form;

    friend bool operator==(const key&, const key&) = default;
  };

  struct key_hash {
    std::size_t operator()(const key& k) const;
  };

  struct entry {
    cached_form form;
    const schema::resource_desc* shown;
    store::revision at;
    store::version_ptr version; ///< keeps the address in the key its own
    shared_bytes text;
  };

  struct table {
    std::list<entry> recent; ///< most recently used first
    std::unordered_map<key, std::list<entry>::iterator, key_hash> index;
    counters counts;
  };

  void insert(table& all, entry one) const;

  const std::size_t size_max_;
  guarded<table> table_;
};

} // namespace troupe::gateway

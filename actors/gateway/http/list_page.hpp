#pragma once

#include "messages/meta/selector.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::gateway {

/// One part of a list, as a question to a snapshot.
struct page_query {
  std::string prefix; ///< "core/configmaps/default/"
  /// The one key that can match, when the selectors pin it.
  std::optional<store::key> only;
  std::string start; ///< relative to the prefix; empty: its beginning
  store::revision at;
  meta::label_selector labels;
  meta::field_selector fields;
  std::size_t limit = 0; ///< 0: everything
};

struct list_page {
  std::vector<std::pair<store::key, store::version_ptr>> items; ///< by key
  /// Where the next part begins, relative to the prefix; empty at the end.
  std::string next;
  /// Items that follow, counted only without selectors.
  std::optional<std::int64_t> remaining;
};

/// `at` must be readable (see `store_snapshot::gap`).
list_page read_page(const store::store_snapshot& view, const page_query& query);

} // namespace troupe::gateway

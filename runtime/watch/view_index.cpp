#include "runtime/watch/view_index.hpp"

#include "messages/base/check.hpp"

#include <algorithm>

namespace troupe::watch {

void view_index::insert(view& what) {
  auto& branch = branches_[what.what.prefix()];
  if (const auto* pivot = what.what.pivot())
    branch.by_field[pivot->name][pivot->value].push_back(&what);
  else
    branch.broad.push_back(&what);
}

void view_index::erase(view& what) {
  const auto at = branches_.find(what.what.prefix());
  TROUPE_CHECK(at != branches_.end(), "only indexed views are erased");
  auto& branch = at->second;
  if (const auto* pivot = what.what.pivot()) {
    auto& values = branch.by_field[pivot->name];
    auto& list = values[pivot->value];
    std::erase(list, &what);
    if (list.empty())
      values.erase(pivot->value);
    if (values.empty())
      branch.by_field.erase(pivot->name);
  } else {
    std::erase(branch.broad, &what);
  }
  if (branch.empty())
    branches_.erase(at);
}

} // namespace troupe::watch

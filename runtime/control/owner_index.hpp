#pragma once

#include "runtime/control/object_codec.hpp"
#include "runtime/store/cow_tree.hpp"
#include "runtime/store/shared_key.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace troupe::control {

/// Who depends on whom, from the store's index columns alone: no object is
/// decoded. A copy costs nothing and stays as it is when the original changes.
class owner_index {
public:
  /// `before` and `now` are null for an object that was not, or is no more.
  void change(std::string_view key, const store::version* before,
              const store::version* now);

  /// Objects with an owner reference to `uid`, in the order of their keys.
  std::vector<object_key> dependents(std::string_view uid) const;

  /// The object with this uid, if it is being deleted.
  std::optional<object_key> deleting(std::string_view uid) const;

private:
  struct nothing {};

  void add(std::string_view key, const store::columns& columns);
  void remove(std::string_view key, const store::columns& columns);

  /// Owner uid, NUL, key of the dependent.
  store::cow_tree<store::shared_key, nothing, store::key_less> edges_;
  /// Uid of an object that is being deleted to its key.
  store::cow_tree<store::shared_key, store::shared_key, store::key_less>
      deleting_;
};

} // namespace troupe::control

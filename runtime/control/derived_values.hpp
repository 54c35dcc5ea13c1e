#pragma once

#include "runtime/control/object_codec.hpp"

#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <utility>

namespace troupe::control {

/// What follows from one version of an object alone, worked out once: a
/// keeper of 500 pods need not read all of them when one changed. Remembers
/// one value for each object, that of the version asked for last. For one
/// thread.
class derived_values {
public:
  /// `make()` for this version. It must depend on nothing else.
  template <class T, class F>
  std::shared_ptr<const T> get(const object_key& key,
                               const store::version& version, F&& make) {
    auto& known = values_[key];
    if (known.value == nullptr || known.at != version.modified
        || known.type != std::type_index{typeid(T)})
      known = {version.modified, typeid(T),
               std::make_shared<const T>(std::forward<F>(make)())};
    return std::static_pointer_cast<const T>(known.value);
  }

  void forget(const object_key& key) { values_.erase(key); }

  std::size_t size() const { return values_.size(); }

private:
  struct derived {
    store::revision at;
    std::type_index type = typeid(void);
    std::shared_ptr<const void> value;
  };

  std::map<object_key, derived> values_;
};

} // namespace troupe::control

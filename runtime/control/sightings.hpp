#pragma once

#include "messages/base/time_point.hpp"
#include "runtime/control/object_codec.hpp"
#include "runtime/store/cow_tree.hpp"
#include "runtime/store/shared_key.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::control {

/// What a plan saw of its key, by name: `plan::seen`.
using seen_values = std::map<std::string, std::string>;

/// A value, and for how long every plan of its key has seen it.
struct sighting {
  std::string value;
  duration age{};

  friend bool operator==(const sighting&, const sighting&) = default;
};

/// How long things have been as they are, as one incarnation of a controller
/// saw it with its own monotonic clock: timestamps inside of objects are of
/// other clocks. A copy costs nothing and stays as it is when the original
/// changes.
class sightings {
public:
  /// The newest plan for `key` saw this. What keeps its value keeps its age;
  /// what is not seen any more is forgotten.
  void replace(const object_key& key, const seen_values& seen, mono_time now);

  /// What the newest plan for `key` saw.
  std::map<std::string, sighting> of(std::string_view key, mono_time now) const;

  /// For how long `name` has had this value; 0 when the newest plan for `key`
  /// saw another or none.
  duration age(std::string_view key, const std::string& name,
               std::string_view value, mono_time now) const;

private:
  struct entry {
    std::string value;
    mono_time since;
  };

  using entries = std::map<std::string, entry>;

  const entries* find(std::string_view key) const;

  store::cow_tree<store::shared_key, std::shared_ptr<const entries>,
                  store::key_less>
      keys_;
};

} // namespace troupe::control

#pragma once

#include "messages/base/time_point.hpp"
#include "messages/meta/selector.hpp"
#include "runtime/control/derived_values.hpp"
#include "runtime/control/object_codec.hpp"
#include "runtime/control/owner_index.hpp"
#include "runtime/control/sightings.hpp"
#include "runtime/store/store_snapshot.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::control {

/// A write of the last plan for a key that the gateway would not carry out.
struct refusal {
  object_key target;
  std::string message;

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// All a reconciler may look at: one cut through the store at one revision,
/// the owner index of the same cut, the time, and what earlier plans saw for
/// how long. Immutable; copies share.
/// Objects are decoded when they are asked for.
class snapshot {
public:
  /// `owners` is empty for controllers that do not ask for it. `derived` is
  /// shared with the views before and after.
  snapshot(std::shared_ptr<const store::store_snapshot> objects,
           owner_index owners, wall_time now,
           std::shared_ptr<derived_values> derived =
               std::make_shared<derived_values>());

  store::revision applied() const { return objects_->applied(); }

  /// When the snapshot was taken, for timestamps.
  wall_time now() const { return now_; }

  /// The live version, undecoded, or null.
  store::version_ptr find(std::string_view key) const;

  /// The object, or null when it is absent or cannot be read.
  std::shared_ptr<const codec::document> get(std::string_view key) const;

  /// `make()`, remembered for as long as the object stays as it is in
  /// `version`, which alone `make` depends on. For objects that are watched.
  template <class T, class F>
  std::shared_ptr<const T>
  derive(const object_key& key, const store::version& version, F&& make) const {
    return derived_->get<T>(key, version, std::forward<F>(make));
  }

  /// Visits the live objects under a prefix in the order of their keys until
  /// the visitor returns false.
  void each(std::string_view prefix,
            const store::store_snapshot::visitor& visit) const;

  /// Keys under a prefix whose labels match.
  std::vector<object_key> select(std::string_view prefix,
                                 const meta::label_selector& labels) const;

  const owner_index& owners() const { return owners_; }

  /// What was refused when the key at hand was last worked on.
  const std::vector<refusal>& refusals() const { return refusals_; }

  void refusals(std::vector<refusal> value) { refusals_ = std::move(value); }

  /// What the newest plan for `key`, any of the controller's, saw; and for how
  /// long, by the monotonic clock, plans have seen the same.
  std::map<std::string, sighting> seen(std::string_view key) const {
    return sightings_.of(key, mono_);
  }

  /// For how long plans for `key` have seen this under `name`: 0 the first
  /// time.
  duration seen_for(std::string_view key, const std::string& name,
                    std::string_view value) const {
    return sightings_.age(key, name, value, mono_);
  }

  void seen(control::sightings value, mono_time now) {
    sightings_ = std::move(value);
    mono_ = now;
  }

private:
  std::shared_ptr<const store::store_snapshot> objects_;
  owner_index owners_;
  wall_time now_;
  std::shared_ptr<derived_values> derived_;
  std::vector<refusal> refusals_;
  control::sightings sightings_;
  mono_time mono_{};
};

} // namespace troupe::control

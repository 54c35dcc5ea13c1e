#pragma once

#include "runtime/watch/watch_port.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::watch {

/// What a watch sees: the objects under a prefix that both selectors choose.
/// Selectors are asked of the index columns; no value is decoded.
class selection {
public:
  /// The prefix is empty or ends in '/'.
  selection(std::string prefix, meta::label_selector labels,
            meta::field_selector fields);

  const std::string& prefix() const noexcept { return prefix_; }

  /// Whether it sees this version of a key under its prefix. It sees no
  /// tombstone.
  bool sees(const store::version& object) const;

  /// A change of a key under its prefix as it appears in this selection, or
  /// nothing when it was and is outside:
  ///
  ///     before  now   delivery
  ///     out     in    added, the new object
  ///     in      in    modified, the new object
  ///     in      out   deleted, the old object (deletion and departure alike)
  ///
  /// `at` is always the revision of the change.
  std::optional<delivery> see(const store::event& change) const;

  /// A field and the non-empty value every object it sees has there: what the
  /// index finds it by. The name before other fields, for it is the rarest.
  const meta::field_requirement* pivot() const noexcept;

  /// Equal for equal selections and different for different ones.
  std::string fingerprint() const;

private:
  std::string prefix_;
  meta::label_selector labels_;
  meta::field_selector fields_;
};

} // namespace troupe::watch

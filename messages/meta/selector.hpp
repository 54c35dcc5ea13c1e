#pragma once

#include "messages/base/result.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::meta {

/// The value under `name` in a range of `{name, value}` sorted by name, such
/// as the index columns of the store; none when absent.
template <class Columns>
std::optional<std::string_view> find_column(const Columns& sorted,
                                            std::string_view name) {
  const auto at =
      std::lower_bound(std::begin(sorted), std::end(sorted), name,
                       [](const auto& column, std::string_view key) {
                         return column.name < key;
                       });
  if (at == std::end(sorted) || at->name != name)
    return std::nullopt;
  return at->value;
}

enum class requirement_op : std::uint8_t {
  in,         ///< `=`, `==`, `in (...)`
  not_in,     ///< `!=`, `notin (...)`; holds when the label is absent
  exists,     ///< `key`
  not_exists, ///< `!key`
  greater,    ///< `key>5`, as integers
  less,       ///< `key<5`
};

/// One condition on one label.
struct requirement {
  std::string key;
  requirement_op op = requirement_op::exists;
  std::vector<std::string> values; ///< sorted, no repeats

  /// Whether it holds for the label's value; none is an absent label.
  bool holds(std::optional<std::string_view> value) const;

  friend bool operator==(const requirement&, const requirement&) = default;
};

/// All of its requirements must hold; with none it selects everything, unless
/// it is the selector of nothing.
class label_selector {
public:
  /// Longest text, and most values in all, that are read.
  static constexpr std::size_t text_max = 64 * 1024;

  /// Selects everything.
  label_selector() = default;

  explicit label_selector(std::vector<requirement> all)
      : requirements_{std::move(all)} {}

  /// Selects nothing, as an absent metav1.LabelSelector does.
  static label_selector nothing();

  /// Reads the query parameter `labelSelector`. Fails with
  /// `invalid_argument` and upstream's text, with `too_large` past `text_max`.
  static result<label_selector> parse(std::string_view text);

  bool selects_everything() const noexcept {
    return !nothing_ && requirements_.empty();
  }

  /// `labels` is sorted by name; see `find_column`.
  template <class Columns>
  bool matches(const Columns& labels) const {
    return !nothing_
           && std::all_of(requirements_.begin(), requirements_.end(),
                          [&](const requirement& one) {
                            return one.holds(find_column(labels, one.key));
                          });
  }

  const std::vector<requirement>& requirements() const noexcept {
    return requirements_;
  }

  friend bool operator==(const label_selector&,
                         const label_selector&) = default;

private:
  bool nothing_ = false;
  std::vector<requirement> requirements_;
};

/// metav1.LabelSelectorRequirement.
struct match_expression {
  std::string key;
  std::string op; ///< "In", "NotIn", "Exists", "DoesNotExist"
  std::vector<std::string> values;
};

/// metav1.LabelSelector as a selector: every pair of `match_labels` and every
/// expression must hold. Fails with `invalid_argument` and upstream's text.
result<label_selector> to_selector(
    const std::vector<std::pair<std::string, std::string>>& match_labels,
    const std::vector<match_expression>& match_expressions);

/// One condition on one selectable field.
struct field_requirement {
  std::string name;
  std::string value;
  bool equal = true;

  friend bool operator==(const field_requirement&,
                         const field_requirement&) = default;
};

/// The query parameter `fieldSelector`: `a=b,c!=d`, with `\\`, `\,` and `\=`
/// escaped in values. An absent field equals "".
class field_selector {
public:
  static constexpr std::size_t text_max = 64 * 1024;

  field_selector() = default;

  explicit field_selector(std::vector<field_requirement> all)
      : requirements_{std::move(all)} {}

  /// Fails with `invalid_argument` and upstream's text, with `too_large` past
  /// `text_max`. Which names a resource knows is its own check.
  static result<field_selector> parse(std::string_view text);

  bool selects_everything() const noexcept { return requirements_.empty(); }

  /// `fields` is sorted by name; see `find_column`.
  template <class Columns>
  bool matches(const Columns& fields) const {
    return std::all_of(requirements_.begin(), requirements_.end(),
                       [&](const field_requirement& one) {
                         const auto value = find_column(fields, one.name);
                         return (value.value_or("") == one.value) == one.equal;
                       });
  }

  /// The value that `name` must have, when the selector asks for one.
  std::optional<std::string_view> exact(std::string_view name) const;

  const std::vector<field_requirement>& requirements() const noexcept {
    return requirements_;
  }

  friend bool operator==(const field_selector&,
                         const field_selector&) = default;

private:
  std::vector<field_requirement> requirements_;
};

} // namespace troupe::meta

#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>

namespace troupe {

/// A value of type `T` that mixes with no other kind of value: a term is not
/// an index. `Tag` is any type, usually declared in place:
///
///     using log_index = strong<std::uint64_t, struct log_index_tag>;
template <class T, class Tag>
class strong {
public:
  using value_type = T;

  constexpr strong() = default;

  constexpr explicit strong(T value) : value_(std::move(value)) {}

  constexpr const T& value() const noexcept { return value_; }

  /// The next counter value.
  constexpr strong next() const requires std::integral<T> {
    return strong{static_cast<T>(value_ + 1)};
  }

  /// This counter moved by `n` steps.
  constexpr strong plus(T n) const requires std::integral<T> {
    return strong{static_cast<T>(value_ + n)};
  }

  friend constexpr auto operator<=>(const strong&, const strong&) = default;
  friend constexpr bool operator==(const strong&, const strong&) = default;

private:
  T value_{};
};

} // namespace troupe

template <class T, class Tag>
struct std::hash<troupe::strong<T, Tag>> {
  std::size_t operator()(const troupe::strong<T, Tag>& x) const {
    return std::hash<T>{}(x.value());
  }
};

#pragma once

#include "messages/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::meta {

/// How a quantity was written, which is how its canonical form is written.
enum class quantity_format : std::uint8_t {
  decimal_exponent, ///< 12e6
  binary_si,        ///< 12Mi
  decimal_si,       ///< 12M
};

/// resource.Quantity: an exact number of nano units with a preferred notation.
/// The magnitude is bounded (see `parse`), the resolution is 1n; finer values
/// round away from zero when they are read. Comparison looks at the number
/// only: 1Ki equals 1024. Source: Kubernetes reference, "Quantity".
class quantity {
public:
  /// Longest text that is read.
  static constexpr std::size_t text_max = 64;

  quantity() = default;

  /// Reads a sign, digits with at most one point, and one suffix out of
  /// n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent (e3, E-3). Values
  /// with a binary suffix are capped at the largest int64. Fails with
  /// `invalid_argument` and upstream's text, also for numbers of 2^320 nano
  /// units and more, and with `too_large` past `text_max`.
  static result<quantity> parse(std::string_view text);

  /// A whole number.
  static quantity of(std::int64_t value,
                     quantity_format format = quantity_format::decimal_si);

  /// Thousandths.
  static quantity
  of_milli(std::int64_t value,
           quantity_format format = quantity_format::decimal_si);

  /// The canonical form: the largest suffix that leaves a whole number, no
  /// fraction; a binary quantity below 1Ki or not whole turns decimal.
  std::string text() const;

  quantity_format format() const noexcept { return format_; }

  bool is_zero() const noexcept;

  /// -1, 0 or 1.
  int sign() const noexcept;

  /// Whole units, thousandths: rounded away from zero, held inside int64.
  std::int64_t value() const;
  std::int64_t milli_value() const;

  /// This quantity rounded away from zero to whole multiples of 10^scale,
  /// scale in [-9, 0]; upstream keeps resource lists at -3.
  quantity rounded_up(int scale) const;

  /// Sums keep the notation of the left side unless it is zero.
  friend quantity operator+(const quantity& a, const quantity& b);
  friend quantity operator-(const quantity& a, const quantity& b);
  quantity operator-() const;

  friend std::strong_ordering operator<=>(const quantity& a, const quantity& b);
  friend bool operator==(const quantity& a, const quantity& b);

private:
  /// An unsigned number, least significant limb first.
  using magnitude = std::array<std::uint32_t, 12>;

  quantity(magnitude nanos, bool negative, quantity_format format);
  std::int64_t scaled(int nano_digits) const;

  magnitude nanos_{};
  bool negative_ = false; ///< never set on zero
  quantity_format format_ = quantity_format::decimal_si;
};

/// The canonical form of a quantity's text.
result<std::string> canonical_quantity(std::string_view text);

} // namespace troupe::meta

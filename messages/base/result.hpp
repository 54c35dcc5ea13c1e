#pragma once

#include "messages/base/check.hpp"
#include "messages/base/errc.hpp"

#include <string>
#include <utility>
#include <variant>

namespace troupe {

/// A failure: a code to branch on and a sentence for a person, which names the
/// field, file or flag and what was expected.
struct error {
  errc code;
  std::string message;

  friend bool operator==(const error&, const error&) = default;
};

/// Either a `T` or an `E`. Converts from both, so that functions read
/// `return value;` and `return error{errc::not_found, "..."};`. Asking for the
/// side that is not there breaks an invariant and ends the process.
template <class T, class E = error>
class [[nodiscard]] result {
public:
  using value_type = T;
  using error_type = E;

  result(T value) : rep_(std::in_place_index<0>, std::move(value)) {}

  result(E failure) : rep_(std::in_place_index<1>, std::move(failure)) {}

  bool has_value() const noexcept { return rep_.index() == 0; }

  explicit operator bool() const noexcept { return has_value(); }

  T& value() & {
    TROUPE_CHECK(has_value(), "a result is read on the side it holds");
    return *std::get_if<0>(&rep_);
  }

  const T& value() const& {
    TROUPE_CHECK(has_value(), "a result is read on the side it holds");
    return *std::get_if<0>(&rep_);
  }

  // By value: a reference would dangle in `for (x : *f())`.
  T value() && { return std::move(value()); }

  E& error() & {
    TROUPE_CHECK(!has_value(), "a result is read on the side it holds");
    return *std::get_if<1>(&rep_);
  }

  const E& error() const& {
    TROUPE_CHECK(!has_value(), "a result is read on the side it holds");
    return *std::get_if<1>(&rep_);
  }

  E error() && { return std::move(error()); }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T operator*() && { return std::move(value()); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

private:
  std::variant<T, E> rep_;
};

/// The value of a step that only can fail.
struct unit {
  friend bool operator==(const unit&, const unit&) = default;
};

/// A step that yields nothing but may fail; succeed with `return unit{};`.
using status_result = result<unit>;

} // namespace troupe

#pragma once

namespace troupe {

/// Function objects as one, for `std::visit`:
///
///     std::visit(overload{[](int) {}, [](std::string&) {}}, value);
template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};

// Implied in C++20, but clang 14, which builds the fuzz targets, does not know.
template <class... Fs>
overload(Fs...) -> overload<Fs...>;

} // namespace troupe

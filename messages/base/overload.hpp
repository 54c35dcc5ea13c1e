#pragma once

namespace troupe {

/// Function objects as one, for `std::visit`:
///
///     std::visit(overload{[](int) {}, [](std::string&) {}}, value);
template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};

} // namespace troupe

#pragma once

#include "messages/base/time_point.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace troupe::sim {

/// Everything that happened, as one digest: two runs with the same one did the
/// same. Told line by line only when somebody listens.
class trace {
public:
  using listener = std::function<void(std::string_view line)>;

  void listen(listener to) { listener_ = std::move(to); }

  std::uint64_t digest() const { return digest_; }

  /// Notes a fact: words, numbers and octets.
  template <class... Parts>
  void note(mono_time when, const Parts&... parts) {
    mix(static_cast<std::uint64_t>(when.time_since_epoch().count()));
    (mix(parts), ...);
    if (!listener_)
      return;
    std::string line = stamp(when);
    ((line += ' ', append(line, parts)), ...);
    listener_(line);
  }

  /// Octets that belong to the digest but to no line.
  void mix(std::string_view text);
  void mix(std::integral auto value) {
    digest_ =
        (digest_ ^ static_cast<std::uint64_t>(value)) * 0x9e3779b97f4a7c15ull;
    digest_ ^= digest_ >> 29;
  }

private:
  static std::string stamp(mono_time when);
  static void append(std::string& line, std::string_view part) { line += part; }
  static void append(std::string& line, std::integral auto part) {
    line += std::to_string(part);
  }

  listener listener_;
  std::uint64_t digest_ = 0x7472'6f75'7065ull;
};

} // namespace troupe::sim

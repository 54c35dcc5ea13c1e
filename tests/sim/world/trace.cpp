#include "tests/sim/world/trace.hpp"

#include <cstdio>
#include <cstring>

namespace troupe::sim {

void trace::mix(std::string_view text) {
  mix(text.size());
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    mix(word);
    text.remove_prefix(sizeof word);
  }
  std::uint64_t rest = 0;
  for (const char c : text)
    rest = rest << 8 | static_cast<unsigned char>(c);
  mix(rest);
}

std::string trace::stamp(mono_time when) {
  char text[32];
  const auto ns = when.time_since_epoch().count();
  std::snprintf(text, sizeof text, "%4lld.%06lld",
                static_cast<long long>(ns / 1'000'000'000),
                static_cast<long long>(ns / 1'000 % 1'000'000));
  return text;
}

} // namespace troupe::sim

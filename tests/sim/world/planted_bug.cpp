#include "tests/sim/world/planted_bug.hpp"

#include <array>

namespace troupe::sim {

namespace {

constexpr std::array<std::string_view, 16> names{
    "none",          "lying-disk",      "late-disk",   "forgotten-vote",
    "amnesia",       "swapped-entries", "stale-read",  "wrong-revision",
    "early-answer",  "lost-guard",      "lost-fence",  "fresh-retry",
    "dropped-event", "doubled-event",   "split-event", "no-healing"};

} // namespace

std::string_view to_string(planted_bug b) {
  return names.at(static_cast<std::size_t>(b));
}

const std::vector<planted_bug>& planted_bugs() {
  static const auto all = [] {
    std::vector<planted_bug> out;
    for (std::size_t i = 1; i < names.size(); ++i)
      out.push_back(static_cast<planted_bug>(i));
    return out;
  }();
  return all;
}

planted_bug planted_bug_of(std::string_view name) {
  for (auto one : planted_bugs())
    if (to_string(one) == name)
      return one;
  return planted_bug::none;
}

} // namespace troupe::sim

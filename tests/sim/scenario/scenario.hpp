#pragma once

#include "messages/base/result.hpp"
#include "tests/sim/scenario/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::sim {

/// A text that says from what a run is drawn. A line is a name of an option
/// and its value, or a fault; `#` begins a comment:
///
///     servers   3 | 3 | 5           # one of these
///     latency   100us..5ms          # anything between
///     loss      0% | 0%..10%
///     fault     kill every 2s..5s for 100ms..3s chance 50%
///
/// Numbers may end in ns, us, ms, s, %, ppm, KiB. A fault without `for` is a
/// moment; one without `chance` is always there.
///
/// Draws a run from it: the same text and seed give the same run.
result<options> draw(std::string_view name, std::string_view text,
                     std::uint64_t seed);

/// The text of scenario `name` in this folder; `not_found` lists the others.
result<std::string> read_scenario(std::string_view name);

/// Every scenario there is, sorted.
std::vector<std::string> scenario_names();

} // namespace troupe::sim

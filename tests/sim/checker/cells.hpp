#pragma once

#include "tests/sim/checker/linearizability.hpp"
#include "tests/sim/workload/history.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::sim {

/// A history, taken apart: for each key ("key ...") and each fence
/// ("fence ...") what was done to it. Linearizability is a matter of each
/// object alone, so each of these must be explained for itself; that the parts
/// of one proposal or one range come together is for the other checkers.
///
/// A write without an answer whose value somebody read did happen, before that
/// reader heard of it.
std::map<std::string, std::vector<cell_operation>> to_cells(const history& all);

} // namespace troupe::sim

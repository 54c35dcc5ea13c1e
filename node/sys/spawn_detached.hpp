#pragma once

#include "messages/base/result.hpp"
#include "node/sys/unique_fd.hpp"

#include <string>
#include <vector>

namespace troupe::sys {

/// Executes an open file with these arguments and an empty environment, and
/// waits for it to exit with 0: a program that goes on in a process of its
/// own. It starts with the null device as descriptors 0 to 2 and `descriptors`
/// from 3 on, and no other.
status_result run_detaching(const unique_fd& program,
                            const std::vector<std::string>& arguments,
                            const std::vector<int>& descriptors);

} // namespace troupe::sys

#pragma once

#include "node/shim/pod.hpp"

/// What an agent finds when it comes back after the shim has died, too.
namespace troupe::shim {

/// Opens the journal in the working directory. Returns 0 or a negative errno.
long open_journal();

void journal_start(const container& value);

/// Returns when the record is on the disk, or the disk has refused it.
void journal_exit(const container& value);

} // namespace troupe::shim

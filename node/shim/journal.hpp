#pragma once

#include "node/shim/pod.hpp"

/// What an agent finds when it comes back after the shim has died, too.
namespace troupe::shim {

/// Opens the journal in the working directory. Returns 0 or a negative errno.
long open_journal();

void journal_start(const container& value);

void journal_exit(const container& value);

/// Brings exits to the disk a moment after they were recorded: the record
/// outlives the shim from its writing on, so this is for a machine that loses
/// its power, and neither the next request nor the pod's end waits for it.
/// Returns the milliseconds until it is due; negative: it is not.
int sync_when_due();

} // namespace troupe::shim

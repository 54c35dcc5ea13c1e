#pragma once

#include "node/shim/pod.hpp"

/// What an agent finds when it comes back after the shim has died, too.
namespace troupe::shim {

/// Opens the journal in the working directory. Returns 0 or a negative errno.
long open_journal();

void journal_start(const container& value);

void journal_exit(const container& value);

/// Returns when the records are on the disk, or the disk has refused them.
void sync_journal();

} // namespace troupe::shim

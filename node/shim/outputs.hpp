#pragma once

#include "node/shim/pod.hpp"

/// Containers' output: from their pipes into the log, and to attached readers.
namespace troupe::shim {

/// How long an attached reader may hold a container up.
inline constexpr std::int64_t reader_patience = 10'000'000'000;

/// Begins to read what a started container writes.
void open_outputs(container& value);

/// Reads one piece of an output.
void on_output(container& value, std::uint32_t stream);

/// Reads all that is there, of a container whose process is over, unless an
/// attached reader is in the way.
void pump_outputs(container& value);

/// Ends the last line and lets attached readers see the end.
void end_outputs(container& value);

/// Adds a reader; takes the descriptor, which it makes non-blocking. Where
/// input ends with the first one, that one is told what was written before it
/// came.
bool add_reader(container& value, std::uint32_t stream, int fd);

/// A reader has room again, or is gone.
void on_reader(attach_slot& reader, std::uint32_t events);

/// Cuts off readers that were full for too long. Returns how many
/// milliseconds may pass until the next call; -1: any.
int expire_readers();

} // namespace troupe::shim

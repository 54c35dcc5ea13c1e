#pragma once

#include "node/shim/pod.hpp"
#include "node/shim/wire.hpp"

/// Containers' main processes, from start to exit.
namespace troupe::shim {

/// Answers a request with an outcome alone.
void answer(std::uint32_t request, const outcome& how);

/// Answers a `start` or `exec` request, unless its agent is gone.
void answer_start(const process& started, const outcome& how,
                  std::uint64_t exec_id, int descriptor);

void start_container(packet& from);

void on_container_report(container& value);
void on_container_exit(container& value);

/// Goes on with a container whose output was drained: tells of its exit.
void finish_if_drained(container& value);

void fill_record(const container& value, container_record& record);

} // namespace troupe::shim

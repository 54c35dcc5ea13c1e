#include "messages/codec/print/cell_functions.hpp"

#include "messages/codec/print/event_cells.hpp"

namespace troupe::codec {

namespace {

constexpr cell_function functions[] = {
    {"event_count", append_event_count},
    {"event_first_seen", append_event_first_seen},
    {"event_last_seen", append_event_last_seen},
    {"event_message", append_event_message},
    {"event_object", append_event_object},
    {"event_source", append_event_source},
};

} // namespace

std::span<const cell_function> all_cell_functions() {
  return functions;
}

} // namespace troupe::codec

#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/events.hpp"
#include "runtime/control/event.hpp"

#include <string>

namespace troupe::agent {

control::event_subject subject_of_pod(const codec::document& pod);
control::event_subject subject_of_node(const std::string& node);

control::event_note note_of(const pod::pod_event& event);

} // namespace troupe::agent

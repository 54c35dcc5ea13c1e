#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// What matchLabelKeys and mismatchLabelKeys of a new pod's affinity and
/// spreading stand for: requirements on the values of the pod's own labels,
/// added to the selectors.
void merge_label_keys(document& pod);

} // namespace troupe::codec

#pragma once

#include "messages/meta/selector.hpp"
#include "messages/view/meta_v1.hpp"

namespace troupe::view {

/// A metav1.LabelSelector as a selector; an absent one selects nothing. Fails
/// with `invalid_argument` and upstream's text.
result<meta::label_selector> to_selector(meta_v1::label_selector from);

} // namespace troupe::view

#pragma once

#include "messages/codec/document.hpp"

#include <string>

namespace troupe::codec {

/// A map of labels as tables show it: "a=1,b=2", or "<none>".
std::string labels_text(const node* labels);

/// A metav1.LabelSelector as tables show it, by key: "a=1,b in (x,y),!c", or
/// "<none>". `type` describes the selector.
std::string selector_text(const node* selector, const schema::type_desc& type);

} // namespace troupe::codec

#pragma once

#include "messages/codec/document.hpp"

#include <string>
#include <vector>

/// The parts of a Service's kind_rules, a file each.
namespace troupe::codec {

void fill_service(document& object);

/// Who says clusterIP alone means clusterIPs too.
void prepare_service(document& object);

/// What was allocated and is not mentioned stays; what the type no longer
/// needs goes, unless the client changed it.
void prepare_service_update(document& next, const document& old);

void warn_service(const document& object, std::vector<std::string>& texts);

} // namespace troupe::codec

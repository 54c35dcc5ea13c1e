#pragma once

#include "messages/schema/gen/diagnostic.hpp"
#include "messages/schema/gen/model.hpp"

#include <string>
#include <string_view>

namespace troupe::schema::gen {

/// Adds what one schema file declares to `into`; messages/schema/README.md
/// describes the language. Stops at the first mistake, appends it to `errors`
/// and returns false; `into` is then of no use.
bool parse(const std::string& file, std::string_view text, model& into,
           diagnostics& errors);

} // namespace troupe::schema::gen

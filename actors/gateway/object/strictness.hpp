#pragma once

#include "actors/gateway/object/refusal.hpp"

#include <optional>

/// What fieldValidation does about fields a type does not know.
namespace troupe::gateway {

/// "strict decoding error: unknown field \"a\", unknown field \"b\"".
std::string strict_text(const std::vector<std::string>& problems);

/// 400 under strict when the call's body has problems.
std::optional<api::status> refuse_problems(const object_call& call);

/// The warnings to answer with: the problems under warn, else none.
std::vector<std::string> warnings_of(const object_call& call,
                                     const std::vector<std::string>& problems);

} // namespace troupe::gateway

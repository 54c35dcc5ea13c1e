#include "actors/gateway/object/strictness.hpp"

namespace troupe::gateway {

std::string strict_text(const std::vector<std::string>& problems) {
  std::string out;
  for (const auto& problem : problems)
    out.append(out.empty() ? "strict decoding error: " : ", ").append(problem);
  return out;
}

std::optional<api::status> refuse_problems(const object_call& call) {
  if (call.validation != field_validation::strict || call.problems.empty())
    return std::nullopt;
  const auto& kind = call.version().kind;
  return api::bad_request(std::string{kind.kind} + " in version "
                          + meta::quoted(kind.version)
                          + " cannot be handled as a " + std::string{kind.kind}
                          + ": " + strict_text(call.problems));
}

std::vector<std::string> warnings_of(const object_call& call,
                                     const std::vector<std::string>& problems) {
  return call.validation == field_validation::warn ? problems
                                                   : std::vector<std::string>{};
}

} // namespace troupe::gateway

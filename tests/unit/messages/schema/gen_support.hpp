#pragma once

#include "messages/schema/gen/link.hpp"
#include "messages/schema/gen/parser.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe::schema::gen::test {

/// A text without its header, and what its two stages made of it.
struct outcome {
  model what;
  diagnostics errors;

  /// The errors, one per line.
  std::string text() const {
    std::string result;
    for (auto& each : errors)
      result += to_string(each) + '\n';
    return result;
  }
};

/// Parses and links `body` as line 2 and on of core_v1.schema.
inline outcome compile(std::string_view body) {
  outcome result;
  auto text =
      "group \"\" version v1 package io.k8s.api.core.v1\n" + std::string{body};
  if (parse("core_v1.schema", text, result.what, result.errors))
    link(result.what, result.errors);
  return result;
}

/// The linked type of that name.
inline const type& find_type(const outcome& from, std::string_view name) {
  for (auto& version : from.what.versions)
    for (auto& each : version->types)
      if (each->name == name)
        return *each;
  throw std::runtime_error{"no type " + std::string{name}};
}

} // namespace troupe::schema::gen::test

#pragma once

#include "messages/codec/json.hpp"
#include "messages/meta/field_error.hpp"
#include "messages/schema/registry.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

/// Objects written as JSON, and errors as lines of text.
namespace troupe::codec {

inline const schema::resource_desc& resource(std::string_view plural) {
  const auto* found = schema::find_resource("", "v1", plural);
  REQUIRE(found != nullptr);
  return *found;
}

inline document object(std::string_view plural, std::string_view json) {
  auto read = decode_json(json, resource(plural).type);
  INFO(json);
  REQUIRE(read);
  return std::move(read->doc);
}

inline std::string json(const document& doc) {
  return encode_json(doc.root(), doc.type());
}

inline std::vector<std::string> texts(const meta::field_errors& errors) {
  std::vector<std::string> out;
  for (const auto& one : errors)
    out.push_back(one.text());
  return out;
}

} // namespace troupe::codec

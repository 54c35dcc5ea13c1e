#pragma once

#include "messages/codec/document.hpp"

#include <optional>
#include <string_view>

namespace troupe::controllers::service_pods {

/// Fills in the members of one object of a document.
class object_builder {
public:
  object_builder(codec::document& doc, codec::node& object)
      : doc_{doc}, object_{object} {}

  void text(codec::field_id id, std::string_view value) {
    doc_.set(object_, id, doc_.make_string(value));
  }
  void text_if(codec::field_id id, std::string_view value) {
    if (!value.empty())
      text(id, value);
  }
  void integer(codec::field_id id, std::int64_t value) {
    doc_.set(object_, id, doc_.make_integer(value));
  }
  void flag(codec::field_id id, std::optional<bool> value) {
    if (value)
      doc_.set(object_, id, doc_.make_boolean(*value));
  }
  object_builder member(codec::field_id id) {
    return {doc_, doc_.object_at(object_, id)};
  }
  /// A new object at the end of a list.
  object_builder item(codec::field_id list) {
    auto* made = doc_.make_object();
    doc_.push_back(doc_.list_at(object_, list), made);
    return {doc_, *made};
  }
  codec::document& doc() { return doc_; }
  codec::node& object() { return object_; }

private:
  codec::document& doc_;
  codec::node& object_;
};

} // namespace troupe::controllers::service_pods

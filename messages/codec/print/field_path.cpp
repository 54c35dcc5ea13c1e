#include "messages/codec/print/field_path.hpp"

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::value_type;

error no_such_path(std::string_view dotted, std::string_view segment) {
  return {errc::invalid_argument, "path \"" + std::string{dotted}
                                      + "\": no field can be reached by \""
                                      + std::string{segment} + "\""};
}

} // namespace

/// `type` is the object the path has come to, null inside maps and JSON.
status_result field_path::add(std::string_view segment,
                              const schema::type_desc*& type) {
  auto in_json = field_ && field_->type == value_type::json;
  auto in_map = field_ && field_->many == cardinality::map && !inside_field_;
  if (!type && !in_json && !in_map)
    return error{errc::invalid_argument, ""};
  if (!type || in_map) {
    steps_.push_back({0, std::string{segment}});
    inside_field_ = true;
    return unit{};
  }
  auto* field = type->find(segment);
  if (!field)
    return error{errc::invalid_argument, ""};
  steps_.push_back({field->id, {}});
  field_ = field;
  inside_field_ = false;
  type = field->type == value_type::object && field->many != cardinality::list
             ? field->object
             : nullptr;
  return unit{};
}

result<field_path> field_path::parse(std::string_view dotted,
                                     const schema::type_desc& type) {
  field_path path;
  const schema::type_desc* at = &type;
  for (auto rest = dotted;;) {
    auto dot = rest.find('.');
    auto segment = rest.substr(0, dot);
    if (segment.empty() || path.steps_.size() == segments_max
        || !path.add(segment, at))
      return no_such_path(dotted, segment);
    if (dot == rest.npos)
      return path;
    rest.remove_prefix(dot + 1);
  }
}

const node* field_path::follow(const node& root) const {
  auto* at = &root;
  for (auto& [id, key] : steps_) {
    at = id != 0 ? at->find(id) : at->find(key);
    if (!at)
      return nullptr;
  }
  return at;
}

} // namespace troupe::codec

#include "messages/codec/convert/convert.hpp"

#include "messages/base/check.hpp"
#include "messages/codec/convert/names.hpp"
#include "messages/codec/scalars.hpp"

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;

class converter {
public:
  converter(document& to, version_change way) : to_{to}, way_{way} {}

  void members(node& into, const node& from, const type_desc& from_type,
               const type_desc& to_type) {
    for (const auto& [id, value] : from.members()) {
      const auto* field = from_type.find(id);
      const auto* found =
          field == nullptr ? nullptr : counterpart(*field, to_type, way_);
      if (found != nullptr && !equals_absence(*found, *value))
        to_.set(into, found->id, converted(*value, *field, *found));
    }
  }

private:
  node* converted(const node& value, const field_desc& from,
                  const field_desc& to) {
    if (from.object == to.object || from.object == nullptr
        || to.object == nullptr)
      return to_.clone(value);
    if (value.is(node_kind::list)) {
      auto* list = to_.make_list();
      for (const auto* item : value.items())
        to_.push_back(*list, element(*item, from, to));
      return list;
    }
    if (value.is(node_kind::map)) {
      auto* map = to_.make_map();
      for (const auto& [key, item] : value.entries())
        to_.set(*map, key, element(*item, from, to));
      return map;
    }
    return element(value, from, to);
  }

  node* element(const node& value, const field_desc& from,
                const field_desc& to) {
    if (!value.is(node_kind::object))
      return to_.clone(value);
    auto* made = to_.make_object();
    members(*made, value, *from.object, *to.object);
    return made;
  }

  document& to_;
  version_change way_;
};

document convert(const document& from, const type_desc* to,
                 version_change way) {
  if (from.type() == to)
    return from.clone();
  document out{to};
  converter{out, way}.members(out.root(), from.root(), *from.type(), *to);
  return out;
}

} // namespace

document to_stored(const document& object,
                   const schema::resource_desc& version) {
  TROUPE_CHECK(object.type() == version.type, "the object is of its version");
  return convert(object, version.storage().type, version_change::to_stored);
}

document to_shown(const document& stored,
                  const schema::resource_desc& version) {
  TROUPE_CHECK(stored.type() == version.storage().type,
               "what is stored is of the stored version");
  return convert(stored, version.type, version_change::to_shown);
}

} // namespace troupe::codec

#include "messages/codec/validate/validate.hpp"

#include "messages/codec/validate/fields.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/object_meta.hpp"

namespace troupe::codec {

namespace {

/// A version that is not stored may have rules of its own.
const kind_rules& rules_of(const schema::resource_desc& version) {
  return find_version_rules(version);
}

/// The rules of every write to the object itself.
void check_object(const document& object, const schema::resource_desc& resource,
                  meta::field_errors& errors) {
  const auto& rules = rules_of(resource);
  check_object_meta(object.root().find(metadata_id), resource.namespaced,
                    rules.name, errors);
  if (rules.table_checks)
    check_fields(object.root(), *resource.storage().type, {}, errors);
  if (rules.check != nullptr)
    rules.check(object, errors);
}

void check_metadata_update(const document& next, const document& old,
                           meta::field_errors& errors) {
  check_object_meta_update(next.root().find(metadata_id),
                           old.root().find(metadata_id), errors);
}

} // namespace

meta::field_errors validate_create(const document& object,
                                   const schema::resource_desc& resource) {
  meta::field_errors errors;
  check_object(object, resource, errors);
  if (const auto check = rules_of(resource).check_create)
    check(object, errors);
  return errors;
}

meta::field_errors validate_update(const document& next, const document& old,
                                   const schema::resource_desc& resource) {
  meta::field_errors errors;
  check_metadata_update(next, old, errors);
  check_immutable_fields(next.root(), old.root(), *resource.storage().type, {},
                         errors);
  if (const auto check = rules_of(resource).check_update)
    check(next, old, errors);
  check_object(next, resource, errors);
  return errors;
}

meta::field_errors
validate_subresource_update(const document& next, const document& old,
                            const schema::resource_desc& resource,
                            std::string_view subresource) {
  meta::field_errors errors;
  check_metadata_update(next, old, errors);
  if (rules_of(resource).table_checks)
    check_fields(next.root(), *resource.storage().type, {}, errors);
  const auto* own = rules_of(resource).find(subresource);
  if (own != nullptr && own->check != nullptr)
    own->check(next, old, errors);
  return errors;
}

} // namespace troupe::codec

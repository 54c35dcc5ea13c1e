#include "messages/codec/validate/object_meta.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>
#include <set>

namespace troupe::codec {

namespace {

using meta::field_errors;
using meta::quoted;

/// Longest subresource name in managedFields.
constexpr std::size_t subresource_length_max = 256;

std::string path_of(std::string_view field) {
  return "metadata." + std::string{field};
}

void add_all(const meta::complaints& complaints, const std::string& path,
             std::string_view value, field_errors& errors) {
  for (const auto& complaint : complaints)
    errors.push_back(meta::invalid(path, quoted(value), complaint));
}

std::string ascii_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

void check_labels(const node* metadata, field_errors& errors) {
  const auto path = path_of("labels");
  for (const auto& [key, value] : entries_of(metadata, object_meta::labels)) {
    const auto text = value->string_or("");
    add_all(meta::check_qualified_name(key), path, key, errors);
    add_all(meta::check_label_value(text), path, text, errors);
  }
}

/// Whether `text` is <version> or <group>/<version>.
bool has_version(std::string_view text) {
  const auto slash = text.find('/');
  return !text.empty()
         && (slash == std::string_view::npos || slash + 1 < text.size());
}

/// An owner as errors show it.
std::string owner_json(const node& owner) {
  return encode_json(owner,
                     schema::find_type("io.k8s.apimachinery.pkg.apis.meta.v1."
                                       "OwnerReference"));
}

std::string owners_json(std::span<node* const> owners) {
  std::string out;
  for (const auto* owner : owners)
    out += (out.empty() ? "[" : ",") + owner_json(*owner);
  return out + "]";
}

void check_owner(const node& owner, field_errors& errors) {
  const auto demand = [&](std::string_view field, std::string_view value,
                          bool fine, std::string detail) {
    if (!fine)
      errors.push_back(
          meta::invalid(path_of("ownerReferences.") + std::string{field},
                        quoted(value), std::move(detail)));
  };
  const auto version = text_of(&owner, owner_reference::api_version);
  const auto kind = text_of(&owner, owner_reference::kind);
  const auto name = text_of(&owner, owner_reference::name);
  const auto uid = text_of(&owner, owner_reference::uid);
  demand("apiVersion", version, has_version(version),
         "version must not be empty");
  demand("kind", kind, !kind.empty(), "kind must not be empty");
  demand("name", name, !name.empty(), "name must not be empty");
  demand("uid", uid, !uid.empty(), "uid must not be empty");
  if (version == "v1" && kind == "Event")
    errors.push_back(
        meta::invalid(path_of("ownerReferences"), owner_json(owner),
                      "/v1, Kind=Event is disallowed from being an owner"));
}

void check_owners(const node* metadata, field_errors& errors) {
  const auto owners = items_of(metadata, object_meta::owner_references);
  std::string first;
  for (const auto* owner : owners) {
    check_owner(*owner, errors);
    const node* controller = owner->find(owner_reference::controller);
    if (controller == nullptr || !controller->boolean_or(false))
      continue;
    auto name = std::string{text_of(owner, owner_reference::kind)} + "/"
                + std::string{text_of(owner, owner_reference::name)};
    if (first.empty())
      first = std::move(name);
    else
      errors.push_back(meta::invalid(
          path_of("ownerReferences"), owners_json(owners),
          "Only one reference can have Controller set to true. Found \"true\" "
          "in references for "
              + first + " and " + name));
  }
}

void check_finalizers(const node* metadata, field_errors& errors) {
  const auto path = path_of("finalizers");
  const auto finalizers = items_of(metadata, object_meta::finalizers);
  std::string all;
  for (const auto* finalizer : finalizers) {
    const auto name = finalizer->string_or("");
    check_finalizer(name, path, errors);
    all += (all.empty() ? "[" : ",") + json_string(name);
  }
  const auto has = [&](std::string_view name) {
    return std::any_of(finalizers.begin(), finalizers.end(),
                       [&](auto* one) { return one->string_or("") == name; });
  };
  if (has("orphan") && has("foregroundDeletion"))
    errors.push_back(meta::invalid(
        path, all + "]",
        "finalizer orphan and foregroundDeletion cannot be both set"));
}

void check_standard_finalizers(const node* metadata, field_errors& errors) {
  std::size_t index = 0;
  for (const auto* one : items_of(metadata, object_meta::finalizers))
    check_standard_finalizer(
        one->string_or(""),
        path_of("finalizers[") + std::to_string(index++) + "]", errors);
}

/// Go prints the new names as []string{"a", "b"}.
void check_no_new_finalizers(const node* next, const node* old,
                             field_errors& errors) {
  std::set<std::string_view> added;
  for (const auto* one : items_of(next, object_meta::finalizers))
    added.insert(one->string_or(""));
  for (const auto* one : items_of(old, object_meta::finalizers))
    added.erase(one->string_or(""));
  if (added.empty())
    return;
  std::string list;
  for (auto name : added)
    list += (list.empty() ? "" : ", ") + quoted(name);
  errors.push_back(meta::forbidden(
      path_of("finalizers"), "no new finalizers can be added if the object is "
                             "being deleted, found new finalizers []string{"
                                 + list + "}"));
}

void check_managed_fields(const node* metadata, field_errors& errors) {
  std::size_t index = 0;
  for (const auto* one : items_of(metadata, object_meta::managed_fields)) {
    const auto path =
        path_of("managedFields[") + std::to_string(index++) + "].";
    const auto operation = text_of(one, managed_fields_entry::operation);
    const auto type = text_of(one, managed_fields_entry::fields_type);
    if (operation != "Apply" && operation != "Update")
      errors.push_back(meta::invalid(path + "operation", quoted(operation),
                                     "must be `Apply` or `Update`"));
    if (!type.empty() && type != "FieldsV1")
      errors.push_back(meta::invalid(path + "fieldsType", quoted(type),
                                     "must be `FieldsV1`"));
    if (text_of(one, managed_fields_entry::subresource).size()
        > subresource_length_max)
      errors.push_back(
          meta::too_long(path + "subresource", subresource_length_max));
  }
}

void check_name(const node* metadata, meta::name_check name,
                field_errors& errors) {
  const auto base = text_of(metadata, object_meta::generate_name);
  if (!base.empty())
    add_all(name(base, true), path_of("generateName"), base, errors);
  const auto given = text_of(metadata, object_meta::name);
  if (given.empty())
    errors.push_back(
        meta::required(path_of("name"), "name or generateName is required"));
  else
    add_all(name(given, false), path_of("name"), given, errors);
}

void check_namespace(const node* metadata, bool namespaced,
                     field_errors& errors) {
  const auto path = path_of("namespace");
  const auto given = text_of(metadata, object_meta::space);
  if (!namespaced && !given.empty())
    errors.push_back(meta::forbidden(path, "not allowed on this type"));
  if (namespaced && given.empty())
    errors.push_back(meta::required(path));
  if (namespaced && !given.empty())
    add_all(meta::check_dns1123_label(given), path, given, errors);
}

std::int64_t generation_of(const node* metadata) {
  const node* value =
      metadata == nullptr ? nullptr : metadata->find(object_meta::generation);
  return value == nullptr ? 0 : value->integer_or(0);
}

/// As an update may not change it: `""` or `null` for what is absent.
void check_unchanged(const node* next, const node* old, field_id id,
                     std::string_view field, std::string_view absent,
                     field_errors& errors) {
  const node* now = next == nullptr ? nullptr : next->find(id);
  const node* before = old == nullptr ? nullptr : old->find(id);
  if (now == before
      || (now != nullptr && before != nullptr && equal(*now, *before)))
    return;
  std::string value{absent};
  if (now != nullptr)
    value = now->is(node_kind::string) ? quoted(now->string())
                                       : encode_json(*now, nullptr);
  errors.push_back(
      meta::invalid(path_of(field), std::move(value), "field is immutable"));
}

} // namespace

void check_annotations(const node* metadata, const std::string& path,
                       field_errors& errors) {
  std::size_t size = 0;
  for (const auto& [key, value] :
       entries_of(metadata, object_meta::annotations)) {
    add_all(meta::check_qualified_name(ascii_lower(key)), path, key, errors);
    size += key.size() + value->string_or("").size();
  }
  if (size > meta::annotations_size_max)
    errors.push_back(meta::too_long(path, meta::annotations_size_max));
}

void check_finalizer(std::string_view name, const std::string& path,
                     field_errors& errors) {
  add_all(meta::check_qualified_name(name), path, name, errors);
}

void check_standard_finalizer(std::string_view name, const std::string& path,
                              field_errors& errors) {
  if (name.find('/') == std::string_view::npos && name != "kubernetes"
      && name != "orphan" && name != "foregroundDeletion")
    errors.push_back(meta::invalid(
        path, quoted(name),
        "name is neither a standard finalizer name nor is it fully qualified"));
}

void check_object_meta(const node* metadata, bool namespaced,
                       meta::name_check name, field_errors& errors) {
  check_name(metadata, name, errors);
  check_namespace(metadata, namespaced, errors);
  if (const auto generation = generation_of(metadata); generation < 0)
    errors.push_back(meta::invalid(path_of("generation"),
                                   std::to_string(generation),
                                   "must be greater than or equal to 0"));
  check_labels(metadata, errors);
  check_annotations(metadata, path_of("annotations"), errors);
  check_owners(metadata, errors);
  check_finalizers(metadata, errors);
  check_managed_fields(metadata, errors);
  check_standard_finalizers(metadata, errors);
}

void check_object_meta_update(const node* next, const node* old,
                              field_errors& errors) {
  namespace id = object_meta;
  if (old != nullptr && old->find(id::deletion_timestamp) != nullptr)
    check_no_new_finalizers(next, old, errors);
  if (text_of(next, id::resource_version).empty())
    errors.push_back(meta::invalid(path_of("resourceVersion"), "0",
                                   "must be specified for an update"));
  if (generation_of(next) < generation_of(old))
    errors.push_back(meta::invalid(path_of("generation"),
                                   std::to_string(generation_of(next)),
                                   "must not be decremented"));
  const auto unchanged = [&](field_id field, std::string_view name,
                             std::string_view absent) {
    check_unchanged(next, old, field, name, absent, errors);
  };
  unchanged(id::name, "name", "\"\"");
  unchanged(id::space, "namespace", "\"\"");
  unchanged(id::uid, "uid", "\"\"");
  unchanged(id::creation_timestamp, "creationTimestamp", "null");
  unchanged(id::deletion_timestamp, "deletionTimestamp", "null");
  unchanged(id::deletion_grace_period_seconds, "deletionGracePeriodSeconds",
            "null");
  check_labels(next, errors);
  check_annotations(next, path_of("annotations"), errors);
  check_owners(next, errors);
  check_managed_fields(next, errors);
  check_standard_finalizers(next, errors);
}

} // namespace troupe::codec

#include "messages/codec/managed/managed_fields.hpp"

#include "messages/codec/managed/version_names.hpp"
#include "messages/meta/field_error.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>

namespace troupe::codec {

namespace {

/// Where an object's type keeps managedFields; null without metadata.
struct managed_place {
  const schema::field_desc* metadata = nullptr;
  const schema::field_desc* list = nullptr;

  explicit managed_place(const document& object) {
    TROUPE_CHECK(object.type() != nullptr, "owned objects have a type");
    metadata = object.type()->find("metadata");
    if (metadata && metadata->object)
      list = metadata->object->find("managedFields");
  }

  const node* find(const document& object) const {
    return list ? codec::find(object.root(), {metadata->id, list->id})
                : nullptr;
  }
};

std::string_view operation_name(managed_operation operation) {
  return operation == managed_operation::apply ? "Apply" : "Update";
}

/// Reads the members of one entry by their JSON names.
class entry_reader {
public:
  entry_reader(const node& entry, const schema::type_desc& type)
      : entry_{entry}, type_{type} {}

  const node* find(std::string_view name) const {
    auto* field = type_.find(name);
    return field ? entry_.find(field->id) : nullptr;
  }

  std::string text(std::string_view name) const {
    auto* value = find(name);
    return std::string{value ? value->string_or("") : ""};
  }

private:
  const node& entry_;
  const schema::type_desc& type_;
};

/// Equality of two objects, apart from some members.
bool equal_members(const node& a, const node& b,
                   const std::vector<field_id>& skipped) {
  auto counted = [&skipped](const member& one) {
    return std::ranges::find(skipped, one.id) == skipped.end();
  };
  return std::ranges::equal(a.members() | std::views::filter(counted),
                            b.members() | std::views::filter(counted),
                            [](const member& x, const member& y) {
                              return x.id == y.id && equal(*x.value, *y.value);
                            });
}

error broken(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

result<managed_entry> decode_entry(const entry_reader& from,
                                   std::size_t index) {
  auto operation = from.text("operation");
  if (operation != "Apply" && operation != "Update")
    return broken("operation must be `Apply` or `Update`");
  managed_entry entry;
  entry.owner = {operation == "Apply" ? managed_operation::apply
                                      : managed_operation::update,
                 from.text("manager"), from.text("apiVersion"),
                 from.text("subresource")};
  if (entry.owner.api_version.empty())
    return broken("apiVersion must not be empty");
  auto kind = from.text("fieldsType");
  auto at = " in managed fields entry " + std::to_string(index);
  if (kind.empty())
    return broken("missing fieldsType" + at);
  if (kind != "FieldsV1")
    return broken("invalid fieldsType " + meta::quoted(kind) + at);
  entry.time = from.text("time");
  if (auto* fields = from.find("fieldsV1")) {
    auto set = decode_fields_v1(*fields);
    if (!set)
      return std::move(set.error());
    entry.fields = std::move(*set);
  }
  return entry;
}

auto rank(const managed_entry& entry) {
  auto& owner = entry.owner;
  return std::tie(owner.operation, entry.time, owner.manager, owner.api_version,
                  owner.subresource);
}

node* encode_entry(document& out, const managed_entry& entry,
                   const schema::type_desc& type) {
  auto* result = out.make_object();
  auto put = [&](std::string_view name, node* value) {
    auto* field = type.find(name);
    TROUPE_CHECK(field != nullptr, "ManagedFieldsEntry has upstream's fields");
    out.set(*result, field->id, value);
  };
  auto put_text = [&](std::string_view name, std::string_view text) {
    if (!text.empty())
      put(name, out.make_string(text));
  };
  put_text("manager", entry.owner.manager);
  put_text("operation", operation_name(entry.owner.operation));
  put_text("apiVersion", entry.owner.api_version);
  put_text("time", entry.time);
  put_text("fieldsType", "FieldsV1");
  put("fieldsV1", out.clone(encode_fields_v1(entry.fields).root()));
  put_text("subresource", entry.owner.subresource);
  return result;
}

} // namespace

bool field_owner::same_entry(const field_owner& other) const {
  return operation == other.operation && manager == other.manager
         && subresource == other.subresource
         && (operation == managed_operation::apply
             || api_version == other.api_version);
}

managed_entry* find_entry(managed_entries& entries, const field_owner& owner) {
  auto at = std::ranges::find_if(
      entries, [&owner](auto& entry) { return entry.owner.same_entry(owner); });
  return at == entries.end() ? nullptr : &*at;
}

managed_entry& entry_of(managed_entries& entries, const field_owner& owner) {
  if (auto* found = find_entry(entries, owner))
    return *found;
  return entries.emplace_back(managed_entry{owner, {}, {}});
}

result<managed_entries> decode_managed_fields(const document& object) {
  managed_entries entries;
  managed_place place{object};
  auto* list = place.find(object);
  if (!list || !list->is(node_kind::list))
    return entries;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto entry = decode_entry({*list->items()[i], *place.list->object}, i);
    if (!entry)
      return std::move(entry.error());
    // Of two entries of one owner the last counts.
    if (auto* earlier = find_entry(entries, entry->owner))
      *earlier = std::move(*entry);
    else
      entries.push_back(std::move(*entry));
  }
  use_stored_names(entries, *object.type());
  return entries;
}

bool resets_managed_fields(const document& object) {
  auto* list = managed_place{object}.find(object);
  if (!list || !list->is(node_kind::list))
    return false;
  return list->empty() || (list->size() == 1 && list->items()[0]->empty());
}

void encode_managed_fields(document& object, managed_entries entries) {
  managed_place place{object};
  if (!place.list)
    return;
  if (entries.empty())
    return remove_managed_fields(object);
  use_own_names(entries, *object.type());
  std::ranges::stable_sort(entries,
                           [](auto& a, auto& b) { return rank(a) < rank(b); });
  auto* list = object.make_list();
  for (auto& entry : entries)
    object.push_back(*list, encode_entry(object, entry, *place.list->object));
  auto& metadata = object.object_at(object.root(), place.metadata->id);
  object.set(metadata, place.list->id, list);
}

bool same_but_managed_fields(const document& a, const document& b) {
  managed_place place{a};
  if (!place.list)
    return equal(a.root(), b.root());
  const std::vector<field_id> skipped{
      place.list->id, place.metadata->object->find("resourceVersion")->id};
  const auto* x = a.root().find(place.metadata->id);
  const auto* y = b.root().find(place.metadata->id);
  return x && y && equal_members(*x, *y, skipped)
         && equal_members(a.root(), b.root(), {place.metadata->id});
}

void remove_managed_fields(document& object) {
  managed_place place{object};
  auto* metadata =
      place.list ? object.root().find(place.metadata->id) : nullptr;
  if (metadata)
    object.erase(*metadata, place.list->id);
}

} // namespace troupe::codec

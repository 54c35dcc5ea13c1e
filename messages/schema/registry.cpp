#include "messages/schema/registry.hpp"

#include "messages/schema/registry_tables.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::schema {

namespace {

/// The row whose key equals `key`, or null.
template <class Row, class Key, class KeyOf>
const Row* find_row(std::span<const Row> rows, const Key& key, KeyOf key_of) {
  auto at = std::lower_bound(
      rows.begin(), rows.end(), key,
      [&](const Row& row, const Key& wanted) { return key_of(row) < wanted; });
  return at != rows.end() && key_of(*at) == key ? &*at : nullptr;
}

const kind_row* find_kind_row(const group_version_kind& kind) {
  return find_row(
      registry.kinds, std::tuple{kind.kind, kind.group, kind.version},
      [](const kind_row& row) {
        return std::tuple{row.kind.kind, row.kind.group, row.kind.version};
      });
}

} // namespace

std::span<const group_version_desc* const> group_versions() {
  return registry.versions;
}

const resource_desc* find_resource(std::string_view group,
                                   std::string_view version,
                                   std::string_view plural) {
  auto row = find_row(
      registry.resources, std::tuple{group, version, plural},
      [](const resource_desc* each) {
        return std::tuple{each->kind.group, each->kind.version, each->plural};
      });
  return row == nullptr ? nullptr : *row;
}

const resource_desc* find_kind(const group_version_kind& kind) {
  auto row = find_kind_row(kind);
  return row == nullptr ? nullptr : row->resource;
}

const type_desc* find_type(std::string_view name) {
  auto row = find_row(registry.types, name,
                      [](const type_desc* each) { return each->name; });
  return row == nullptr ? nullptr : *row;
}

const type_desc* find_kind_type(const group_version_kind& kind) {
  auto row = find_kind_row(kind);
  if (row == nullptr)
    row = find_kind_row({"*", "*", kind.kind});
  return row == nullptr ? nullptr : row->type;
}

} // namespace troupe::schema

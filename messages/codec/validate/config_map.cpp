#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"

namespace troupe::codec {

namespace {

constexpr field_id data_id = 2;
constexpr field_id binary_data_id = 3;
constexpr field_id immutable_id = 4;

/// Octets of all values, text and binary.
constexpr std::size_t values_size_max = 1024 * 1024;

void check_keys(const node& root, field_id id, std::string_view field,
                meta::field_errors& errors) {
  for (const auto& [key, value] : entries_of(&root, id)) {
    const auto path = std::string{field} + "[" + std::string{key} + "]";
    for (auto& complaint : meta::check_config_map_key(key))
      errors.push_back(meta::invalid(path, meta::quoted(key), complaint));
    const node* binary = root.find(binary_data_id);
    if (id == data_id && binary != nullptr && binary->find(key) != nullptr)
      errors.push_back(meta::invalid(path, meta::quoted(key),
                                     "duplicate of key present in binaryData"));
  }
}

std::size_t values_size(const node& root) {
  std::size_t size = 0;
  for (auto id : {data_id, binary_data_id})
    for (const auto& [key, value] : entries_of(&root, id))
      size += value->string_or("").size();
  return size;
}

void check(const document& object, meta::field_errors& errors) {
  const auto& root = object.root();
  check_keys(root, data_id, "data", errors);
  check_keys(root, binary_data_id, "binaryData", errors);
  // Upstream names the whole object with an empty path, printed as "[]".
  if (values_size(root) > values_size_max)
    errors.push_back(meta::too_long("[]", values_size_max));
}

bool is_immutable(const node& root) {
  const node* flag = root.find(immutable_id);
  return flag != nullptr && flag->boolean_or(false);
}

/// An absent map and an empty one are the same.
bool same(const node& a, const node& b, field_id id) {
  const auto in_a = entries_of(&a, id);
  const auto in_b = entries_of(&b, id);
  if (in_a.empty() || in_b.empty())
    return in_a.empty() && in_b.empty();
  return equal(*a.find(id), *b.find(id));
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  if (!is_immutable(old.root()))
    return;
  const auto refuse = [&](std::string field) {
    errors.push_back(meta::forbidden(
        std::move(field), "field is immutable when `immutable` is set"));
  };
  if (!is_immutable(next.root()))
    refuse("immutable");
  if (!same(next.root(), old.root(), data_id))
    refuse("data");
  if (!same(next.root(), old.root(), binary_data_id))
    refuse("binaryData");
}

} // namespace

extern const kind_rules config_map_rules;
const kind_rules config_map_rules{
    .group = "",
    .kind = "ConfigMap",
    .check = check,
    .check_update = check_update,
};

} // namespace troupe::codec

#include "messages/codec/json_syntax.hpp"
#include "messages/codec/validate/fill.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/spot.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <vector>

namespace troupe::codec {

namespace {

namespace id = schema::ids::secret;

/// Octets of all values.
constexpr std::size_t values_size_max = 1024 * 1024;

constexpr std::string_view account_annotation =
    "kubernetes.io/service-account.name";

/// Keys that a type asks for.
struct type_rule {
  std::string_view type;
  std::string_view key;
  bool json = false;   ///< an object
  bool filled = false; ///< not empty
};

constexpr type_rule type_rules[] = {
    {"kubernetes.io/dockercfg", ".dockercfg", true},
    {"kubernetes.io/dockerconfigjson", ".dockerconfigjson", true},
    {"kubernetes.io/ssh-auth", "ssh-privatekey", false, true},
    {"kubernetes.io/tls", "tls.crt"},
    {"kubernetes.io/tls", "tls.key"},
};

void fill_defaults(document& object) {
  auto& secret = object.root();
  fill_text(object, secret, id::type, "Opaque");
  const auto texts = entries_of(&secret, id::string_data);
  if (!texts.empty()) {
    auto& data = object.map_at(secret, id::data);
    for (const auto& [key, value] : texts)
      object.set(data, key, object.clone(*value));
  }
  object.erase(secret, id::string_data);
}

std::string_view value_of(const node& secret, std::string_view key) {
  const node* data = secret.find(id::data);
  const node* value = data == nullptr ? nullptr : data->find(key);
  return value == nullptr ? std::string_view{} : value->string_or("");
}

bool has_value(const node& secret, std::string_view key) {
  const node* data = secret.find(id::data);
  return data != nullptr && data->find(key) != nullptr;
}

/// Why the text is no JSON object, as Go says it; "" if it is one, or null.
std::string object_fault(std::string_view text) {
  if (const auto fault = json_syntax_fault(text))
    return *fault;
  const auto first = text[text.find_first_not_of(" \t\r\n")];
  const std::string_view what = first == '['                   ? "array"
                                : first == '"'                 ? "string"
                                : first == 't' || first == 'f' ? "bool"
                                : first == '{' || first == 'n' ? ""
                                                               : "number";
  return what.empty() ? ""
                      : "json: cannot unmarshal " + std::string{what}
                            + " into Go value of type map[string]interface {}";
}

void check_type_rule(const node& secret, const type_rule& rule,
                     const spot& data) {
  const auto at = data.key(rule.key);
  const auto value = value_of(secret, rule.key);
  if (!has_value(secret, rule.key) || (rule.filled && value.empty()))
    at.required();
  else if (rule.json)
    if (const auto fault = object_fault(value); !fault.empty())
      at.invalid("<secret contents redacted>", fault);
}

void check_account(const node& secret, meta::field_errors& errors) {
  const node* metadata = secret.find(metadata_id);
  const node* annotations =
      metadata == nullptr ? nullptr : metadata->find(object_meta::annotations);
  const node* name =
      annotations == nullptr ? nullptr : annotations->find(account_annotation);
  if (name != nullptr && !name->string_or("").empty())
    return;
  const spot here{"metadata.annotations", errors};
  here.key(account_annotation).required();
}

void check_basic_auth(const node& secret, const spot& data) {
  if (has_value(secret, "username") || has_value(secret, "password"))
    return;
  data.key("username").required();
  data.key("password").required();
}

void check(const document& object, meta::field_errors& errors) {
  const auto& secret = object.root();
  const spot data{"data", errors};
  std::size_t size = 0;
  for (const auto& [key, value] : entries_of(&secret, id::data)) {
    data.key(key).complain(key, meta::check_config_map_key(key));
    size += value->string_or("").size();
  }
  if (size > values_size_max)
    data.too_long(values_size_max);
  const auto type = text_of(&secret, id::type);
  if (type == "kubernetes.io/service-account-token")
    check_account(secret, errors);
  else if (type == "kubernetes.io/basic-auth")
    check_basic_auth(secret, data);
  for (const auto& rule : type_rules)
    if (rule.type == type)
      check_type_rule(secret, rule, data);
}

bool is_immutable(const node& secret) {
  const node* flag = secret.find(id::immutable);
  return flag != nullptr && flag->boolean_or(false);
}

/// An absent map and an empty one are the same.
bool same_data(const node& a, const node& b) {
  const auto in_a = entries_of(&a, id::data);
  const auto in_b = entries_of(&b, id::data);
  if (in_a.empty() || in_b.empty())
    return in_a.empty() && in_b.empty();
  return equal(*a.find(id::data), *b.find(id::data));
}

void check_update(const document& next, const document& old,
                  meta::field_errors& errors) {
  const auto type = text_of(&next.root(), id::type);
  if (type != text_of(&old.root(), id::type))
    spot{"type", errors}.invalid(type, "field is immutable");
  if (!is_immutable(old.root()))
    return;
  constexpr const char* why = "field is immutable when `immutable` is set";
  if (!is_immutable(next.root()))
    spot{"immutable", errors}.forbidden(why);
  if (!same_data(next.root(), old.root()))
    spot{"data", errors}.forbidden(why);
}

} // namespace

extern const kind_rules secret_rules;
const kind_rules secret_rules{
    .group = "",
    .kind = "Secret",
    .table_checks = false,
    .fill_defaults = fill_defaults,
    .check = check,
    .check_update = check_update,
};

} // namespace troupe::codec

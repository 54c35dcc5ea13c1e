#pragma once

#include "messages/schema/descriptor.hpp"

#include <string>
#include <string_view>

/// How the schema language and C++ spell things.
namespace troupe::schema::gen {

/// Sets `to` from its name in the language ("int_or_string", "merge"); the
/// same name is the C++ enumerator. False when there is no such name.
bool from_text(std::string_view text, value_type& to);
bool from_text(std::string_view text, patch_strategy& to);
bool from_text(std::string_view text, list_type& to);
bool from_text(std::string_view text, map_type& to);

/// The enumerator, for C++: "value_type::int32".
std::string to_cpp(value_type value);
std::string to_cpp(cardinality value);
std::string to_cpp(patch_strategy value);
std::string to_cpp(list_type value);
std::string to_cpp(map_type value);

/// Every name `from_text` takes: "replace, merge or retain_keys".
std::string choices(patch_strategy);
std::string choices(list_type);
std::string choices(map_type);

/// A C++ string literal.
std::string quoted(std::string_view text);

/// `creationTimestamp` as `creation_timestamp`, `clientCIDRs` as
/// `client_cidrs`, `x-kubernetes-map-type` with underscores; a C++ keyword
/// gets a trailing underscore.
std::string snake_case(std::string_view name);

/// "core_v1" of group "" and version v1; "rbac_v1" of
/// rbac.authorization.k8s.io/v1: the first label of the group and the version.
std::string group_version_id(std::string_view group, std::string_view version);

} // namespace troupe::schema::gen

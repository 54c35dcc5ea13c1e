#pragma once

#include "messages/schema/gen/model.hpp"

#include <string>
#include <vector>

/// Pieces of generated C++.
namespace troupe::schema::gen {

/// The constant that holds a type, for use anywhere in troupe::schema:
/// "tables::core_v1::ConfigMap_type".
std::string symbol(const type& what);

/// The constant that holds a resource: "tables::core_v1::configmaps_resource".
std::string symbol(const group_version& owner, const resource& what);

/// `{"group"sv, "version"sv, "Kind"sv}`
std::string emit_kind(const kind_name& kind, const std::string& name);

/// The gvk under which a type is the body of a request in `version`.
kind_name kind_in(const group_version& version, const type& what);

/// `constexpr std::string_view name[] = {...};`, or "" when there are none.
std::string emit_strings(const std::string& name,
                         const std::vector<std::string>& values);

/// Designated initializers: the members that differ from their defaults.
class initializer {
public:
  /// Adds `.name = value`.
  void set(const char* name, const std::string& value);

  /// Adds a member unless it has its default.
  void set_text(const char* name, const std::string& value);
  void set_flag(const char* name, bool value);

  /// `{.a = 1, .b = 2}`
  std::string text() const { return '{' + members_ + '}'; }

  bool empty() const { return members_.empty(); }

private:
  std::string members_;
};

} // namespace troupe::schema::gen

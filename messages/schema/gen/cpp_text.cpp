#include "messages/schema/gen/cpp_text.hpp"

#include "messages/schema/gen/spelling.hpp"

#include <algorithm>

namespace troupe::schema::gen {

std::string symbol(const type& what) {
  return "tables::" + what.owner->id + "::" + what.name + "_type";
}

std::string symbol(const group_version& owner, const resource& what) {
  return "tables::" + owner.id + "::" + what.plural + "_resource";
}

std::string emit_kind(const kind_name& kind, const std::string& name) {
  return '{' + quoted(kind.group) + ", " + quoted(kind.version) + ", "
         + quoted(name) + '}';
}

kind_name kind_in(const group_version& version, const type& what) {
  auto same = [&](const kind_name& kind) {
    return kind.group == version.group && kind.version == version.version;
  };
  auto at = std::find_if(what.kinds.begin(), what.kinds.end(), same);
  return at == what.kinds.end() ? what.kinds.front() : *at;
}

std::string emit_strings(const std::string& name,
                         const std::vector<std::string>& values) {
  if (values.empty())
    return {};
  auto result = "constexpr std::string_view " + name + "[] = {";
  for (auto& each : values)
    result += quoted(each) + ", ";
  return result + "};\n";
}

void initializer::set(const char* name, const std::string& value) {
  if (!members_.empty())
    members_ += ", ";
  members_ += '.';
  members_ += name;
  members_ += " = " + value;
}

void initializer::set_text(const char* name, const std::string& value) {
  if (!value.empty())
    set(name, quoted(value));
}

void initializer::set_flag(const char* name, bool value) {
  if (value)
    set(name, "true");
}

} // namespace troupe::schema::gen

#include "node/pod/environment.hpp"

#include "node/pod/spec.hpp"

#include <algorithm>
#include <set>

namespace troupe::pod {

namespace {

using view::core_v1::container;
using view::core_v1::env_var_source;

/// Printable ASCII without '='.
bool is_env_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '=';
  });
}

/// Variables by name, in the order of their first appearance.
class environment {
public:
  void set(std::string_view name, std::string value) {
    for (auto& each : all_)
      if (each.name == name) {
        each.value = std::move(value);
        return;
      }
    all_.push_back({std::string{name}, std::move(value)});
  }

  std::span<const env_var> all() const { return all_; }

  std::vector<env_var> take() { return std::move(all_); }

private:
  std::vector<env_var> all_;
};

/// One container's environment while it is built.
class builder {
public:
  builder(const view::core_v1::pod& pod, const container& of,
          const env_sources& sources, const downward_facts& facts)
      : pod_(pod), container_(of), sources_(sources), facts_(facts) {
    // nop
  }

  result<std::vector<env_var>>
  build(std::span<const env_var> service_variables);

private:
  status_result add_sources();
  status_result add_map(std::string_view prefix, bool secret,
                        std::string_view name, bool optional);
  status_result add_variables();
  status_result add_value_from(std::string_view name,
                               const env_var_source& from);
  status_result add_key(std::string_view variable, bool secret,
                        std::string_view name, std::string_view key,
                        bool optional);
  const text_map* map(bool secret, std::string_view name) const;

  const view::core_v1::pod& pod_;
  const container& container_;
  const env_sources& sources_;
  const downward_facts& facts_;
  environment out_;
};

result<std::vector<env_var>>
builder::build(std::span<const env_var> service_variables) {
  for (auto& each : service_variables)
    out_.set(each.name, each.value);
  if (auto done = add_sources(); !done)
    return done.error();
  if (auto done = add_variables(); !done)
    return done.error();
  return out_.take();
}

const text_map* builder::map(bool secret, std::string_view name) const {
  const auto& all = secret ? sources_.secrets : sources_.config_maps;
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

error missing(bool secret, std::string_view name) {
  return {errc::not_found, (secret ? "secret \"" : "configmap \"")
                               + std::string{name} + "\" not found"};
}

status_result builder::add_sources() {
  for (auto each : container_.env_from()) {
    if (const auto from = each.config_map_ref())
      if (auto done =
              add_map(each.prefix(), false, from.name(), from.optional());
          !done)
        return done;
    if (const auto from = each.secret_ref())
      if (auto done =
              add_map(each.prefix(), true, from.name(), from.optional());
          !done)
        return done;
  }
  return unit{};
}

status_result builder::add_map(std::string_view prefix, bool secret,
                               std::string_view name, bool optional) {
  const auto* values = map(secret, name);
  if (values == nullptr)
    return optional ? status_result{unit{}} : missing(secret, name);
  for (auto& [key, value] : *values) {
    const auto variable = std::string{prefix} + key;
    if (is_env_name(variable))
      out_.set(variable, value);
  }
  return unit{};
}

status_result builder::add_variables() {
  for (auto each : container_.env()) {
    if (!each.value().empty()) {
      out_.set(each.name(), expand(each.value(), out_.all()));
    } else if (const auto from = each.value_from()) {
      if (auto done = add_value_from(each.name(), from); !done)
        return done;
    } else {
      out_.set(each.name(), {});
    }
  }
  return unit{};
}

status_result builder::add_value_from(std::string_view name,
                                      const env_var_source& from) {
  if (const auto ref = from.config_map_key_ref())
    return add_key(name, false, ref.name(), ref.key(), ref.optional());
  if (const auto ref = from.secret_key_ref())
    return add_key(name, true, ref.name(), ref.key(), ref.optional());
  auto value = result<std::string>{
      error{errc::unsupported, "environment variable " + std::string{name}
                                   + " has a source this node cannot read"}};
  if (const auto ref = from.field_ref()) {
    value = downward_field(pod_, ref.field_path(), facts_);
  } else if (const auto resource = from.resource_field_ref()) {
    auto whose = container_;
    if (const auto other = resource.container_name(); !other.empty()) {
      const auto found = container_of(pod_, other);
      if (!found)
        return error{errc::not_found,
                     "container " + std::string{other} + " not found"};
      whose = found->spec;
    }
    value = downward_resource(whose, resource.resource(), resource.divisor(),
                              facts_);
  }
  if (!value)
    return value.error();
  out_.set(name, *value);
  return unit{};
}

status_result builder::add_key(std::string_view variable, bool secret,
                               std::string_view name, std::string_view key,
                               bool optional) {
  const auto* values = map(secret, name);
  if (values == nullptr)
    return optional ? status_result{unit{}} : missing(secret, name);
  const auto found = values->find(key);
  if (found == values->end()) {
    if (optional)
      return unit{};
    std::string text = "couldn't find key ";
    text.append(key).append(secret ? " in Secret " : " in ConfigMap ");
    text.append(pod_.metadata().namespace_()).append("/").append(name);
    return error{errc::not_found, std::move(text)};
  }
  out_.set(variable, found->second);
  return unit{};
}

/// A piece of `expand`'s input behind a `$`.
struct piece {
  std::string_view text;
  bool is_reference = false;
  std::size_t length = 0; ///< octets of input it stands for
};

piece read_piece(std::string_view input) {
  if (input.front() == '$')
    return {"$", false, 1};
  if (input.front() != '(')
    return {{}, false, 0};
  const auto end = input.find(')');
  if (end == std::string_view::npos)
    return {{}, false, 0};
  return {input.substr(1, end - 1), true, end + 1};
}

} // namespace

std::string expand(std::string_view text, std::span<const env_var> variables) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const auto next = read_piece(text.substr(i + 1));
    if (next.length == 0) {
      out += '$';
      continue;
    }
    if (!next.is_reference) {
      out += next.text;
    } else {
      const auto found = std::find_if(
          variables.rbegin(), variables.rend(),
          [&](const auto& each) { return each.name == next.text; });
      if (found != variables.rend())
        out += found->value;
      else
        out.append("$(").append(next.text).append(")");
    }
    i += next.length;
  }
  return out;
}

std::vector<env_reference> env_references(const container& of) {
  std::set<env_reference> out;
  const auto add = [&](bool secret, std::string_view name) {
    out.insert({secret, std::string{name}});
  };
  for (auto each : of.env_from()) {
    if (const auto from = each.config_map_ref())
      add(false, from.name());
    if (const auto from = each.secret_ref())
      add(true, from.name());
  }
  for (auto each : of.env()) {
    const auto from = each.value_from();
    if (const auto ref = from.config_map_key_ref())
      add(false, ref.name());
    if (const auto ref = from.secret_key_ref())
      add(true, ref.name());
  }
  return {out.begin(), out.end()};
}

result<std::vector<env_var>>
make_environment(const view::core_v1::pod& pod, const container& of,
                 const env_sources& sources, const downward_facts& facts,
                 std::span<const env_var> service_variables) {
  return builder{pod, of, sources, facts}.build(service_variables);
}

} // namespace troupe::pod

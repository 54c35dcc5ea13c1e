#include "messages/codec/convert/convert.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/strategy.hpp"
#include "messages/codec/validate/validate.hpp"
#include "messages/codec/validate/warnings.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/messages/codec/validate/objects.hpp"

using namespace troupe;
using namespace troupe::codec;
using test::script_command;

// tests/data/codec/validate holds objects, written as JSON, and what becomes
// of them on the way to the store: what is wrong with them, or how they would
// be stored.
//
//     create <resource>          an object; a resource that several groups
//                                have is written as `events.k8s.io/events` or
//                                `core/events`
//     update <resource> [sub=]   the old one, then the new one on its own line
//     pod | repod                the spec of a pod, or two of them
//
// `show` prints the object, too, when nothing is wrong. Warnings come first.

namespace {

const schema::resource_desc& any_resource(const std::string& name) {
  const auto slash = name.find('/');
  const auto plural = name.substr(slash + 1);
  const auto group =
      name.starts_with("core/") ? std::string{} : name.substr(0, slash);
  for (auto* version : schema::group_versions())
    for (auto* resource : version->resources)
      if (resource->plural == plural
          && (slash == name.npos || version->group == group))
        return *resource;
  throw std::runtime_error{"no resource " + name};
}

document read(const std::string& json, const schema::resource_desc& of) {
  auto made = decode_json(json, of.type);
  if (!made)
    throw std::runtime_error{made.error().message + ": " + json};
  auto stored = to_stored(made->doc, of);
  apply_defaults(stored, of.storage());
  return stored;
}

std::string shown(const script_command& c, const document& object,
                  const meta::field_errors& errors,
                  const std::vector<std::string>& warnings) {
  std::string out;
  for (const auto& one : errors)
    out += one.text() + "\n";
  if (!errors.empty())
    return out;
  for (const auto& one : warnings)
    out += "warning: " + one + "\n";
  for (const auto& word : c.words)
    if (word == "show")
      return out + json(object);
  return out + "fine";
}

std::string create(const script_command& c, const std::string& text,
                   const schema::resource_desc& of) {
  auto object = read(text, of);
  prepare_for_create(object, of.storage());
  return shown(c, object, validate_create(object, of),
               warnings_on_create(object, of.storage()));
}

std::string update(const script_command& c, const std::string& before,
                   const std::string& after, const schema::resource_desc& of) {
  auto old = read(before, of);
  if (c.option("sub").empty())
    prepare_for_create(old, of.storage());
  auto& metadata = old.object_at(old.root(), metadata_id);
  old.set(metadata, object_meta::resource_version, old.make_string("1"));
  auto next = read(after, of);
  const auto sub = c.option("sub");
  if (sub.empty())
    prepare_for_update(next, old, of.storage());
  else
    prepare_for_subresource_update(next, old, of.storage(), sub);
  const auto errors = sub.empty()
                          ? validate_update(next, old, of)
                          : validate_subresource_update(next, old, of, sub);
  return shown(c, next, errors,
               warnings_on_update(next, old, of.storage(), sub));
}

std::string as_pod(const std::string& spec) {
  return R"({"metadata":{"name":"p","namespace":"x"},"spec":)" + spec + "}";
}

/// A spec with one container, of which the members are given.
std::string as_container(const std::string& members) {
  return as_pod(R"({"containers":[{"name":"c","image":"i")"
                + (members.empty() ? "" : "," + members) + "}]}");
}

std::string run(const script_command& c) {
  const auto line = c.input.find('\n');
  const auto first = c.input.substr(0, line);
  const auto rest =
      line == std::string::npos ? std::string{} : c.input.substr(line + 1);
  if (c.name == "create")
    return create(c, c.input, any_resource(c.word(0)));
  if (c.name == "update")
    return update(c, first, rest, any_resource(c.word(0)));
  if (c.name == "pod")
    return create(c, as_pod(c.input), resource("pods"));
  if (c.name == "container")
    return create(c, as_container(c.input), resource("pods"));
  if (c.name == "repod")
    return update(c, as_pod(first), as_pod(rest), resource("pods"));
  throw std::runtime_error{"no command " + c.name};
}

} // namespace

TEST_CASE("objects are judged as upstream judges them") {
  const std::filesystem::path folder{TROUPE_TEST_DATA "/codec/validate"};
  for (const auto& file : test::scripts_in(folder))
    for (const auto& failure : test::run_script(file, run))
      FAIL_CHECK(failure);
}

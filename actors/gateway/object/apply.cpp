#include "actors/gateway/object/apply.hpp"

#include "actors/gateway/object/create.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "actors/gateway/object/versions.hpp"
#include "actors/gateway/object/write_record.hpp"
#include "messages/codec/patch/untyped.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/yaml.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

/// A configuration as read.
struct config_text {
  document config; ///< typed
  std::string described;
  std::vector<std::string> warnings;
};

/// "/v1, Kind=ConfigMap".
std::string kind_text(const object_call& call, std::string_view kind) {
  return std::string{call.version().kind.group} + "/"
         + std::string{call.version().kind.version}
         + ", Kind=" + std::string{kind};
}

/// "default/a; /v1, Kind=ConfigMap": what a configuration says of itself.
std::string described(const object_call& call, const codec::node& config) {
  const auto text = [&](std::string_view path) {
    const auto* found = codec::find_path(config, nullptr, path);
    return std::string{found == nullptr ? "" : found->string_or("")};
  };
  return text("metadata.namespace") + "/" + text("metadata.name") + "; "
         + kind_text(call, text("kind"));
}

api::status untyped_patch(std::string_view described, std::string_view why) {
  return unclassified("failed to create typed patch object ("
                      + std::string{described} + "): " + std::string{why});
}

/// `unknown field "spec.a"` as structured-merge-diff says it.
std::string undeclared(const std::string& problem) {
  const auto first = problem.find('"');
  const auto last = problem.rfind('"');
  if (first == std::string::npos || first == last)
    return problem;
  return "." + problem.substr(first + 1, last - first - 1)
         + ": field not declared in schema";
}

std::string all_undeclared(const std::vector<std::string>& problems) {
  if (problems.size() == 1)
    return undeclared(problems.front());
  std::string out = "errors:";
  for (const auto& problem : problems)
    out += "\n  " + undeclared(problem);
  return out;
}

std::optional<api::status> check_kind(const object_call& call,
                                      const std::string& described,
                                      const std::string& version,
                                      const std::string& kind) {
  const auto expected = api_version_of(call.version().kind);
  if (version != expected)
    return api::bad_request("Incorrect version specified in apply patch. "
                            "Specified patch version: "
                            + version + ", expected: " + expected);
  if (kind != call.version().kind.kind)
    return untyped_patch(described,
                         "no corresponding type for " + kind_text(call, kind));
  return std::nullopt;
}

checked<config_text> read_config(const object_call& call, bytes_view text) {
  auto untyped = codec::decode_yaml(text, nullptr);
  if (!untyped)
    return api::bad_request("error decoding YAML: " + untyped.error().message);
  const auto& repeats = untyped->problems;
  if (!repeats.empty() && call.validation == field_validation::strict)
    return api::bad_request("error strict decoding YAML: " + repeats.front());
  auto self = described(call, untyped->doc.root());
  auto typed = codec::from_untyped(untyped->doc.root(), *call.version().type);
  if (!typed)
    return untyped_patch(self, typed.error().message);
  if (auto why = check_kind(call, self, typed->api_version, typed->kind))
    return std::move(*why);
  // Ownership of a field nobody declares has no meaning, so that it is an
  // error whatever fieldValidation says.
  if (!typed->problems.empty())
    return untyped_patch(self, all_undeclared(typed->problems));
  return config_text{config_as_stored(call, std::move(typed->doc)),
                     std::move(self), warnings_of(call, repeats)};
}

api::status conflicted(const codec::apply_conflicts& found) {
  api::status out;
  out.code = 409;
  out.reason = "Conflict";
  out.message = found.message();
  auto& details = out.details.emplace();
  for (const auto& one : found.conflicts)
    details.causes.push_back(
        {"FieldManagerConflict", one.message(), one.field});
  return out;
}

api::status to_status(const config_text& text, const error& why) {
  switch (why.code) {
    case errc::invalid_argument:
      return api::bad_request(why.message);
    case errc::corrupt:
      return unclassified(why.message);
    default:
      return untyped_patch(text.described, why.message);
  }
}

/// The live object (or null) with the configuration merged in.
checked<document> merged(const object_call& call, const document* live,
                         const config_text& text, bool force,
                         const stamps& given) {
  write_record record{call, given.now};
  auto outcome = codec::apply_fields(live, text.config, record.write(), force);
  if (const auto* why = std::get_if<error>(&outcome))
    return to_status(text, *why);
  if (const auto* found = std::get_if<codec::apply_conflicts>(&outcome))
    return conflicted(*found);
  auto object = std::move(std::get<codec::applied>(outcome).object);
  codec::apply_defaults(object, *call.resource);
  if (auto why = settle_namespace(call, object))
    return std::move(*why);
  if (auto why = check_name(call, object))
    return std::move(*why);
  return object;
}

write_decision apply_new(const object_call& call, const config_text& text,
                         document object, const store::store_snapshot& state,
                         const stamps& given) {
  if (const auto uid = uid_of(object); !uid.empty())
    return {refuse(api::conflict(
                call.group_resource(), call.name,
                "uid mismatch: the provided object specified uid "
                    + std::string{uid} + ", and no existing object was found")),
            {},
            {}};
  if (!call.subresource.empty())
    return {refuse(api::not_found(call.group_resource(), call.name)), {}, {}};
  // A version of what is gone fixes nothing.
  erase_meta(object, object_meta::resource_version);
  auto out = decide_create(call, object, true, state, given);
  add_first(out.answer, text.warnings);
  return out;
}

write_decision decide_apply(const object_call& call, const config_text& text,
                            bool force, const store::store_snapshot& state,
                            const stamps& given) {
  auto old = read_object(state, object_key(*call.resource, call.ns, call.name),
                         *call.resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  auto object =
      merged(call, *old ? &(*old)->object : nullptr, text, force, given);
  if (!object)
    return {refuse(std::move(object.error())), {}, {}};
  if (!*old)
    return apply_new(call, text, std::move(*object), state, given);
  return decide_replace(call, **old, {std::move(*object), true, text.warnings},
                        state, given);
}

} // namespace

checked<write_step> plan_apply(object_call call, bytes config, bool force) {
  auto text = read_config(call, config);
  if (!text)
    return std::move(text.error());
  auto shared = std::make_shared<const config_text>(std::move(*text));
  return write_step{[call = std::move(call), shared,
                     force](const auto& state, const stamps& given) {
    return decide_apply(call, *shared, force, state, given);
  }};
}

checked<merge_step> plan_merge(object_call call, bytes config, bool force) {
  auto text = read_config(call, config);
  if (!text)
    return std::move(text.error());
  auto shared = std::make_shared<const config_text>(std::move(*text));
  return merge_step{[call = std::move(call), shared,
                     force](const document* live, const stamps& given) {
    auto object = merged(call, live, *shared, force, given);
    if (!object)
      return checked<replacement>{std::move(object.error())};
    return checked<replacement>{
        replacement{std::move(*object), true, shared->warnings}};
  }};
}

} // namespace troupe::gateway

#include "actors/gateway/object/identity.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "messages/api/query.hpp"

namespace troupe::gateway {

std::optional<api::status> settle_namespace(const object_call& call,
                                            codec::document& object) {
  const auto given = meta_text(object, object_meta::namespace_);
  const std::string_view wanted = call.resource->namespaced
                                      ? std::string_view{call.ns}
                                      : std::string_view{};
  if (given == wanted)
    return std::nullopt;
  // Some clients always fill the field in: cluster-scoped objects lose it.
  if (!given.empty() && !wanted.empty())
    return api::bad_request("the namespace of the provided object does not "
                            "match the namespace sent on the request");
  set_meta_text(object, object_meta::namespace_, wanted);
  return std::nullopt;
}

std::optional<api::status> check_name(const object_call& call,
                                      const codec::document& object) {
  const auto name = name_of(object);
  if (name == call.name)
    return std::nullopt;
  if (name.empty())
    return api::bad_request("the name of the object (" + call.name
                            + " based on URL) was undeterminable: name must be "
                              "provided");
  return api::bad_request("the name of the object (" + std::string{name}
                          + ") does not match the name on the URL (" + call.name
                          + ")");
}

checked<std::uint64_t> fixed_version(const codec::document& object) {
  const auto text = meta_text(object, object_meta::resource_version);
  if (text.empty())
    return std::uint64_t{0};
  auto version = api::parse_unsigned(text);
  if (!version)
    return api::bad_request(version.error().message);
  return *version;
}

std::string api_version_of(const schema::group_version_kind& kind) {
  std::string out;
  if (!kind.group.empty())
    out.append(kind.group).append("/");
  return out.append(kind.version);
}

} // namespace troupe::gateway

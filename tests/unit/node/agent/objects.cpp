#include "tests/unit/node/agent/objects.hpp"

#include "messages/base/check.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::test {

codec::document make_object(std::string_view api_version, std::string_view kind,
                            std::string_view json) {
  const auto slash = api_version.find('/');
  const bool core = slash == std::string_view::npos;
  const auto group = core ? "" : api_version.substr(0, slash);
  const auto version = core ? api_version : api_version.substr(slash + 1);
  auto decoded =
      codec::decode_json(json, schema::find_kind_type({group, version, kind}));
  TROUPE_CHECK(decoded.has_value(), "the JSON is right");
  TROUPE_CHECK(decoded->problems.empty(), "the fields are known");
  return std::move(decoded->doc);
}

std::shared_ptr<const codec::document> shared_object(std::string_view kind,
                                                     std::string_view json) {
  return std::make_shared<const codec::document>(make_object("v1", kind, json));
}

codec::document with_revision(const codec::document& object,
                              std::uint64_t revision) {
  namespace ids = schema::ids;
  auto out = object.clone();
  // Objects of all kinds have their metadata in the same place.
  out.set(out.object_at(out.root(), ids::pod::metadata),
          ids::object_meta::resource_version,
          out.make_string(std::to_string(revision)));
  return out;
}

std::string text_of(const codec::document& object) {
  return codec::encode_json(object.root(), object.type());
}

api::response succeeded(std::shared_ptr<const codec::document> object) {
  return {api::ok("", {}, ""), std::move(object), 0};
}

api::response failed(int code, const std::string& message) {
  api::response out;
  out.status.code = code;
  out.status.message = message;
  return out;
}

} // namespace troupe::test

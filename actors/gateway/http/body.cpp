#include "actors/gateway/http/body.hpp"

#include "actors/gateway/http/media_type.hpp"
#include "messages/base/check.hpp"
#include "messages/codec/protobuf.hpp"
#include "messages/codec/yaml.hpp"
#include "messages/meta/go_quote.hpp"
#include "messages/schema/registry.hpp"

#include <array>

namespace troupe::gateway {

namespace {

using schema::group_version_kind;

constexpr std::string_view protobuf_type =
    "application/vnd.kubernetes.protobuf";

struct patch_type {
  std::string_view content_type;
  patch_kind kind;
};

constexpr std::array<patch_type, 4> patch_types = {
    {{"application/json-patch+json", patch_kind::json},
     {"application/merge-patch+json", patch_kind::merge},
     {"application/strategic-merge-patch+json", patch_kind::strategic},
     {"application/apply-patch+yaml", patch_kind::apply}}};

std::string content_type_of(const http_request& request) {
  const auto header = find_header(request.headers, "Content-Type");
  if (header.empty())
    return "application/json";
  const auto parsed = parse_media_type(header);
  return parsed ? parsed->full() : std::string{header};
}

api::status too_large(std::size_t size_max) {
  return api::request_entity_too_large("limit is " + std::to_string(size_max));
}

std::string group_version(std::string_view group, std::string_view version) {
  std::string out{group};
  return out.append(group.empty() ? "" : "/").append(version);
}

/// The beginning of a body for an error: as text if it looks like JSON, else
/// in hexadecimal digits.
std::string summary(bytes_view body) {
  constexpr std::size_t length_max = 30;
  constexpr std::string_view digits = "0123456789abcdef";
  if (body.empty())
    return "<empty>";
  const auto head = body.substr(0, length_max);
  std::string out;
  if (body.front() == '{')
    out = head;
  else
    for (unsigned char octet : head) {
      out += digits[octet >> 4];
      out += digits[octet & 15];
    }
  return body.size() > length_max ? out + " ..." : out;
}

/// `Pod in version "v1" cannot be handled as a ConfigMap: ...`
api::status cannot_handle(std::string_view kind, std::string_view api_version,
                          const expected_body& expected, std::string_view why) {
  const auto slash = api_version.rfind('/');
  const auto version = slash == std::string_view::npos
                           ? api_version
                           : api_version.substr(slash + 1);
  return api::bad_request(std::string{kind} + " in version "
                          + meta::go_quote(version) + " cannot be handled as a "
                          + std::string{expected.kind.kind} + ": "
                          + std::string{why});
}

api::status unrecognized(const expected_body& expected, std::string_view why,
                         bytes_view body) {
  return api::bad_request("the object provided is unrecognized (must be of "
                          "type "
                          + std::string{expected.kind.kind} + "): "
                          + std::string{why} + " (" + summary(body) + ")");
}

/// Refuses a body that says it is something else.
std::optional<api::status> check_kind(std::string_view api_version,
                                      std::string_view kind,
                                      const expected_body& expected) {
  const auto wanted = group_version(expected.kind.group, expected.kind.version);
  if (!kind.empty() && kind != expected.kind.kind)
    return cannot_handle(kind, api_version.empty() ? wanted : api_version,
                         expected,
                         "the kind in the data (" + std::string{kind}
                             + ") does not match the expected kind ("
                             + std::string{expected.kind.kind} + ")");
  if (!expected.any_version && !api_version.empty() && api_version != wanted)
    return api::bad_request(
        "the API version in the data (" + std::string{api_version}
        + ") does not match the expected API version (" + wanted + ")");
  return std::nullopt;
}

result<codec::decoded> decode_text(bool yaml, bytes_view body,
                                   const schema::type_desc* type,
                                   std::size_t size_max) {
  codec::json_limits limits;
  limits.size_max = size_max;
  return yaml ? codec::decode_yaml(body, type, limits)
              : codec::decode_json(body, type, limits);
}

/// Why a text could not be read as the type: because of what it says about
/// itself, of a value in it, or because it is no JSON at all.
api::status explain(bool yaml, bytes_view body, const expected_body& expected,
                    std::size_t size_max, const error& why) {
  if (why.code == errc::too_large)
    return too_large(size_max);
  const auto untyped = decode_text(yaml, body, nullptr, size_max);
  if (!untyped || !untyped->doc.root().is(codec::node_kind::map))
    return unrecognized(expected,
                        "couldn't get version/kind; json parse error: "
                            + (untyped ? why : untyped.error()).message,
                        body);
  const auto text = [&](std::string_view key, std::string fallback) {
    const auto* found = untyped->doc.root().find(key);
    const auto value = found == nullptr ? "" : found->string_or("");
    return value.empty() ? fallback : std::string{value};
  };
  const auto api_version = text("apiVersion", {});
  const auto kind = text("kind", {});
  if (auto refused = check_kind(api_version, kind, expected))
    return *refused;
  return cannot_handle(expected.kind.kind, expected.kind.version, expected,
                       why.message);
}

api::parsed<codec::decoded> decode_binary(bytes_view body,
                                          const expected_body& expected,
                                          std::size_t size_max) {
  codec::protobuf_limits limits;
  limits.size_max = size_max;
  const auto lookup = [](std::string_view api_version, std::string_view kind) {
    const auto slash = api_version.find('/');
    const auto grouped = slash != std::string_view::npos;
    return schema::find_kind_type(
        {grouped ? api_version.substr(0, slash) : std::string_view{},
         grouped ? api_version.substr(slash + 1) : api_version, kind});
  };
  auto decoded = codec::decode_protobuf(body, lookup, limits);
  if (!decoded)
    return decoded.error().code == errc::too_large
               ? too_large(size_max)
               : unrecognized(expected, decoded.error().message, body);
  if (auto refused = check_kind(decoded->api_version, decoded->kind, expected))
    return *refused;
  return std::move(*decoded);
}

} // namespace

api::parsed<codec::decoded> decode_body(const http_request& request,
                                        const expected_body& expected,
                                        std::size_t size_max) {
  TROUPE_CHECK(expected.type, "a body is read as a type");
  const auto type = content_type_of(request);
  const bool yaml = type == "application/yaml";
  if (request.body.size() > size_max)
    return too_large(size_max);
  if (type == protobuf_type)
    return decode_binary(request.body, expected, size_max);
  if (type != "application/json" && !yaml)
    return api::unsupported_media_type(
        {"application/json", "application/yaml", protobuf_type});
  auto decoded = decode_text(yaml, request.body, expected.type, size_max);
  if (!decoded)
    return explain(yaml, request.body, expected, size_max, decoded.error());
  if (auto refused = check_kind(decoded->api_version, decoded->kind, expected))
    return *refused;
  return std::move(*decoded);
}

api::parsed<patch_kind> read_patch_kind(const http_request& request,
                                        std::size_t size_max) {
  const auto type = content_type_of(request);
  std::vector<std::string_view> supported;
  for (const auto& one : patch_types) {
    if (one.content_type == type)
      return request.body.size() > size_max
                 ? api::parsed<patch_kind>{too_large(size_max)}
                 : api::parsed<patch_kind>{one.kind};
    supported.push_back(one.content_type);
  }
  return api::unsupported_media_type(supported);
}

api::parsed<api::delete_options>
read_delete_options(const http_request& request, std::size_t size_max) {
  if (request.body.empty())
    return api::parse_delete_options(request.query);
  const group_version_kind kind{"", "v1", "DeleteOptions"};
  const expected_body expected{schema::find_kind_type(kind), kind, true};
  auto body = decode_body(request, expected, size_max);
  if (!body)
    return body.error();
  return api::parse_delete_options(body->doc);
}

} // namespace troupe::gateway

#include "actors/gateway/http/continue_token.hpp"

#include "messages/base/base64.hpp"
#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"

namespace troupe::gateway {

namespace {

constexpr std::string_view token_version = "meta.k8s.io/v1";

error not_valid(std::string_view why) {
  return {errc::invalid_argument,
          "continue key is not valid: " + std::string{why}};
}

/// Whether `start` is a relative key as a list's own tokens have it: no empty,
/// `.` or `..` segment that would lead out of the list's prefix.
bool is_clean(std::string_view start) {
  while (true) {
    const auto slash = start.find('/');
    const auto part = start.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return false;
    if (slash == std::string_view::npos)
      return true;
    start.remove_prefix(slash + 1);
  }
}

} // namespace

std::string encode_continue(const continue_token& token) {
  std::string out = R"({"v":)";
  append_json_string(out, token_version);
  out += R"(,"rv":)";
  out += token.latest ? "-1" : std::to_string(token.revision);
  out += R"(,"start":)";
  append_json_string(out, token.start);
  out += '}';
  return base64url_encode(out);
}

result<continue_token> decode_continue(std::string_view text) {
  if (text.size() > continue_length_max)
    return not_valid("too long");
  const auto json = base64url_decode(text);
  if (!json)
    return not_valid(json.error().message);
  auto decoded = codec::decode_json(*json, nullptr);
  if (!decoded)
    return not_valid(decoded.error().message);
  const auto& root = decoded->doc.root();
  const auto text_at = [&](std::string_view key) {
    const auto* found =
        root.is(codec::node_kind::map) ? root.find(key) : nullptr;
    return found == nullptr ? std::string_view{} : found->string_or("");
  };
  if (const auto version = text_at("v"); version != token_version)
    return not_valid("server does not recognize this encoded version "
                     + std::string{version});
  const auto* revision = root.find("rv");
  const auto number = revision == nullptr ? 0 : revision->integer_or(0);
  if (number == 0)
    return not_valid("incorrect encoded start resourceVersion (version "
                     "meta.k8s.io/v1)");
  const auto start = text_at("start");
  if (start.empty())
    return not_valid("encoded start key empty (version meta.k8s.io/v1)");
  if (!is_clean(start))
    return not_valid(start);
  return continue_token{number < 0 ? 0 : static_cast<std::uint64_t>(number),
                        number < 0, std::string{start}};
}

} // namespace troupe::gateway

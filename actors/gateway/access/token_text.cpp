#include "actors/gateway/access/token_text.hpp"

#include "messages/base/base64.hpp"
#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"

namespace troupe::gateway {

namespace {

using codec::node;
using codec::node_kind;

constexpr codec::json_limits limits{token_size_max, 16, 4096};
/// The last second a NumericDate may name here: some 285,000 years.
constexpr std::int64_t second_max = 9'000'000'000'000;

error refuse(std::string what) {
  return {errc::invalid_argument, std::move(what)};
}

/// A member of a token, read with its type; remembers the first that is wrong.
class object_reader {
public:
  explicit object_reader(const node& object) : object_{object} {}

  std::string text(std::string_view name) {
    const auto* value = find(name, node_kind::string);
    return value == nullptr ? std::string{} : std::string{value->string()};
  }

  /// NumericDate (RFC 7519 section 2): fractions are cut off.
  std::optional<std::int64_t> date(std::string_view name) {
    const auto* value = object_.find(name);
    if (value == nullptr)
      return std::nullopt;
    if (value->is(node_kind::integer) && in_range(value->integer()))
      return value->integer();
    if (value->is(node_kind::real) && value->real() >= -second_max
        && value->real() <= second_max)
      return static_cast<std::int64_t>(value->real());
    wrong(name);
    return std::nullopt;
  }

  /// One text, or a list of them.
  std::vector<std::string> texts(std::string_view name) {
    const auto* value = object_.find(name);
    if (value == nullptr)
      return {};
    if (value->is(node_kind::string))
      return {std::string{value->string()}};
    std::vector<std::string> out;
    if (!value->is(node_kind::list))
      return wrong(name), out;
    for (const auto* item : value->items()) {
      if (!item->is(node_kind::string))
        return wrong(name), out;
      out.emplace_back(item->string());
    }
    return out;
  }

  const node* object(std::string_view name) {
    return find(name, node_kind::map);
  }

  std::optional<token_reference> reference(std::string_view name) {
    const auto* value = object(name);
    if (value == nullptr)
      return std::nullopt;
    object_reader inside{*value};
    token_reference out{inside.text("name"), inside.text("uid")};
    if (!inside.good())
      wrong(name);
    return out;
  }

  bool good() const { return wrong_.empty(); }

  const std::string& what_is_wrong() const { return wrong_; }

private:
  static bool in_range(std::int64_t second) {
    return second >= -second_max && second <= second_max;
  }

  const node* find(std::string_view name, node_kind kind) {
    const auto* value = object_.find(name);
    if (value == nullptr || value->is(kind))
      return value;
    wrong(name);
    return nullptr;
  }

  void wrong(std::string_view name) {
    if (wrong_.empty())
      wrong_ = name;
  }

  const node& object_;
  std::string wrong_;
};

result<codec::document> parse_part(std::string_view part) {
  const auto text = base64url_decode(part);
  if (!text)
    return text.error();
  auto read = codec::decode_json(*text, nullptr, limits);
  if (!read)
    return read.error();
  if (!read->doc.root().is(node_kind::map))
    return refuse("expected a JSON object");
  return std::move(read->doc);
}

status_result read_header(std::string_view part, token_text& out) {
  auto doc = parse_part(part);
  if (!doc)
    return doc.error();
  object_reader header{doc->root()};
  out.algorithm = header.text("alg");
  out.key_id = header.text("kid");
  // RFC 7515 section 4.1.11: what is critical and unknown makes it invalid.
  if (!header.good() || doc->root().find("crit") != nullptr)
    return refuse("the header is not understood");
  return unit{};
}

status_result read_claims(std::string_view part, token_claims& out) {
  auto doc = parse_part(part);
  if (!doc)
    return doc.error();
  object_reader all{doc->root()};
  out.issuer = all.text("iss");
  out.subject = all.text("sub");
  out.audiences = all.texts("aud");
  out.expires = all.date("exp");
  out.issued_at = all.date("iat");
  out.not_before = all.date("nbf");
  out.id = all.text("jti");
  const auto* own = all.object("kubernetes.io");
  if (!all.good())
    return refuse("the claim \"" + all.what_is_wrong() + "\" is of no use");
  if (own == nullptr)
    return unit{};
  object_reader inside{*own};
  out.ns = inside.text("namespace");
  out.account = inside.reference("serviceaccount").value_or(token_reference{});
  out.pod = inside.reference("pod");
  out.secret = inside.reference("secret");
  out.node = inside.reference("node");
  out.warn_after = inside.date("warnafter");
  if (!inside.good())
    return refuse("the claim \"kubernetes.io." + inside.what_is_wrong()
                  + "\" is of no use");
  return unit{};
}

/// Writes one JSON object, member by member.
class json_object_text {
public:
  void raw(std::string_view name, std::string_view json) {
    text_ += text_.empty() ? '{' : ',';
    append_json_string(text_, name);
    text_ += ':';
    text_ += json;
  }

  void text(std::string_view name, std::string_view value) {
    if (!value.empty())
      raw(name, json_string(value));
  }

  void date(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value)
      raw(name, std::to_string(*value));
  }

  void reference(std::string_view name,
                 const std::optional<token_reference>& value) {
    if (!value)
      return;
    json_object_text inside;
    inside.text("name", value->name);
    inside.text("uid", value->uid);
    raw(name, std::move(inside).finish());
  }

  std::string finish() && { return text_.empty() ? "{}" : text_ + '}'; }

private:
  std::string text_;
};

std::string list_text(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const auto& value : values) {
    out += out.size() == 1 ? "" : ",";
    append_json_string(out, value);
  }
  return out + ']';
}

std::string own_claims(const token_claims& claims) {
  json_object_text out;
  out.text("namespace", claims.ns);
  out.reference("node", claims.node);
  out.reference("pod", claims.pod);
  out.reference("secret", claims.secret);
  out.reference("serviceaccount", claims.account);
  out.date("warnafter", claims.warn_after);
  return std::move(out).finish();
}

std::string claims_text(const token_claims& claims) {
  json_object_text out;
  if (!claims.audiences.empty())
    out.raw("aud", list_text(claims.audiences));
  out.date("exp", claims.expires);
  out.date("iat", claims.issued_at);
  out.text("iss", claims.issuer);
  out.text("jti", claims.id);
  out.raw("kubernetes.io", own_claims(claims));
  out.date("nbf", claims.not_before);
  out.text("sub", claims.subject);
  return std::move(out).finish();
}

} // namespace

result<token_text> parse_token(std::string_view text) {
  if (text.size() > token_size_max)
    return error{errc::too_large, "a token has at most "
                                      + std::to_string(token_size_max)
                                      + " octets"};
  const auto first = text.find('.');
  const auto second =
      first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos)
    return refuse("a token has three parts");
  token_text out;
  out.signed_part = text.substr(0, second);
  if (auto read = read_header(text.substr(0, first), out); !read)
    return read.error();
  if (auto read =
          read_claims(text.substr(first + 1, second - first - 1), out.claims);
      !read)
    return read.error();
  auto signature = base64url_decode(text.substr(second + 1));
  if (!signature)
    return signature.error();
  out.signature = std::move(*signature);
  return out;
}

std::string compose_token(const token_claims& claims, const signing_key& key) {
  json_object_text header;
  header.text("alg", "ES256");
  header.text("kid", key.id());
  auto out = base64url_encode(std::move(header).finish()) + '.'
             + base64url_encode(claims_text(claims));
  const auto signature = key.sign(out);
  return out + '.' + base64url_encode(signature);
}

} // namespace troupe::gateway

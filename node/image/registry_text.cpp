#include "node/image/registry_text.hpp"

#include "messages/codec/json.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::image {

namespace {

using codec::node_kind;

constexpr std::size_t body_size_max = 1024 * 1024;
constexpr std::size_t error_text_max = 1'000;

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z')
         || std::string_view{"!#$%&'*+-.^_`|~"}.find(c)
                != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Reads tokens, quoted strings and separators from the front of a text.
class header_reader {
public:
  explicit header_reader(std::string_view text) : rest_{text} {}

  bool done() const { return rest_.empty(); }

  void skip(std::string_view set) {
    while (!rest_.empty() && set.find(rest_.front()) != set.npos)
      rest_.remove_prefix(1);
  }

  std::string_view token() {
    const auto* end = std::ranges::find_if_not(rest_, is_token_char);
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    const auto out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }

  /// Consumes `c` if it is next.
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> value() {
    if (!take('"'))
      return std::string{token()};
    std::string out;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"')
        return out;
      if (c != '\\')
        out += c;
      else if (!rest_.empty()) {
        out += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    return std::nullopt;
  }

private:
  std::string_view rest_;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, out);
  if (text.empty() || fault != std::errc{} || at != end)
    return std::nullopt;
  return out;
}

/// One entry of the list of errors: its code in words, then its message
/// unless that says the same.
std::string one_error(const codec::node& item) {
  const auto* code = item.find("code");
  const auto* message = item.find("message");
  auto words = lower(code == nullptr ? "" : code->string_or(""));
  std::ranges::replace(words, '_', ' ');
  const std::string text{message == nullptr ? "" : message->string_or("")};
  if (text.empty() || text == words)
    return words;
  return words.empty() ? text : words + ": " + text;
}

std::optional<codec::document> json_object(bytes_view body) {
  auto parsed = codec::decode_json(body, nullptr, {.size_max = body_size_max});
  if (!parsed || !parsed->doc.root().is(node_kind::map))
    return std::nullopt;
  return std::move(parsed->doc);
}

bool is_loopback(std::string_view host) {
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == host.npos ? 0 : bracket);
  const auto name = host.substr(0, colon);
  const auto port = colon == host.npos ? "" : host.substr(colon + 1);
  return port != "443"
         && (name == "localhost" || name == "[::1]"
             || (name.starts_with("127.")
                 && name.find_first_not_of("0123456789.") == name.npos));
}

} // namespace

std::vector<challenge> parse_challenges(std::string_view value) {
  std::vector<challenge> out;
  if (value.size() > challenge_size_max)
    return out;
  header_reader in{value};
  for (in.skip(" \t,"); !in.done(); in.skip(" \t,")) {
    const auto word = in.token();
    if (word.empty())
      return out;
    in.skip(" \t");
    if (!in.take('=')) {
      out.push_back({lower(word), {}});
      continue;
    }
    in.skip(" \t");
    auto text = in.value();
    if (!text || out.empty())
      return out;
    out.back().params.insert_or_assign(lower(word), std::move(*text));
  }
  return out;
}

std::string registry_error_text(bytes_view body) {
  const auto doc = json_object(body);
  const auto* list = doc ? doc->root().find("errors") : nullptr;
  if (list == nullptr || !list->is(node_kind::list))
    return {};
  std::string out;
  for (const auto* item : list->items()) {
    const auto text = one_error(*item);
    if (text.empty() || out.size() + text.size() > error_text_max)
      continue;
    out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

result<std::string> parse_token(bytes_view body) {
  const auto doc = json_object(body);
  if (!doc)
    return error{errc::corrupt, "the token server's answer is no JSON object"};
  for (const std::string_view key : {"token", "access_token"}) {
    const auto* value = doc->root().find(key);
    const auto text = value == nullptr ? "" : value->string_or("");
    // What goes into a header must not end it.
    if (!text.empty()
        && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; }))
      return std::string{text};
  }
  return error{errc::corrupt, "authorization server did not include a token in "
                              "the response"};
}

std::optional<content_range> parse_content_range(std::string_view value) {
  constexpr std::string_view unit_name = "bytes ";
  if (!value.starts_with(unit_name))
    return std::nullopt;
  value.remove_prefix(unit_name.size());
  const auto dash = value.find('-');
  const auto slash = value.find('/');
  if (dash == value.npos || slash == value.npos || dash > slash)
    return std::nullopt;
  const auto first = number(value.substr(0, dash));
  const auto last = number(value.substr(dash + 1, slash - dash - 1));
  const auto total = number(value.substr(slash + 1));
  if (!first || !last || *first > *last)
    return std::nullopt;
  if (!total && value.substr(slash + 1) != "*")
    return std::nullopt;
  return content_range{*first, *last, total};
}

std::string base_url::text() const {
  return (secure ? "https://" : "http://") + host + path;
}

result<base_url> parse_base_url(std::string_view text) {
  const auto fault = [&](std::string_view what) {
    return error{errc::invalid_argument,
                 "\"" + std::string{text} + "\" " + std::string{what}};
  };
  auto rest = text;
  base_url out;
  if (rest.starts_with("https://"))
    rest.remove_prefix(8);
  else if (rest.starts_with("http://")) {
    out.secure = false;
    rest.remove_prefix(7);
  } else {
    return fault("must start with http:// or https://");
  }
  if (rest.find_first_of("@?# \t\r\n\\") != rest.npos)
    return fault("must be a plain URL without user, query and blanks");
  const auto slash = rest.find('/');
  out.host = rest.substr(0, slash);
  if (slash != rest.npos)
    out.path = rest.substr(slash);
  while (out.path.ends_with('/'))
    out.path.pop_back();
  if (out.host.empty())
    return fault("must name a host");
  return out;
}

base_url registry_url(std::string_view domain) {
  if (domain == "docker.io")
    return {true, "registry-1.docker.io", ""};
  return {!is_loopback(domain), std::string{domain}, ""};
}

} // namespace troupe::image

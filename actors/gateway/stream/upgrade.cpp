#include "actors/gateway/stream/upgrade.hpp"

#include "actors/gateway/stream/spdy_channels.hpp"
#include "actors/gateway/stream/websocket_channels.hpp"
#include "runtime/websocket/handshake.hpp"

#include <algorithm>
#include <cctype>

namespace troupe::gateway {

namespace {

constexpr std::string_view v4 = "v4.channel.k8s.io";
constexpr std::string_view v5 = "v5.channel.k8s.io";
constexpr const char* spdy_offers = "X-Stream-Protocol-Version";
constexpr const char* websocket_offers = "Sec-WebSocket-Protocol";

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// Every element of a comma-separated header, over all its lines.
std::vector<std::string_view> elements(const http_headers& headers,
                                       std::string_view name) {
  std::vector<std::string_view> out;
  for (const auto& [key, line] : headers) {
    if (!same_word(key, name))
      continue;
    for (std::string_view rest = line; !rest.empty();) {
      auto one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      while (one.starts_with(' ') || one.starts_with('\t'))
        one.remove_prefix(1);
      while (one.ends_with(' ') || one.ends_with('\t'))
        one.remove_suffix(1);
      if (!one.empty())
        out.push_back(one);
    }
  }
  return out;
}

bool has_word(const std::vector<std::string_view>& words,
              std::string_view word) {
  return std::ranges::any_of(
      words, [&](std::string_view one) { return same_word(one, word); });
}

/// "[a b]", as Go prints a list.
std::string listed(const std::vector<std::string_view>& words) {
  std::string out = "[";
  for (const auto word : words) {
    if (out.size() > 1)
      out += ' ';
    out += word;
  }
  return out + ']';
}

/// As upstream's httpstream.Handshake refuses.
api::status nothing_spoken(const std::vector<std::string_view>& offers,
                           const std::vector<std::string_view>& spoken) {
  api::status out;
  out.code = 403;
  out.reason = "Forbidden";
  out.message = "unable to upgrade: unable to negotiate protocol: client "
                "supports "
                + listed(offers) + ", server accepts " + listed(spoken);
  return out;
}

api::parsed<upgrade_choice> choose_spdy(const http_request& request,
                                        const node_io::command_request& of) {
  const auto offers = elements(request.headers, spdy_offers);
  if (offers.empty())
    return api::bad_request(std::string{"unable to upgrade: "} + spdy_offers
                            + " is required");
  if (!has_word(offers, v4))
    return nothing_spoken(offers, {v4});
  upgrade_choice out;
  out.headers = {{"Upgrade", "SPDY/3.1"}, {spdy_offers, std::string{v4}}};
  out.protocol = std::make_unique<spdy_channels>(of);
  return out;
}

api::parsed<upgrade_choice> choose_websocket(const http_request& request) {
  if (request.method != "GET")
    return api::bad_request("a WebSocket handshake is a GET request");
  if (find_header(request.headers, "Sec-WebSocket-Version") != "13")
    return api::bad_request("only version 13 of WebSocket is spoken here");
  auto key =
      websocket::accept_key(find_header(request.headers, "Sec-WebSocket-Key"));
  if (!key)
    return api::bad_request("Sec-WebSocket-Key must be 16 octets in base64");
  const auto offers = elements(request.headers, websocket_offers);
  const bool newest = has_word(offers, v5);
  if (!newest && !has_word(offers, v4))
    return nothing_spoken(offers, {v5, v4});
  upgrade_choice out;
  out.headers = {{"Upgrade", "websocket"},
                 {"Sec-WebSocket-Accept", std::move(*key)},
                 {websocket_offers, std::string{newest ? v5 : v4}}};
  out.protocol = std::make_unique<websocket_channels>(newest);
  out.ready = true;
  return out;
}

} // namespace

api::parsed<upgrade_choice>
choose_upgrade(const http_request& request,
               const node_io::command_request& command) {
  const auto protocols = elements(request.headers, "Upgrade");
  if (has_word(elements(request.headers, "Connection"), "upgrade")) {
    if (has_word(protocols, "SPDY/3.1"))
      return choose_spdy(request, command);
    if (has_word(protocols, "websocket"))
      return choose_websocket(request);
  }
  return api::bad_request("Upgrade request required");
}

} // namespace troupe::gateway

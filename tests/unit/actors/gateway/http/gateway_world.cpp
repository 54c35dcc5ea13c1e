#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <sstream>

namespace troupe::test {

namespace {

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(
          std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  return out;
}

void parse_target(const std::string& target, http_request& out) {
  const auto mark = target.find('?');
  out.raw_path = target.substr(0, mark);
  out.path = decode(out.raw_path);
  if (mark == std::string::npos)
    return;
  std::istringstream pairs{target.substr(mark + 1)};
  for (std::string pair; std::getline(pairs, pair, '&');) {
    const auto equals = pair.find('=');
    out.query.emplace_back(
        decode(pair.substr(0, equals)),
        equals == std::string::npos ? "" : decode(pair.substr(equals + 1)));
  }
}

} // namespace

gateway_world::gateway_world(
    gateway::gateway_config config,
    std::shared_ptr<const gateway::server_standing> standing,
    std::vector<std::shared_ptr<const gateway::token_authenticator>> tokens)
    : writer_{{&store, [this] { return wall_now_; },
               [this] { return mono_now_; },
               [this] {
                 std::array<std::uint8_t, 16> id{};
                 id[15] = ++last_id_;
                 return id;
               },
               nullptr}},
      pipeline_{std::move(config),
                {&store, &watch, &writer_, [this] { return wall_now_; },
                 [this] { return mono_now_; }, [] { return 500ull; }, nullptr,
                 nullptr, std::move(tokens), std::move(standing)}} {
  store.set_wall_time(wall_now_);
}

std::shared_ptr<fake_responder> gateway_world::send(http_request request,
                                                    const std::string& user) {
  if (user != "anonymous")
    request.peer.common_name = user;
  if (user == "admin")
    request.peer.organizations = {"system:masters"};
  auto responder = std::make_shared<fake_responder>();
  pipeline_.handle(std::move(request), responder);
  return responder;
}

void gateway_world::pass(duration time) {
  wall_now_ += time;
  mono_now_ += time;
  store.set_wall_time(wall_now_);
  store.set_mono_time(mono_now_);
  watch.tick(mono_now_);
}

http_request parse_request(const std::string& text) {
  http_request out;
  std::istringstream in{text};
  std::string target;
  in >> out.method >> target;
  in.ignore();
  parse_target(target, out);
  for (std::string line; std::getline(in, line) && !line.empty();) {
    const auto colon = line.find(": ");
    out.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  std::ostringstream body;
  body << in.rdbuf();
  out.body = body.str();
  while (out.body.ends_with('\n'))
    out.body.pop_back();
  return out;
}

} // namespace troupe::test

#include "tests/unit/node/agent/fake_api.hpp"

#include "messages/base/check.hpp"

namespace troupe::test {

void fake_api::ask(std::string to, message_type type, bytes payload,
                   mono_time by, std::function<void(result<bus_answer>)> done) {
  addresses.push_back(to);
  address = std::move(to);
  deadline = by;
  if (raw)
    return done(raw());
  TROUPE_CHECK(type == message_type::api_request, "only requests are asked");
  auto request = api_call::decode_request(payload);
  TROUPE_CHECK(request.has_value(), "the request can be read");
  asked.push_back(std::move(*request));
  const auto& target = asked.back().target;
  const auto response =
      answer ? answer(asked.back())
             : api::response{
                 api::not_found({target.group, target.resource}, target.name)};
  done(bus_answer{message_type::api_response,
                  api_call::encode_response(response), server});
}

std::shared_ptr<bus_stream>
fake_api::open(std::string to, message_type type, bytes payload,
               std::shared_ptr<bus_stream_handler> handler) {
  return streams.open(std::move(to), type, std::move(payload),
                      std::move(handler));
}

std::unique_ptr<bus_registration>
fake_api::serve(std::string at, std::shared_ptr<bus_service> service) {
  return streams.serve(std::move(at), std::move(service));
}

bool fake_api::connected() const {
  return streams.connected();
}

void deliver(fake_stream& to, const bytes& message) {
  to.say(static_cast<node_io::channel>(message.front()), message.substr(1));
}

} // namespace troupe::test

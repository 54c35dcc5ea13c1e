#pragma once

#include "messages/api/request.hpp"
#include "messages/protocol/api/api_call.hpp"
#include "runtime/port/messenger.hpp"
#include "tests/support/fake_messenger.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// A bus on which a gateway answers API requests as the test says. Streams are
/// those of `streams`.
class fake_api final : public messenger {
public:
  /// Answers a request; not found unless the test says more.
  std::function<api::response(const api::request&)> answer;

  /// Answers in place of the gateway, when set.
  std::function<result<bus_answer>()> raw;

  /// Who answers what is asked of any server.
  bus_peer server = {"server", "s1"};

  std::vector<api::request> asked;
  std::vector<std::string> addresses; ///< of all that was asked
  std::string address;                ///< last asked
  mono_time deadline;                 ///< of the last request
  fake_messenger streams;

  void ask(std::string to, message_type type, bytes payload, mono_time by,
           std::function<void(result<bus_answer>)> done) override;
  std::shared_ptr<bus_stream>
  open(std::string to, message_type type, bytes payload,
       std::shared_ptr<bus_stream_handler> handler) override;
  std::unique_ptr<bus_registration>
  serve(std::string at, std::shared_ptr<bus_service> service) override;
  bool connected() const override;
};

/// Sends a message of whatever shape on a stream that was opened.
void deliver(fake_stream& to, const bytes& message);

} // namespace troupe::test

#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/gateway/http/gateway_world.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Transcripts: what a client sends and what it gets. Commands:
///
///     send [as=<user>] [body=no]   one request, answered at once
///     open <id> [as=<user>]        a request whose answer is a stream
///     read <id>                    what came on the stream since
///     leave <id>                   the client goes away
///     pass <seconds>               time passes
///     compact <revision>           history before it goes
class transcript {
public:
  std::string run(const script_command& command) {
    if (command.name == "send")
      return show(*world_.send(parse_request(command.input),
                               command.option("as", "admin")),
                  command.option("body", "yes") == "yes");
    if (command.name == "open")
      return open(command);
    if (command.name == "read")
      return read(*streams_.at(command.word(0)));
    if (command.name == "leave")
      return leave(command.word(0));
    if (command.name == "pass") {
      world_.pass(std::chrono::seconds{std::stoi(command.word(0))});
      return "ok";
    }
    if (command.name == "compact") {
      world_.store.apply_now(
          store::compact{store::revision{std::stoull(command.word(0))}});
      return "ok";
    }
    return "unknown command";
  }

private:
  std::string open(const script_command& command) {
    auto stream = world_.send(parse_request(command.input),
                              command.option("as", "admin"));
    streams_[command.word(0)] = stream;
    return show(*stream, false) + read(*stream);
  }

  static std::string read(fake_responder& stream) {
    const auto text = stream.take_body();
    return (text.empty() ? "nothing\n" : text)
           + (stream.finished() ? "end of stream\n" : "");
  }

  std::string leave(const std::string& id) {
    streams_.at(id)->close();
    return std::to_string(world_.watch.size()) + " watches open";
  }

  static std::string show(const fake_responder& answer, bool with_body) {
    if (!answer.answered())
      return "no answer yet";
    std::string out = std::to_string(answer.code()) + '\n';
    for (const auto& [name, value] : answer.headers())
      if (name == "ETag")
        out += "ETag: ...\n";
      else if (name != "Cache-Control" || value != "no-cache, private")
        out += name + ": " + value + '\n';
    return with_body ? out + answer.body() : out;
  }

  gateway_world world_;
  std::map<std::string, std::shared_ptr<fake_responder>> streams_;
};

} // namespace

TEST_CASE("transcripts of requests and answers") {
  for (const auto& file : scripts_in(TROUPE_TEST_DATA "/gateway/http")) {
    DYNAMIC_SECTION(file.filename().string()) {
      transcript one;
      const auto failures =
          run_script(file, [&](const script_command& command) {
            return one.run(command);
          });
      for (const auto& failure : failures)
        FAIL_CHECK(failure);
      CHECK(failures.empty());
    }
  }
}

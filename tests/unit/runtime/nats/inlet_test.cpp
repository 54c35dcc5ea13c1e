#include "runtime/nats/nats_connection.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::bus;

namespace {

message_ptr message(const std::string& subject, const std::string& data) {
  REQUIRE(nats_Open(-1) == NATS_OK); // messages are freed by its threads
  natsMsg* made = nullptr;
  REQUIRE(natsMsg_Create(&made, subject.c_str(), nullptr, data.data(),
                         static_cast<int>(data.size()))
          == NATS_OK);
  return message_ptr{made};
}

struct heard final : bus_listener {
  std::vector<std::string> all;

  void on_message(std::string_view subject, bytes_view octets) override {
    all.push_back(std::string{subject} + " " + std::string{octets});
  }

  void on_nobody(std::uint64_t) override { all.push_back("nobody"); }
};

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("what comes while a process joins the bus waits", "[nats]") {
  nats_inlet inlet;
  heard listener;
  inlet.take(message("a", "1"));
  inlet.take(message("b", "2"));
  CHECK(listener.all.empty());
  inlet.open(listener);
  CHECK(listener.all == strings{"a 1", "b 2"});
  inlet.take(message("a", "3"));
  CHECK(listener.all == strings{"a 1", "b 2", "a 3"});
  inlet.close();
  inlet.take(message("a", "4"));
  CHECK(listener.all.size() == 3);
}

TEST_CASE("not more waits than may", "[nats]") {
  nats_inlet inlet;
  heard listener;
  for (std::size_t i = 0; i < inlet_waiting_max + 1; ++i)
    inlet.take(message("a", std::to_string(i)));
  inlet.open(listener);
  REQUIRE(listener.all.size() == inlet_waiting_max);
  CHECK(listener.all.front() == "a 0");
}

TEST_CASE("an inlet closed before it was opened hears nothing", "[nats]") {
  nats_inlet inlet;
  inlet.take(message("a", "1"));
  inlet.close();
  inlet.take(message("a", "2"));
  heard listener;
  inlet.open(listener);
  CHECK(listener.all.empty());
}

#pragma once

#include "messages/protocol/message_types.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/bus/bus_messenger.hpp"
#include "tests/support/fake_bus.hpp"
#include "tests/support/nats_process.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// How long a test waits for what must come.
inline constexpr auto patience = std::chrono::seconds{60};

/// Waits until it holds, for a while.
template <class F>
bool eventually(F&& holds) {
  const auto deadline = mono_now() + patience;
  while (!holds()) {
    if (mono_now() > deadline)
      return false;
    poll(nullptr, 0, 2);
  }
  return true;
}

/// Messengers on a bus within the process.
class fake_world {
public:
  std::unique_ptr<messenger> join(const bus_peer& self) {
    auto made =
        bus::make_messenger({"6d0f9c1e", self, ++lives_}, bus_.connect(self));
    REQUIRE(made.has_value());
    return std::move(*made);
  }

  void away() { bus_.away(true); }

  void back() { bus_.away(false); }

private:
  fake_bus bus_;
  std::uint64_t lives_ = 0;
};

/// Messengers on a real nats-server.
class nats_world {
public:
  std::unique_ptr<messenger> join(const bus_peer& self) {
    auto made = make_nats_messenger(server_.config_for(self));
    INFO((made ? std::string{} : made.error().message));
    REQUIRE(made.has_value());
    const bool joined = eventually([&] { return (*made)->connected(); });
    INFO(server_.log());
    REQUIRE(joined);
    return std::move(*made);
  }

  void away() { server_.kill(); }

  void back() { server_.start(); }

private:
  nats_process server_;
};

/// What came of an ask.
class answer_slot {
public:
  std::function<void(result<bus_answer>)> done() {
    return [got = got_](result<bus_answer> x) {
      got->with([&](auto& all) { all.push_back(std::move(x)); });
    };
  }

  std::size_t count() const {
    return got_->with([](auto& all) { return all.size(); });
  }

  /// Waits for it.
  result<bus_answer> get() const {
    REQUIRE(eventually([&] { return count() > 0; }));
    return got_->with([](auto& all) { return all.front(); });
  }

private:
  using answers = std::vector<result<bus_answer>>;
  std::shared_ptr<guarded<answers>> got_ = std::make_shared<guarded<answers>>();
};

/// The holder of a stream's end that remembers.
class stream_log final : public bus_stream_handler {
public:
  struct state {
    std::vector<std::string> messages;
    unsigned drained = 0;
    bool half_closed = false;
    std::vector<stream_end> ends;
    std::string why;
    std::shared_ptr<bus_stream> stream;
    bool consumes = true;
  };

  void on_message(bytes message) override {
    auto stream = state_.with([&](state& x) {
      x.messages.push_back(message);
      return x.consumes ? x.stream : nullptr;
    });
    if (stream)
      stream->consumed(message.size());
  }

  void on_drained() override {
    state_.with([](state& x) { ++x.drained; });
  }

  void on_half_close() override {
    state_.with([](state& x) { x.half_closed = true; });
  }

  void on_end(stream_end how, std::string why) override {
    auto stream = state_.with([&](state& x) {
      x.ends.push_back(how);
      x.why = std::move(why);
      return std::move(x.stream);
    });
  }

  void hold(std::shared_ptr<bus_stream> stream) {
    state_.with([&](state& x) {
      if (x.ends.empty())
        x.stream = std::move(stream);
    });
  }

  void consumes(bool value) {
    state_.with([&](state& x) { x.consumes = value; });
  }

  state now() const {
    return state_.with([](const state& x) { return x; });
  }

  std::shared_ptr<bus_stream> stream() const {
    return state_.with([](const state& x) { return x.stream; });
  }

  /// Waits for the end.
  stream_end end() const {
    REQUIRE(eventually([&] { return !now().ends.empty(); }));
    return now().ends.front();
  }

private:
  guarded<state> state_;
};

/// A service made of two functions.
class fake_service final : public bus_service {
public:
  using answer_fn = std::function<void(bus_request, reply<bus_answer>)>;
  using open_fn = std::function<result<std::shared_ptr<bus_stream_handler>>(
      bus_request, std::shared_ptr<bus_stream>)>;

  fake_service(answer_fn answer, open_fn open)
      : answer_{std::move(answer)}, open_{std::move(open)} {}

  void on_request(bus_request request, reply<bus_answer> answer) override {
    answer_(std::move(request), std::move(answer));
  }

  result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request request, std::shared_ptr<bus_stream> stream) override {
    return open_(std::move(request), std::move(stream));
  }

private:
  answer_fn answer_;
  open_fn open_;
};

} // namespace troupe::test

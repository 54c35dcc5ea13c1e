#include "runtime/base/prng.hpp"
#include "runtime/bus/bus_core.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>

using namespace troupe;
using namespace troupe::bus;

namespace {

const bus_peer s1{"server", "s1"};
const bus_peer n1{"node", "n1"};

/// How badly a bus behaves, each in a hundred.
struct faults {
  unsigned drop = 0;
  unsigned repeat = 0;
  unsigned reorder = 0;
};

/// What the holder of one end heard, and what it sent.
struct end_log {
  std::vector<std::string> heard;
  std::vector<std::string> sent;
  unsigned ends = 0;
  stream_end how{};
  bool half_closed = false;
};

/// Two processes, the messages under way between them, and a clock.
class world {
public:
  world(std::uint64_t seed, faults how) : random_{seed}, how_{how} {
    cores_[0] = std::make_unique<bus_core>("c1", s1, 1);
    cores_[1] = std::make_unique<bus_core>("c1", n1, 1);
  }

  void open() {
    bus_effects out;
    const auto address =
        random_.chance(50) ? "/server/any/io" : "/server/s1/io";
    const auto id =
        cores_[1]->open(address, message_type::log_open, "", now_, out);
    ends_[1][id];
    carry(1, std::move(out));
  }

  void ask() {
    bus_effects out;
    cores_[1]->ask("/server/s1/x", message_type::api_request, "q",
                   now_ + std::chrono::seconds{5}, now_, out);
    ++asked;
    carry(1, std::move(out));
  }

  /// Something that a holder, the bus or the clock does.
  void step() {
    switch (random_.below(8)) {
      case 0:
        return now_ += std::chrono::milliseconds{random_.below(300)}, tick();
      case 1:
      case 2:
        return send();
      case 3:
        return half_close();
      default:
        return deliver();
    }
  }

  /// Lets time pass on a bus that is well until nothing more comes.
  void settle() {
    how_ = {};
    for (int i = 0; i < 200; ++i) {
      while (!under_way_.empty())
        deliver();
      now_ += std::chrono::milliseconds{500};
      tick();
    }
  }

  /// Every stream's end, both sides' where both knew of it.
  template <class F>
  void each_end(F&& look) {
    for (auto side : {0, 1})
      for (auto& [id, log] : ends_[side])
        look(side, log);
  }

  const std::vector<std::string>& sent_to(int side, const end_log& log) const {
    static const std::vector<std::string> none;
    const auto name = log.heard.empty() ? "" : log.heard.front();
    const auto found = by_first_.find({1 - side, name});
    return found == by_first_.end() ? none : *found->second;
  }

  unsigned asked = 0;
  unsigned answered = 0;
  unsigned failed = 0;

private:
  struct message {
    int to;
    std::string subject;
    bytes octets;
  };

  template <class F>
  void with_some_end(F&& use) {
    const auto side = static_cast<int>(random_.below(2));
    auto& ends = ends_[side];
    if (ends.empty())
      return;
    auto at = ends.begin();
    std::advance(at, random_.below(ends.size()));
    bus_effects out;
    use(*cores_[side], at->first, at->second, out);
    carry(side, std::move(out));
  }

  void send() {
    with_some_end([&](auto& core, auto id, auto& log, auto& out) {
      auto text = std::to_string(++messages_);
      text.append(random_.below(70'000), '.');
      if (!core.send(id, text, now_, out))
        return;
      log.sent.push_back(text);
    });
  }

  void half_close() {
    with_some_end([&](auto& core, auto id, auto&, auto& out) {
      if (random_.chance(10))
        core.half_close(id, now_, out);
    });
  }

  void tick() {
    for (auto side : {0, 1}) {
      bus_effects out;
      cores_[side]->tick(now_, out);
      CHECK(cores_[side]->next_wake() > now_);
      carry(side, std::move(out));
    }
  }

  void deliver() {
    if (under_way_.empty())
      return;
    auto at = under_way_.begin();
    if (random_.chance(how_.reorder))
      std::advance(at, random_.below(under_way_.size()));
    auto one = *at;
    if (!random_.chance(how_.repeat))
      under_way_.erase(at);
    if (random_.chance(how_.drop))
      return;
    bus_effects out;
    cores_[one.to]->on_message(one.subject, one.octets, now_, out);
    carry(one.to, std::move(out));
  }

  void carry(int side, bus_effects effects) {
    for (auto& one : effects)
      std::visit([&](auto& x) { carry_one(side, x); }, one);
  }

  void carry_one(int side, publish& x) {
    under_way_.push_back({1 - side, x.subject, std::move(x.octets)});
  }

  void carry_one(int, ask_ended& x) { ++(x.answer ? answered : failed); }

  void carry_one(int side, request_came& x) {
    bus_effects out;
    cores_[side]->answer(x.from, {message_type::api_response, "a"}, out);
    carry(side, std::move(out));
  }

  void carry_one(int side, stream_came& x) {
    ends_[side][x.id];
    bus_effects out;
    if (random_.chance(90))
      cores_[side]->accept(x.id, now_, out);
    else
      cores_[side]->refuse(x.id, "no", out);
    carry(side, std::move(out));
  }

  void carry_one(int side, stream_heard& x) {
    auto& log = ends_[side][x.id];
    REQUIRE(log.ends == 0);
    if (auto* said = std::get_if<stream_message>(&x.event)) {
      REQUIRE_FALSE(log.half_closed);
      log.heard.push_back(said->data);
      bus_effects out;
      cores_[side]->consumed(x.id, said->data.size(), now_, out);
      carry(side, std::move(out));
    } else if (auto* end = std::get_if<stream_ended>(&x.event)) {
      ++log.ends;
      log.how = end->how;
    } else if (std::holds_alternative<stream_half_closed>(x.event)) {
      log.half_closed = true;
    }
  }

public:
  /// Finds each end's other end by what was sent.
  void match() {
    for (auto side : {0, 1})
      for (auto& [id, log] : ends_[side])
        if (!log.sent.empty())
          by_first_[{side, log.sent.front()}] = &log.sent;
  }

private:
  prng random_;
  faults how_;
  mono_time now_{std::chrono::seconds{1}};
  std::unique_ptr<bus_core> cores_[2];
  std::map<stream_id, end_log> ends_[2];
  std::map<std::pair<int, std::string>, const std::vector<std::string>*>
      by_first_;
  std::vector<message> under_way_;
  unsigned messages_ = 0;
};

bool is_prefix(const std::vector<std::string>& part,
               const std::vector<std::string>& whole) {
  return part.size() <= whole.size()
         && std::equal(part.begin(), part.end(), whole.begin());
}

void run(std::uint64_t seed, faults how, bool may_lose) {
  CAPTURE(seed);
  world all{seed, how};
  for (int i = 0; i < 3; ++i)
    all.open();
  for (int i = 0; i < 600; ++i) {
    all.step();
    if (i % 100 == 0)
      all.ask();
  }
  all.settle();
  all.match();
  CHECK(all.answered + all.failed == all.asked);
  if (!may_lose)
    CHECK(all.failed == 0);
  all.each_end([&](int side, const end_log& log) {
    const auto& sent = all.sent_to(side, log);
    // In order, none twice; none lost, unless an end says so.
    CHECK(is_prefix(log.heard, sent));
    if (log.ends == 0 || log.how == stream_end::closed)
      CHECK(log.heard.size() == sent.size());
    if (!may_lose && log.ends != 0)
      CHECK(log.how != stream_end::lost);
  });
}

} // namespace

TEST_CASE("streams on a bus that keeps its promises", "[bus]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    run(seed, {}, false);
}

TEST_CASE("streams on a bus that loses, repeats and reorders", "[bus]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    run(seed, {3, 0, 0}, true);
    run(seed, {0, 10, 0}, true);
    run(seed, {0, 0, 10}, true);
    run(seed, {5, 5, 5}, true);
  }
}

#include "tests/sim/workload/client.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "messages/protocol/store_codec.hpp"

#include <algorithm>

/// How a client carries its calls through; what they are is drawn in
/// client_calls.cpp.
namespace troupe::sim {

namespace {

/// As it comes out at the other end of a connection.
store::proposal through_codec(const store::proposal& value) {
  auto octets = store::encode_command(value);
  TROUPE_CHECK(octets.has_value(), "a drawn proposal can be written");
  auto read = store::decode_command(*octets);
  TROUPE_CHECK(read.has_value(), "what was written can be read");
  return std::get<store::proposal>(std::move(*read));
}

store::propose_outcome through_codec(const store::propose_outcome& value) {
  auto octets = store::encode_outcome(value);
  TROUPE_CHECK(octets.has_value(), "an outcome can be written");
  auto read = store::decode_outcome(*octets);
  TROUPE_CHECK(read.has_value(), "what was written can be read");
  return std::move(*read);
}

std::string_view word(const store::propose_outcome& outcome) {
  static constexpr std::string_view words[] = {
      "committed", "guard failed", "fenced off", "compacted",
      "no leader", "unknown",      "expired",    "overloaded"};
  return words[outcome.index()];
}

std::string_view outcome_word(const call_record& call) {
  return std::visit(
      overload{
          [](const read_call&) -> std::string_view { return "answered"; },
          [](const auto& c) { return word(*c.outcome); },
      },
      call.what);
}

} // namespace

client::client(workload& shared, unsigned number, std::uint64_t seed)
    : shared_(shared), number_(number), random_(seed) {}

unsigned client::answered_since(mono_time since) const {
  return static_cast<unsigned>(
      std::count_if(answered_.begin(), answered_.end(), [&](std::size_t i) {
        return shared_.all.calls[i].begun >= since;
      }));
}

void client::think() {
  const auto most = static_cast<std::uint64_t>(world().drawn.think.count());
  world().time.after(
      duration{static_cast<std::int64_t>(random_.below(most + 1))}, [this] {
        if (!stopped_)
          begin();
      });
}

void client::attempt() {
  ++attempt_;
  ++attempts_;
  if (attempts_ > 1)
    world().count.add("attempts repeated");
  const auto to = static_cast<unsigned>(random_.below(shared_.servers.size()));
  world().time.after(world().drawn.patience, [this, mine = attempt_] {
    if (mine != attempt_ || !busy_)
      return;
    // No answer: it may have happened.
    undecided_ = true;
    world().count.add("answers missed");
    again();
  });
  world().note("client", number_, "asks s", to + 1);
  std::visit(overload{
                 [&](const write_call&) { attempt_write(to); },
                 [&](const raise_call&) { attempt_raise(to); },
                 [&](const read_call&) { attempt_read(to); },
             },
             record().what);
}

/// Carries an answer from a server to this client, unless it has given up on
/// this attempt by then.
template <class Answer>
std::function<void(Answer)> client::back(unsigned from,
                                         std::function<void(Answer)> what) {
  return [this, from, mine = attempt_, what](Answer answer) {
    world().net.send(from, address(), [this, mine, what, answer] {
      if (mine == attempt_ && busy_)
        what(answer);
    });
  };
}

void client::attempt_write(unsigned to) {
  const auto& proposal = std::get<write_call>(record().what).proposal;
  if (attempts_ > 1 && undecided_)
    world().count.add("proposals repeated");
  auto answer = back<store::propose_outcome>(
      to, [this](store::propose_outcome o) { heard(through_codec(o)); });
  world().net.send(address(), to,
                   [this, to, sent = through_codec(proposal), answer] {
                     auto& at = *shared_.servers[to];
                     if (at.up())
                       at.propose(sent, answer);
                     else
                       answer(store::not_leader{});
                   });
}

void client::attempt_raise(unsigned to) {
  const auto& fence = std::get<raise_call>(record().what).fence;
  auto answer = back<store::propose_outcome>(
      to, [this](store::propose_outcome o) { heard(through_codec(o)); });
  const auto deadline = wall_at(record().begun) + world().drawn.deadline;
  world().net.send(address(), to, [this, to, fence, deadline, answer] {
    auto& at = *shared_.servers[to];
    if (at.up())
      at.raise(fence, deadline, answer);
    else
      answer(store::not_leader{});
  });
}

void client::attempt_read(unsigned to) {
  auto answer =
      back<read_reply>(to, [this](read_reply r) { heard(std::move(r)); });
  world().net.send(
      address(), to,
      [this, to, what = std::get<read_call>(record().what), answer] {
        auto& at = *shared_.servers[to];
        if (at.up())
          at.read(what, answer);
        else
          answer({store::barrier_outcome::unavailable, {}, {}});
      });
}

void client::heard(store::propose_outcome outcome) {
  using namespace store;
  world().note("client", number_, "hears", word(outcome));
  if (std::holds_alternative<outcome_unknown>(outcome)) {
    world().count.add("outcomes unknown");
    undecided_ = true;
    return again();
  }
  const bool untried = std::holds_alternative<not_leader>(outcome)
                       || std::holds_alternative<overloaded>(outcome)
                       || std::holds_alternative<proposal_expired>(outcome);
  if (untried && world().time.now() < until_)
    return again();
  // What changed nothing is evaluated anew each time.
  const auto* done = std::get_if<committed>(&outcome);
  const bool idempotent = std::holds_alternative<raise_call>(record().what);
  const bool changed =
      done
      && std::any_of(done->ops.begin(), done->ops.end(),
                     [](const op_outcome& o) { return o.changed; });
  const bool happened = changed || (done && idempotent)
                        || std::holds_alternative<outcome_compacted>(outcome);
  // A refusal speaks for its own attempt only: an earlier one may still come.
  if (!happened && undecided_)
    return give_up();
  if (happened && undecided_)
    world().count.add("repeated proposals answered");
  std::visit(overload{
                 [&](write_call& c) { c.outcome = std::move(outcome); },
                 [&](raise_call& c) { c.outcome = std::move(outcome); },
                 [](read_call&) {},
             },
             record().what);
  end(!untried);
}

void client::heard(read_reply reply) {
  if (reply.barrier != store::barrier_outcome::reached)
    return again();
  auto& what = std::get<read_call>(record().what);
  if (reply.gap) {
    world().count.add(*reply.gap == store::read_gap::compacted
                          ? "reads of compacted revisions"
                          : "reads of the future");
    return end(true);
  }
  what.result = std::move(reply.answer);
  end(true);
}

void client::again() {
  ++attempt_; // what comes late is not heard
  if (world().time.now() >= until_)
    return give_up();
  const auto wait = std::chrono::milliseconds{5 + random_.below(50)};
  world().time.after(wait, [this, mine = attempt_] {
    if (mine == attempt_ && busy_)
      attempt();
  });
}

void client::give_up() {
  world().count.add("calls given up");
  if (!undecided_)
    // Every attempt was refused before it could do anything.
    std::visit(overload{
                   [&](write_call& c) { c.outcome = store::not_leader{}; },
                   [&](raise_call& c) { c.outcome = store::not_leader{}; },
                   [](read_call&) {},
               },
               record().what);
  end(false);
}

void client::end(bool answered) {
  ++attempt_;
  busy_ = false;
  auto& call = record();
  const bool unknown =
      std::visit(overload{
                     [](const read_call& c) { return !c.result; },
                     [](const auto& c) { return !c.outcome; },
                 },
                 call.what);
  if (!unknown)
    call.ended = world().time.now();
  world().count.add(unknown ? "calls without answer" : "calls answered");
  world().note("client", number_, "ends call", record_,
               unknown ? "unknown" : outcome_word(call));
  if (answered)
    answered_.push_back(record_);
  learn(call);
  think();
}

void client::learn(const call_record& call) {
  std::visit(
      overload{
          [&](const write_call& c) {
            if (!c.outcome)
              return;
            if (const auto* g = std::get_if<store::guard_failed>(&*c.outcome)) {
              world().count.add("guards failed");
              std::visit(
                  [&](const auto& guard) {
                    if constexpr (requires { guard.key; })
                      known_[guard.key] = g->standing;
                  },
                  c.proposal.guards.at(g->guard));
            }
            if (std::holds_alternative<store::fenced_off>(*c.outcome))
              world().count.add("writes fenced off");
            const auto* done = std::get_if<store::committed>(&*c.outcome);
            for (std::size_t i = 0; done && i < done->ops.size(); ++i) {
              newest_ = std::max(newest_, done->ops[i].at);
              const bool erased =
                  std::holds_alternative<store::erase>(c.proposal.ops.at(i));
              std::visit(
                  [&](const auto& op) {
                    known_[op.key] =
                        erased ? store::revision{} : done->ops[i].at;
                  },
                  c.proposal.ops[i]);
            }
          },
          [&](const raise_call& c) {
            if (!c.outcome)
              return;
            if (std::holds_alternative<store::committed>(*c.outcome))
              epochs_[c.fence.name] = c.fence.epoch;
            world().count.add("fences raised");
          },
          [&](const read_call& c) {
            if (!c.result)
              return;
            newest_ = std::max(newest_, c.result->revision);
            if (c.at)
              return;
            if (!c.range && c.result->objects.empty())
              known_[c.prefix] = {};
            for (const auto& object : c.result->objects)
              known_[object.key] = object.modified;
          },
      },
      call.what);
}

} // namespace troupe::sim

#pragma once

#include "messages/base/bytes.hpp"
#include "messages/protocol/envelope.hpp"
#include "runtime/bus/ask_table.hpp"
#include "runtime/bus/stream_fsm.hpp"
#include "runtime/bus/subject.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace troupe::bus {

/// Most streams of a process, of either side; further ones are refused.
inline constexpr std::size_t streams_max = 8192;

/// A request that asks for more time to answer gets that much.
inline constexpr duration time_left_max = std::chrono::hours{1};

/// Names one side of a stream within its process.
using stream_id = std::uint64_t;

/// Where the answer to a request goes.
struct return_address {
  bus_peer to;
  std::string address;
  std::uint64_t incarnation = 0;
  std::uint64_t correlation_id = 0;
  bus::lane lane = lane::control;
};

/// Publish this. When it turns out that it reached nobody, `nobody` with
/// `undelivered` (unless 0) says so.
struct publish {
  bus::lane lane = lane::control;
  std::string subject;
  std::string reply_to; ///< empty: none
  bytes octets;
  std::uint64_t undelivered = 0;
};

/// An ask is over.
struct ask_ended {
  std::uint64_t id;
  result<bus_answer> answer;
};

/// A request for an actor of this process.
struct request_came {
  return_address from;
  bus_request request;
};

/// A stream is offered to an actor of this process: `accept` or `refuse` it.
struct stream_came {
  stream_id id;
  bus_request request;
};

/// Something for the holder of a stream's side.
struct stream_heard {
  stream_id id;
  stream_event event;
};

using bus_effect =
    std::variant<publish, ask_ended, request_came, stream_came, stream_heard>;
using bus_effects = std::vector<bus_effect>;

/// Everything a process does on the bus but I/O: asks, answers and streams as
/// messages, and back. Not safe for concurrent use; effects are carried out in
/// order. What does not concern this process, this life of it or this cluster
/// is dropped.
class bus_core {
public:
  /// `self` is a process (`is_process`), `incarnation` is not 0.
  bus_core(std::string cluster_uid, bus_peer self, std::uint64_t incarnation);

  /// Returns the ask's id. Its end comes as an effect, perhaps at once.
  std::uint64_t ask(const std::string& address, message_type type,
                    bytes payload, mono_time deadline, mono_time now,
                    bus_effects& out);

  /// Answers a request, at most once.
  void answer(const return_address& to, bus_answer answer, bus_effects& out);

  /// Opens a stream. Its end comes as an effect, perhaps at once.
  stream_id open(const std::string& address, message_type type, bytes payload,
                 mono_time now, bus_effects& out);

  /// These do nothing for a stream that has ended.
  void accept(stream_id id, mono_time now, bus_effects& out);
  void refuse(stream_id id, std::string why, bus_effects& out);
  bool send(stream_id id, bytes message, mono_time now, bus_effects& out);
  void consumed(stream_id id, std::size_t octets, mono_time now,
                bus_effects& out);
  void half_close(stream_id id, mono_time now, bus_effects& out);
  void reset(stream_id id, std::string why, bus_effects& out);
  std::size_t queued(stream_id id) const;

  /// A message arrived.
  void on_message(std::string_view subject, bytes_view octets, mono_time now,
                  bus_effects& out);

  /// The ask or the stream's frame of that id reached nobody. A process that
  /// does not hear a stream of the control lane answers no ask either.
  void nobody(std::uint64_t id, std::string why, mono_time now,
              bus_effects& out);

  /// It was not sent: that says nothing about others. A stream that is open
  /// goes on.
  void unsent(std::uint64_t id, std::string why, mono_time now,
              bus_effects& out);

  void tick(mono_time now, bus_effects& out);

  /// When `tick` has something to do next.
  mono_time next_wake() const;

  /// Ends every ask and every stream.
  void end_all(const std::string& why, bus_effects& out);

  /// Messages that were for nobody here.
  std::uint64_t dropped() const noexcept { return dropped_; }

private:
  /// An opener's name for a stream: who, in which life, and its id for it.
  using wire_key =
      std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>;

  struct stream {
    stream_fsm fsm;
    bus_peer peer;
    std::uint64_t peer_incarnation = 0; ///< 0: not heard of yet
    std::uint64_t wire_id = 0;
    bus::lane lane = lane::control;
    std::string own_address;
    std::string peer_address;
    bool opened_here = true;
    mono_time wake = mono_time::max(); ///< its place in `wakes_`
  };

  using stream_map = std::map<stream_id, stream>;

  envelope envelope_to(std::string address, std::uint64_t incarnation) const;
  bool put(const envelope& value, const bus_peer& to, lane on,
           std::uint64_t undelivered, bus_effects& out) const;
  void put_frame(const stream& one, stream_frame frame, stream_id id,
                 bus_effects& out) const;
  void carry(stream_map::iterator at, stream_effects effects, bus_effects& out);
  void plan_wake(stream_map::iterator at);
  template <class F>
  void with(stream_id id, bus_effects& out, F&& use);
  void end_ask(std::uint64_t id, errc code, std::string why, bus_effects& out);

  void on_request(const subject& from, envelope value, mono_time now,
                  bus_effects& out);
  void on_answer(const subject& from, envelope value, bus_effects& out);
  void on_frame(const subject& from, envelope value, mono_time now,
                bus_effects& out);
  void on_open(const subject& from, const envelope& value, stream_frame frame,
               mono_time now, bus_effects& out);
  stream_map::iterator find_stream(const subject& from, const envelope& value,
                                   const stream_frame& frame);
  void say_unknown(const subject& from, const envelope& value,
                   const stream_frame& frame, bus_effects& out) const;

  std::string cluster_uid_;
  bus_peer self_;
  std::uint64_t incarnation_;
  std::uint64_t last_id_ = 0;
  ask_table asks_;
  stream_map streams_;
  std::map<wire_key, stream_id> accepted_;
  std::set<std::pair<mono_time, stream_id>> wakes_;
  std::uint64_t dropped_ = 0;
};

} // namespace troupe::bus

#pragma once

#include "messages/base/time_point.hpp"
#include "messages/protocol/stream_frame.hpp"
#include "runtime/port/messenger.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::bus {

/// An idle side repeats its last sequence this often.
inline constexpr duration stream_idle_interval = std::chrono::seconds{1};

/// When one side takes the stream for lost.
struct stream_patience {
  /// Nothing was heard for so long.
  duration silence = std::chrono::seconds{10};
  /// The bus says that the other side is not there, and nothing was heard of it
  /// for so long since: its process may be there and about to reconnect.
  duration absence = std::chrono::seconds{3};
};

/// For what is cheap to open anew.
inline constexpr stream_patience short_patience{std::chrono::seconds{5},
                                                duration{}};

/// An opening that reached nobody is repeated this often, and for that long:
/// the process that serves the address may be about to return.
inline constexpr duration stream_reopen_interval =
    std::chrono::milliseconds{250};
inline constexpr duration stream_reopen_max = std::chrono::seconds{3};

/// Octets that may wait for the receiver's window; a stream with more is reset.
inline constexpr std::size_t stream_queue_max = 32 * 1024 * 1024;

struct stream_message {
  bytes data;

  friend bool operator==(const stream_message&,
                         const stream_message&) = default;
};

struct stream_drained {
  friend bool operator==(const stream_drained&,
                         const stream_drained&) = default;
};

struct stream_half_closed {
  friend bool operator==(const stream_half_closed&,
                         const stream_half_closed&) = default;
};

struct stream_ended {
  stream_end how;
  std::string why;

  friend bool operator==(const stream_ended&, const stream_ended&) = default;
};

/// What the holder of this side hears; `stream_ended` is the last.
using stream_event = std::variant<stream_message, stream_drained,
                                  stream_half_closed, stream_ended>;

/// What a step wants done, in order: frames to the other side, events to the
/// holder.
struct stream_effects {
  std::vector<stream_frame> frames;
  std::vector<stream_event> events;
};

/// One side of a byte stream over a bus that may drop, double and reorder.
///
///     opening --1--> open --3--> ended        1 the other side accepts
///        |            ^            ^          2 the holder accepts
///        +-----4------|------------+          3 both closed, reset, gap,
///     offered ---2----+            |            silence, absence
///        +------------5------------+          4 refused, nobody, silence
///                                             5 the holder refuses, or reset
///
/// An opening that reached nobody is repeated for a while before 4.
///
/// Each side numbers its data and half-close frames. A number that is not the
/// next one means that something is missing (`lost`) or came twice (ignored).
/// Every frame repeats the last number and the octets consumed so far, so that
/// no single loss stays unseen: an idle side sends one each second. A side may
/// send while less than `stream_window` octets are unconsumed, so a message
/// larger than the window passes too, alone.
class stream_fsm {
public:
  /// The side that opens; the first effect is the frame that does.
  static stream_fsm opener(message_type type, bytes payload, mono_time now,
                           stream_effects& out, stream_patience patience = {});

  /// The side that was offered one: say `accept` or `refuse` next.
  static stream_fsm acceptor(mono_time now, stream_patience patience = {});

  void accept(mono_time now, stream_effects& out);
  void refuse(std::string why, stream_effects& out);

  /// False when the stream has ended or was half-closed. A message past
  /// `bus_message_max`, or a queue past its limit, resets it. The message is
  /// not empty.
  bool send(bytes message, mono_time now, stream_effects& out);

  void consumed(std::size_t octets, mono_time now, stream_effects& out);
  void half_close(mono_time now, stream_effects& out);
  void reset(std::string why, stream_effects& out);

  /// A frame reached nobody. The one that opened the stream is repeated by
  /// `tick`, for a while; a stream that is open ends when its patience does.
  void nobody(std::string why, mono_time now);

  void on_frame(stream_frame frame, mono_time now, stream_effects& out);
  void tick(mono_time now, stream_effects& out);

  /// When `tick` has something to do next; not for ended streams.
  mono_time next_wake() const;

  /// Octets that wait for the receiver's window.
  std::size_t queued() const noexcept { return queued_octets_; }

  bool is_open() const noexcept { return phase_ == phase::open; }

  bool ended() const noexcept { return phase_ == phase::ended; }

private:
  enum class phase : std::uint8_t { opening, offered, open, ended };

  stream_fsm(phase at, bool opener, mono_time now, stream_patience patience)
      : phase_{at}, opener_{opener}, patience_{patience}, last_sent_{now},
        last_heard_{now} {}

  void put(frame_kind kind, stream_effects& out, std::string text = {},
           bytes data = {});
  void put_at(frame_kind kind, mono_time now, stream_effects& out,
              bytes data = {});
  void flush(mono_time now, stream_effects& out);
  bool take_consumed(std::uint64_t total, stream_effects& out);
  bool take_sequence(const stream_frame& frame, stream_effects& out);
  void take_data(bytes data, stream_effects& out);
  void open_again(mono_time now, stream_effects& out);
  void on_opened(const stream_frame& frame, stream_effects& out);
  void on_content(stream_frame frame, stream_effects& out);
  void end(stream_end how, std::string why, stream_effects& out);
  void lose(std::string why, stream_effects& out);
  void end_if_closed(stream_effects& out);

  phase phase_;
  bool opener_;
  stream_patience patience_;
  bool closing_ = false;      ///< the holder sends no more
  bool closed_here_ = false;  ///< and that was sent
  bool closed_there_ = false; ///< the other side sends no more
  bool was_blocked_ = false;  ///< owes the holder a `drained`
  std::uint64_t sequence_ = 0;
  std::uint64_t heard_sequence_ = 0;
  std::uint64_t sent_octets_ = 0;
  std::uint64_t acknowledged_octets_ = 0;
  std::uint64_t heard_octets_ = 0;
  std::uint64_t consumed_octets_ = 0;
  std::uint64_t announced_octets_ = 0;
  std::size_t queued_octets_ = 0;
  std::deque<bytes> queue_;
  mono_time last_sent_;
  mono_time last_heard_;
  stream_frame opening_;              ///< kept while `opening`
  std::optional<std::string> nobody_; ///< why it reached nobody
  std::optional<mono_time> absent_since_;
};

} // namespace troupe::bus

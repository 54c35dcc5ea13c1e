#include "runtime/websocket/session.hpp"

#include "messages/base/utf8.hpp"

#include <algorithm>

namespace troupe::websocket {

namespace {

/// Section 5.2.
enum opcode : std::uint8_t {
  op_continuation = 0,
  op_text = 1,
  op_binary = 2,
  op_close = 8,
  op_ping = 9,
  op_pong = 10,
};

constexpr std::size_t control_payload_max = 125;
constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_16 = 126;
constexpr std::uint8_t length_64 = 127;

bool is_control(std::uint8_t op) {
  return (op & 0x8) != 0;
}

std::uint8_t octet(const bytes& from, std::size_t at) {
  return static_cast<std::uint8_t>(from[at]);
}

std::uint64_t number(const bytes& from, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i)
    out = out << 8 | octet(from, at + i);
  return out;
}

void put(bytes& out, std::uint64_t value, std::size_t size) {
  for (auto i = size; i > 0; --i)
    out += static_cast<char>(value >> (i - 1) * 8 & 0xff);
}

/// Whether a client may close with this code: those of the protocol that may be
/// sent, registered ones and private ones.
bool is_sendable(std::uint64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

} // namespace

result<std::vector<event>> session::receive(bytes_view octets) {
  std::vector<event> out;
  // Nothing that comes behind a close counts.
  if (peer_closed_)
    return out;
  input_ += octets;
  while (!peer_closed_) {
    if (!head_) {
      const auto whole = take_head();
      if (!whole)
        return whole.error();
      if (!*whole)
        break;
    }
    if (!is_control(head_->opcode)) {
      if (head_->left > 0 && input_.empty())
        break;
      take_piece(out);
    } else if (input_.size() < head_->left) {
      break;
    } else if (auto taken = take_control(out); !taken) {
      return std::move(taken).error();
    }
  }
  return out;
}

/// False while it is not there whole.
result<bool> session::take_head() {
  if (input_.size() < 2)
    return false;
  const auto flags = octet(input_, 0);
  const auto sizes = octet(input_, 1);
  const std::uint8_t short_length = sizes & ~mask_bit;
  const std::size_t wide = short_length == length_64   ? 8
                           : short_length == length_16 ? 2
                                                       : 0;
  head now;
  const auto size = 2 + wide + sizeof now.mask;
  now.opcode = flags & 0xf;
  now.fin = (flags & fin_bit) != 0;
  if ((flags & 0x70) != 0)
    return fail("a reserved bit is set");
  if ((sizes & mask_bit) == 0)
    return fail("a frame is not masked");
  if (input_.size() < size)
    return false;
  now.left = wide == 0 ? short_length : number(input_, 2, wide);
  if (now.left >> 63 != 0)
    return fail("a length has its highest bit set");
  std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(2 + wide),
              sizeof now.mask, now.mask);
  now.first = now.opcode != op_continuation;
  if (auto right = check(now); !right)
    return fail(right.error().message.c_str());
  input_.erase(0, size);
  head_ = now;
  if (!is_control(now.opcode))
    in_message_ = !now.fin;
  return true;
}

/// Sections 5.4 and 5.5.
status_result session::check(const head& now) const {
  const auto wrong = [](const char* what) {
    return error{errc::corrupt, what};
  };
  switch (now.opcode) {
    case op_continuation:
      return in_message_ ? status_result{unit{}}
                         : wrong("a continuation without a message");
    case op_text:
    case op_binary:
      return in_message_ ? wrong("a message within a message")
                         : status_result{unit{}};
    case op_close:
    case op_ping:
    case op_pong:
      if (!now.fin)
        return wrong("a control frame in fragments");
      if (now.left > control_payload_max)
        return wrong("a control frame of more than 125 octets");
      return unit{};
    default:
      return wrong("an unknown opcode");
  }
}

bytes session::take_payload(std::size_t length) {
  auto out = input_.substr(0, length);
  input_.erase(0, length);
  for (auto& c : out)
    c = static_cast<char>(c ^ head_->mask[head_->masked++ % 4]);
  head_->left -= length;
  return out;
}

void session::take_piece(std::vector<event>& out) {
  const auto length = static_cast<std::size_t>(
      std::min<std::uint64_t>(head_->left, input_.size()));
  message_piece piece;
  piece.octets = take_payload(length);
  piece.first = std::exchange(head_->first, false);
  piece.last = head_->fin && head_->left == 0;
  if (head_->left == 0)
    head_.reset();
  out.emplace_back(std::move(piece));
}

status_result session::take_control(std::vector<event>& out) {
  const auto payload = take_payload(static_cast<std::size_t>(head_->left));
  const auto op = std::exchange(head_, std::nullopt)->opcode;
  if (op == op_ping)
    write(op_pong, payload);
  if (op != op_close)
    return unit{};
  client_closes event;
  if (!payload.empty()) {
    if (payload.size() < 2 || !is_sendable(number(payload, 0, 2))
        || !is_utf8(bytes_view{payload}.substr(2)))
      return fail("a close with no valid code or reason");
    event.code = static_cast<std::uint16_t>(number(payload, 0, 2));
  }
  peer_closed_ = true;
  write(op_close, bytes_view{payload}.substr(0, 2));
  closed_ = true;
  out.emplace_back(event);
  return unit{};
}

void session::send(bytes_view octets) {
  write(op_binary, octets);
}

void session::close(close_code code) {
  bytes payload;
  put(payload, static_cast<std::uint16_t>(code), 2);
  write(op_close, payload);
  closed_ = true;
}

void session::write(std::uint8_t op, bytes_view payload) {
  if (closed_)
    return;
  output_ += static_cast<char>(fin_bit | op);
  if (payload.size() < length_16) {
    put(output_, payload.size(), 1);
  } else if (payload.size() <= 0xffff) {
    put(output_, length_16, 1);
    put(output_, payload.size(), 2);
  } else {
    put(output_, length_64, 1);
    put(output_, payload.size(), 8);
  }
  output_ += payload;
}

error session::fail(const char* what) {
  close(close_code::protocol_error);
  peer_closed_ = true;
  return error{errc::corrupt, std::string{"WebSocket: "} + what};
}

} // namespace troupe::websocket

#include "runtime/spdy/frame.hpp"

#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "runtime/spdy/integers.hpp"

#include <algorithm>

namespace troupe::spdy {

namespace {

constexpr std::uint16_t spdy_version = 3;
constexpr std::size_t head_size = 8;
constexpr std::uint32_t control_bit = 0x80000000;
constexpr std::uint32_t id_mask = 0x7fffffff;
constexpr std::uint8_t fin_flag = 1;

enum control_type : std::uint16_t {
  type_syn_stream = 1,
  type_syn_reply = 2,
  type_rst_stream = 3,
  type_settings = 4,
  type_ping = 6,
  type_goaway = 7,
  type_headers = 8,
  type_window_update = 9,
};

error broken(std::string what) {
  return error{errc::corrupt, "SPDY frame: " + std::move(what)};
}

bytes control_frame(std::uint16_t type, std::uint8_t flags,
                    bytes_view payload) {
  TROUPE_CHECK(payload.size() <= data_frame_max, "a frame's length fits");
  bytes out;
  put32(out,
        control_bit | static_cast<std::uint32_t>(spdy_version) << 16 | type);
  put32(out, static_cast<std::uint32_t>(flags) << 24
                 | static_cast<std::uint32_t>(payload.size()));
  return out.append(payload);
}

bytes two_numbers(std::uint16_t type, std::uint32_t first,
                  std::uint32_t second) {
  bytes payload;
  put32(payload, first);
  put32(payload, second);
  return control_frame(type, 0, payload);
}

bytes settings_frame(const settings& value) {
  bytes payload;
  put32(payload, static_cast<std::uint32_t>(value.values.size()));
  for (const auto& [id, number] : value.values) {
    put32(payload, id);
    put32(payload, number);
  }
  return control_frame(type_settings, 0, payload);
}

bytes data_frame(const data& value) {
  TROUPE_CHECK(value.octets.size() <= data_frame_max, "a frame's length fits");
  bytes out;
  put32(out, value.id & id_mask);
  put32(out, (value.fin ? std::uint32_t{fin_flag} << 24 : 0)
                 | static_cast<std::uint32_t>(value.octets.size()));
  return out += value.octets;
}

result<frame> parse_settings(bytes_view payload) {
  constexpr std::uint32_t setting_mask = 0x00ffffff; // above are flags
  constexpr std::size_t entry_size = 8;
  const auto count = take32(payload);
  if (!count || *count != payload.size() / entry_size)
    return broken("SETTINGS does not fit its count");
  settings out;
  while (const auto id = take32(payload)) {
    const auto value = take32(payload);
    if (!value)
      return broken("SETTINGS does not fit its count");
    out.values.emplace_back(*id & setting_mask, *value);
  }
  return frame{std::move(out)};
}

/// The frames that are one or two numbers.
result<frame> parse_numbers(std::uint16_t type, bytes_view payload) {
  const auto first = take32(payload);
  if (!first)
    return broken("a control frame is too short");
  if (type == type_ping)
    return frame{ping{*first}};
  const auto id = *first & id_mask;
  const auto second = take32(payload);
  if (!second)
    return broken("a control frame is too short");
  switch (type) {
    case type_rst_stream:
      return frame{rst_stream{id, static_cast<reset_code>(*second)}};
    case type_goaway:
      return frame{goaway{id, static_cast<goaway_code>(*second)}};
    default:
      return frame{window_update{id, *second & id_mask}};
  }
}

} // namespace

result<std::vector<frame>> frame_reader::read(bytes_view octets) {
  input_ += octets;
  std::vector<frame> out;
  for (;;) {
    if (!head_) {
      if (input_.size() < head_size)
        return out;
      if (auto taken = take_head(); !taken)
        return std::move(taken).error();
    }
    if (!head_->control) {
      if (head_->length > 0 && input_.empty())
        return out;
      take_data(out);
    } else if (input_.size() < head_->length) {
      return out;
    } else if (auto taken = take_control(out); !taken) {
      return std::move(taken).error();
    }
  }
}

status_result frame_reader::take_head() {
  bytes_view in = input_;
  const auto first = *take32(in);
  const auto second = *take32(in);
  head now;
  now.control = (first & control_bit) != 0;
  now.flags = static_cast<std::uint8_t>(second >> 24);
  now.length = second & data_frame_max;
  if (now.control) {
    if ((first >> 16 & 0x7fff) != spdy_version)
      return broken("not version 3");
    now.type = static_cast<std::uint16_t>(first);
    if (now.length > control_frame_max)
      return error{errc::too_large, "SPDY control frame: more than "
                                        + std::to_string(control_frame_max)
                                        + " octets"};
  } else {
    now.id = first;
    if (now.id == 0)
      return broken("DATA without a stream");
  }
  input_.erase(0, head_size);
  head_ = now;
  return unit{};
}

void frame_reader::take_data(std::vector<frame>& out) {
  const auto length = std::min(head_->length, input_.size());
  head_->length -= length;
  const bool last = head_->length == 0;
  out.emplace_back(data{head_->id, input_.substr(0, length),
                        last && (head_->flags & fin_flag) != 0});
  input_.erase(0, length);
  if (last)
    head_.reset();
}

status_result frame_reader::take_control(std::vector<frame>& out) {
  const auto now = *std::exchange(head_, std::nullopt);
  const auto whole = input_.substr(0, now.length);
  input_.erase(0, now.length);
  bytes_view payload = whole;
  const bool fin = (now.flags & fin_flag) != 0;
  const bool with_headers = now.type == type_syn_stream
                            || now.type == type_syn_reply
                            || now.type == type_headers;
  if (with_headers) {
    // SYN_STREAM: the stream it belongs to, priority and slot.
    const std::size_t between = now.type == type_syn_stream ? 6 : 0;
    const auto id = take32(payload);
    if (!id || payload.size() < between)
      return broken("a control frame is too short");
    auto values = decode(payload.substr(between));
    if (!values)
      return std::move(values).error();
    if (now.type == type_syn_stream)
      out.emplace_back(syn_stream{*id & id_mask, std::move(*values), fin});
    else if (now.type == type_syn_reply)
      out.emplace_back(syn_reply{*id & id_mask, std::move(*values), fin});
    else
      out.emplace_back(more_headers{*id & id_mask, std::move(*values), fin});
    return unit{};
  }
  const bool known = now.type == type_rst_stream || now.type == type_settings
                     || now.type == type_ping || now.type == type_goaway
                     || now.type == type_window_update;
  if (!known)
    return unit{};
  auto parsed = now.type == type_settings ? parse_settings(payload)
                                          : parse_numbers(now.type, payload);
  if (!parsed)
    return std::move(parsed).error();
  out.push_back(std::move(*parsed));
  return unit{};
}

bytes frame_writer::write(const frame& value) {
  // No other stream, highest priority, no slot.
  static constexpr bytes_view syn_between{"\0\0\0\0\0\0", 6};
  return std::visit(
      overload{
          [this](const syn_stream& it) {
            return header_frame(type_syn_stream, it.id, syn_between, it.values,
                                it.fin);
          },
          [this](const syn_reply& it) {
            return header_frame(type_syn_reply, it.id, {}, it.values, it.fin);
          },
          [this](const more_headers& it) {
            return header_frame(type_headers, it.id, {}, it.values, it.fin);
          },
          [](const rst_stream& it) {
            return two_numbers(type_rst_stream, it.id,
                               static_cast<std::uint32_t>(it.code));
          },
          [](const settings& it) { return settings_frame(it); },
          [](const ping& it) {
            bytes payload;
            put32(payload, it.id);
            return control_frame(type_ping, 0, payload);
          },
          [](const goaway& it) {
            return two_numbers(type_goaway, it.last_good,
                               static_cast<std::uint32_t>(it.code));
          },
          [](const window_update& it) {
            return two_numbers(type_window_update, it.id, it.delta);
          },
          [](const data& it) { return data_frame(it); },
      },
      value);
}

bytes frame_writer::header_frame(std::uint16_t type, stream_id id,
                                 bytes_view between, const headers& values,
                                 bool fin) {
  bytes payload;
  put32(payload, id & id_mask);
  payload += between;
  payload += headers_.encode(values);
  return control_frame(type, fin ? fin_flag : 0, payload);
}

} // namespace troupe::spdy

#pragma once

#include "runtime/spdy/frame.hpp"

#include <map>

namespace troupe::test {

/// One behind the other, made in this order.
inline bytes joined(std::initializer_list<bytes> parts) {
  bytes out;
  for (const auto& one : parts)
    out += one;
  return out;
}

/// A client of remote commands over SPDY, as kubectl is one: makes octets, and
/// reads what comes back.
class spdy_client {
public:
  /// Opens stream 1, 3, ... with this `streamtype`.
  bytes open(const std::string& type) {
    const auto id = next_;
    next_ += 2;
    ids_[type] = id;
    types_[id] = type;
    return writer_.write(spdy::syn_stream{id, {{"streamtype", type}}, false});
  }

  bytes send(const std::string& type, bytes data, bool fin = false) {
    return writer_.write(spdy::data{ids_.at(type), std::move(data), fin});
  }

  bytes write(const spdy::frame& one) { return writer_.write(one); }

  /// Octets from the server. False when they are no SPDY.
  bool hear(bytes_view octets) {
    auto frames = reader_.read(octets);
    if (!frames)
      return false;
    for (auto& one : *frames)
      take(one);
    return true;
  }

  std::map<std::string, bytes> heard; ///< data by `streamtype`
  std::map<std::string, bool> ended;  ///< by `streamtype`
  std::size_t replies = 0;
  std::vector<spdy::frame> others;

private:
  void take(spdy::frame& one) {
    if (auto* it = std::get_if<spdy::data>(&one)) {
      const auto& type = types_.at(it->id);
      heard[type] += it->octets;
      ended[type] = it->fin;
    } else if (std::holds_alternative<spdy::syn_reply>(one)) {
      ++replies;
    } else {
      others.push_back(std::move(one));
    }
  }

  spdy::frame_writer writer_;
  spdy::frame_reader reader_;
  spdy::stream_id next_ = 1;
  std::map<std::string, spdy::stream_id> ids_;
  std::map<spdy::stream_id, std::string> types_;
};

} // namespace troupe::test

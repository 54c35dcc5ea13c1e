#pragma once

#include <array>
#include <cstddef>

namespace troupe::publish {

/// One direction of a connection between two non-blocking sockets: what was
/// read and is not written yet.
class pipe {
public:
  pipe(int from, int to) : from_(from), to_(to) {}

  bool wants_to_read() const { return !ended_ && begin_ == end_; }

  bool wants_to_write() const { return begin_ != end_; }

  /// Everything came through, and the reader knows that it was all.
  bool finished() const { return ended_ && begin_ == end_; }

  /// Moves what can be moved now. False: one of the sockets broke.
  bool move();

private:
  bool fill();
  bool drain();

  int from_;
  int to_;
  std::array<char, 16 * 1024> octets_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

} // namespace troupe::publish

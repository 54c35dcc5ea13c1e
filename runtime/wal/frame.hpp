#pragma once

#include "runtime/wal/types.hpp"

/// A frame: all that one `sync` makes durable, written by one write that
/// begins on a boundary no earlier frame touches. Its head says where it
/// belongs, which entries it covers and the checksum of each of its sectors.
/// A frame's head is also the mark at which a scan finds its way again.
namespace troupe::wal {

/// Where the next frame goes and what it chains to.
struct frame_place {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t number = 1;         ///< of the frame, over the log's life
  std::uint64_t sequence = 1;       ///< of its first record
  std::uint32_t previous_check = 0; ///< the frame before

  friend bool operator==(const frame_place&, const frame_place&) = default;
};

struct frame_head {
  frame_place place;
  std::uint32_t record_count = 0;
  std::uint32_t head_octets = 0; ///< of ranges and table
  std::uint32_t body_octets = 0;
  std::uint32_t octets = 0; ///< of the whole frame, padding included
  std::uint32_t head_check = 0;
  std::uint32_t check = 0; ///< what the next frame chains to
};

/// Size of a frame around `body_octets` of records of `groups` groups.
std::uint64_t frame_octets(std::uint64_t body_octets, std::size_t groups,
                           std::uint32_t alignment);

struct encoded_frame {
  bytes data;
  frame_place next; ///< in the same segment
};

encoded_frame encode_frame(const frame_place& place, bytes_view body,
                           std::uint32_t record_count,
                           const std::vector<index_range>& ranges,
                           std::uint32_t alignment);

/// The head at `offset` of segment `segment`'s content, if a valid one of that
/// very place is there.
std::optional<frame_head>
read_frame_head(bytes_view file, std::uint64_t segment, std::uint64_t offset);

/// How a frame was found.
enum class frame_state {
  intact,
  unfinished, ///< sectors were never written, the others are intact
  damaged,    ///< a sector holds what was never written there
};

struct frame_content {
  frame_state state = frame_state::intact;
  std::vector<record> records;     ///< when intact
  std::vector<index_range> ranges; ///< when the head is readable
  std::string what;                ///< when not intact
};

/// Reads the frame whose head is `head`. `unsupported` when it is intact but
/// of a newer version.
result<frame_content> read_frame(bytes_view file, const frame_head& head);

/// Place of the frame after an intact one, in the same segment.
frame_place after(const frame_head& head);

} // namespace troupe::wal

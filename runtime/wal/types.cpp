#include "runtime/wal/types.hpp"

#include "runtime/wal/frame.hpp"

namespace troupe::wal {

namespace {

bool valid_name(const std::string& name) {
  return !name.empty() && name.size() <= name_octets_max;
}

error bad(std::string_view field, std::string_view wanted) {
  return error{errc::invalid_argument,
               "wal: " + std::string{field} + " must " + std::string{wanted}};
}

} // namespace

status_result config::validate() const {
  if (!valid_name(self.cluster_uid))
    return bad("cluster_uid", "have 1 to 64 octets");
  if (!valid_name(self.member.value()))
    return bad("member", "have 1 to 64 octets");
  if (frame_alignment == 0 || frame_alignment % sector_octets != 0
      || frame_alignment > segment_header_octets
      || segment_header_octets % frame_alignment != 0)
    return bad("frame_alignment", "be 512, 1024, 2048 or 4096");
  if (batch_octets_max == 0 || batch_octets_max > (1ull << 30))
    return bad("batch_octets_max", "be between 1 and 1 GiB");
  if (segment_octets % frame_alignment != 0 || segment_octets > (1ull << 32)
      || segment_octets < segment_header_octets
                              + frame_octets(batch_octets_max, groups_max,
                                             frame_alignment))
    return bad("segment_octets",
               "be a multiple of frame_alignment, hold a header and a frame "
               "of batch_octets_max, and not pass 4 GiB");
  if (snapshots_kept == 0)
    return bad("snapshots_kept", "be at least 1");
  return unit{};
}

raft::group_id group_of(const record& value) {
  return std::visit([](const auto& x) { return x.group; }, value);
}

std::string_view to_string(verdict value) {
  switch (value) {
    case verdict::clean:
      return "clean";
    case verdict::unfinished_tail:
      return "unfinished_tail";
    case verdict::damaged_tail:
      return "damaged_tail";
    case verdict::corrupt:
      return "corrupt";
  }
  return "unknown";
}

} // namespace troupe::wal

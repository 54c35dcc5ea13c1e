#include "runtime/wal/frame.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"
#include "runtime/wal/record.hpp"

namespace troupe::wal {

namespace {

constexpr std::uint32_t frame_magic = 0x31467754; // "TwF1"
constexpr std::size_t head_fixed_octets = 64;
constexpr std::size_t range_octets = 24;
/// Not zero, so that a written sector never looks like an unwritten one.
constexpr char padding_octet = '\xee';

std::uint64_t sectors(std::uint64_t octets) {
  return round_up(octets, sector_octets) / sector_octets;
}

/// Octets of head and body with a table for `total` octets. Sectors that hold
/// any of the head are not in the table: the head's own checksums cover it.
struct layout {
  std::uint64_t head_octets;
  std::uint64_t octets;
};

layout lay_out(std::uint64_t body, std::size_t ranges,
               std::uint32_t alignment) {
  const auto fixed = head_fixed_octets + 8 + ranges * range_octets;
  std::uint64_t octets = alignment;
  for (;;) {
    // The table has a slot for each sector, so its size follows from octets.
    const auto head = round_up(fixed + 4 * sectors(octets), 8);
    const auto total = round_up(head + body, alignment);
    if (total <= octets)
      return {head - head_fixed_octets, octets};
    octets = total;
  }
}

bytes_view sector_of(bytes_view frame, std::uint64_t number) {
  return frame.substr(number * sector_octets, sector_octets);
}

/// First sector without any octet of the head.
std::uint64_t first_listed(std::uint64_t head_octets) {
  return sectors(head_fixed_octets + head_octets);
}

bytes encode_head(const frame_head& head) {
  bytes out;
  put(out, frame_magic);
  put(out, std::uint32_t{0});
  put(out, head.place.segment);
  put(out, head.place.offset);
  put(out, head.place.number);
  put(out, head.place.sequence);
  put(out, head.record_count);
  put(out, head.head_octets);
  put(out, head.body_octets);
  put(out, head.octets);
  put(out, head.head_check);
  put(out, head.place.previous_check);
  put_at(out, 4, crc32c(bytes_view{out}.substr(8)));
  return out;
}

struct frame_lists {
  std::vector<index_range> ranges;
  std::vector<std::uint32_t> checks; ///< one for each sector
};

std::optional<frame_lists> read_lists(bytes_view data, const frame_head& head) {
  if (crc32c(data) != head.head_check)
    return std::nullopt;
  frame_lists out;
  decoder in{data};
  const auto count = in.get<std::uint64_t>();
  if (count > groups_max)
    return std::nullopt;
  for (std::uint64_t i = 0; i < count; ++i) {
    const raft::group_id group{in.get<std::uint64_t>()};
    const raft::log_index first{in.get<std::uint64_t>()};
    const raft::log_index last{in.get<std::uint64_t>()};
    out.ranges.push_back({group, first, last});
  }
  for (std::uint64_t i = 0; i < sectors(head.octets); ++i)
    out.checks.push_back(in.get<std::uint32_t>());
  if (!in.good() || in.rest().size() >= 8 || !all_zero(in.rest()))
    return std::nullopt;
  return out;
}

/// The state of the sectors [from, to): unfinished when some are unwritten
/// and `good` holds for the others.
template <class Predicate>
frame_state judge(bytes_view frame, std::uint64_t from, std::uint64_t to,
                  Predicate good) {
  auto state = frame_state::intact;
  for (auto i = from; i < to; ++i) {
    if (good(i))
      continue;
    if (!all_zero(sector_of(frame, i)))
      return frame_state::damaged;
    state = frame_state::unfinished;
  }
  return state;
}

/// The head's lists are unreadable: sectors of them that were never written
/// explain it, since a crash leaves a sector old or new. The sectors after
/// them cannot be judged without the lists.
frame_state judge_lists(bytes_view frame, const frame_head& head) {
  for (std::uint64_t i = 1; i < first_listed(head.head_octets); ++i)
    if (all_zero(sector_of(frame, i)))
      return frame_state::unfinished;
  return frame_state::damaged;
}

bool only(bytes_view data, char octet) {
  return data.find_first_not_of(octet) == bytes_view::npos;
}

} // namespace

std::uint64_t frame_octets(std::uint64_t body_octets, std::size_t groups,
                           std::uint32_t alignment) {
  return lay_out(body_octets, groups, alignment).octets;
}

frame_place after(const frame_head& head) {
  auto next = head.place;
  next.offset += head.octets;
  next.number += 1;
  next.sequence += head.record_count;
  next.previous_check = head.check;
  return next;
}

encoded_frame encode_frame(const frame_place& place, bytes_view body,
                           std::uint32_t record_count,
                           const std::vector<index_range>& ranges,
                           std::uint32_t alignment) {
  const auto shape = lay_out(body.size(), ranges.size(), alignment);
  bytes data(head_fixed_octets + shape.head_octets, '\0');
  data.reserve(shape.octets);
  data += body;
  data.resize(shape.octets, padding_octet);
  bytes lists;
  put(lists, std::uint64_t{ranges.size()});
  for (const auto& range : ranges) {
    put(lists, range.group.value());
    put(lists, range.first.value());
    put(lists, range.last.value_or(range.first).value());
  }
  const auto listed = first_listed(shape.head_octets);
  for (std::uint64_t i = 0; i < sectors(shape.octets); ++i)
    put(lists, i < listed ? 0 : crc32c(sector_of(data, i)));
  lists.resize(shape.head_octets, '\0');
  frame_head head{place,
                  record_count,
                  static_cast<std::uint32_t>(shape.head_octets),
                  static_cast<std::uint32_t>(body.size()),
                  static_cast<std::uint32_t>(shape.octets),
                  crc32c(lists),
                  0};
  const auto fixed = encode_head(head);
  head.check = crc32c(fixed);
  data.replace(0, fixed.size(), fixed);
  data.replace(fixed.size(), lists.size(), lists);
  return {std::move(data), after(head)};
}

std::optional<frame_head>
read_frame_head(bytes_view file, std::uint64_t segment, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < head_fixed_octets)
    return std::nullopt;
  const auto fixed = file.substr(offset, head_fixed_octets);
  decoder in{fixed};
  if (in.get<std::uint32_t>() != frame_magic
      || in.get<std::uint32_t>() != crc32c(fixed.substr(8)))
    return std::nullopt;
  frame_head out;
  out.place.segment = in.get<std::uint64_t>();
  out.place.offset = in.get<std::uint64_t>();
  out.place.number = in.get<std::uint64_t>();
  out.place.sequence = in.get<std::uint64_t>();
  out.record_count = in.get<std::uint32_t>();
  out.head_octets = in.get<std::uint32_t>();
  out.body_octets = in.get<std::uint32_t>();
  out.octets = in.get<std::uint32_t>();
  out.head_check = in.get<std::uint32_t>();
  out.place.previous_check = in.get<std::uint32_t>();
  out.check = crc32c(fixed);
  const auto used =
      std::uint64_t{head_fixed_octets} + out.head_octets + out.body_octets;
  if (out.place.segment != segment || out.place.offset != offset
      || out.octets % sector_octets != 0 || used > out.octets
      || out.octets > file.size() - offset)
    return std::nullopt;
  return out;
}

result<frame_content> read_frame(bytes_view file, const frame_head& head) {
  const auto frame = file.substr(head.place.offset, head.octets);
  const auto head_end = head_fixed_octets + head.head_octets;
  const auto lists =
      read_lists(frame.substr(head_fixed_octets, head.head_octets), head);
  if (!lists)
    return frame_content{judge_lists(frame, head),
                         {},
                         {},
                         "the head of a group commit is not readable"};
  const auto state =
      judge(frame, first_listed(head.head_octets), sectors(head.octets),
            [&](std::uint64_t i) {
              return crc32c(sector_of(frame, i)) == lists->checks[i];
            });
  if (state != frame_state::intact)
    return frame_content{state,
                         {},
                         lists->ranges,
                         state == frame_state::unfinished
                             ? "a group commit was not written to its end"
                             : "a group commit does not match its checksums"};
  auto records = read_records(frame.substr(head_end, head.body_octets),
                              head.record_count, head.place.sequence);
  if (!records && records.error().code == errc::unsupported)
    return records.error();
  if (!records
      || !only(frame.substr(head_end + head.body_octets), padding_octet))
    return frame_content{frame_state::damaged,
                         {},
                         lists->ranges,
                         records ? "the padding of a group commit is damaged"
                                 : records.error().message};
  return frame_content{
      frame_state::intact, std::move(*records), lists->ranges, {}};
}

} // namespace troupe::wal

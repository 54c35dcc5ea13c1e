#include "runtime/wal/segment.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"

#include <cstdio>

namespace troupe::wal {

namespace {

constexpr bytes_view magic = "TroupeWL";
constexpr std::uint32_t format = 1;
constexpr bytes_view name_prefix = "wal-";
constexpr bytes_view name_suffix = ".log";

bool continues(const frame_place& found, const frame_place& wanted) {
  return found == wanted;
}

std::optional<frame_place> find_later(bytes_view file, std::uint32_t alignment,
                                      const frame_place& place) {
  for (auto at = place.offset + alignment; at < file.size(); at += alignment) {
    const auto head = read_frame_head(file, place.segment, at);
    if (head && head->place.number > place.number)
      return head->place;
  }
  return std::nullopt;
}

/// No head that continues the log is at `place`.
segment_stop stop_without_head(bytes_view file, const frame_place& place) {
  const auto rest =
      file.substr(std::min<std::size_t>(place.offset, file.size()));
  if (all_zero(rest))
    return {true, verdict::clean, {}, {}, std::nullopt};
  if (all_zero(rest.substr(0, sector_octets)))
    return {false,
            verdict::unfinished_tail,
            {},
            "the head of a group commit was never written",
            std::nullopt};
  return {false,
          verdict::damaged_tail,
          {},
          "the head of a group commit is damaged",
          std::nullopt};
}

} // namespace

std::string segment_name(std::uint64_t number) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(number));
  return bytes{name_prefix} + digits + bytes{name_suffix};
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (name.size() != name_prefix.size() + 16 + name_suffix.size()
      || !name.starts_with(name_prefix) || !name.ends_with(name_suffix))
    return std::nullopt;
  std::uint64_t number = 0;
  for (char c : name.substr(name_prefix.size(), 16)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c >= 'a' && c <= 'f'))
      return std::nullopt;
    number = number * 16
             + static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return number;
}

bytes encode_segment_header(const segment_header& header) {
  bytes out{magic};
  put(out, std::uint32_t{0});
  put(out, format);
  put(out, header.first.segment);
  put(out, header.first.number);
  put(out, header.first.sequence);
  put(out, header.first.previous_check);
  put(out, header.frame_alignment);
  put_name(out, header.self.cluster_uid);
  put_name(out, header.self.member.value());
  out.resize(segment_header_octets, '\0');
  put_at(out, magic.size(), crc32c(bytes_view{out}.substr(magic.size() + 4)));
  return out;
}

status_result check_identity(const identity& found,
                             const std::optional<identity>& self) {
  if (!self || found == *self)
    return unit{};
  return error{errc::conflict, "belongs to member '" + found.member.value()
                                   + "' of cluster '" + found.cluster_uid
                                   + "', not to member '" + self->member.value()
                                   + "' of cluster '" + self->cluster_uid
                                   + "'"};
}

result<segment_header>
read_segment_header(bytes_view file, std::uint64_t number,
                    const std::optional<identity>& self) {
  const auto page = file.substr(0, segment_header_octets);
  decoder in{page};
  const bool named = in.take(magic.size()) == magic;
  const auto check = in.get<std::uint32_t>();
  if (!named || page.size() < segment_header_octets
      || crc32c(in.rest()) != check)
    return error{errc::corrupt, "the segment's header is damaged"};
  if (const auto found = in.get<std::uint32_t>(); found != format)
    return error{errc::unsupported, "the segment has format "
                                        + std::to_string(found) + ", known is "
                                        + std::to_string(format)};
  segment_header out;
  out.first.segment = in.get<std::uint64_t>();
  out.first.offset = segment_header_octets;
  out.first.number = in.get<std::uint64_t>();
  out.first.sequence = in.get<std::uint64_t>();
  out.first.previous_check = in.get<std::uint32_t>();
  out.frame_alignment = in.get<std::uint32_t>();
  out.self.cluster_uid = in.name();
  out.self.member = raft::member_id{std::string{in.name()}};
  if (auto same = check_identity(out.self, self); !same)
    return same.error();
  if (!in.good() || out.first.segment != number || out.frame_alignment == 0
      || out.frame_alignment % sector_octets != 0)
    return error{errc::corrupt, "the segment's header is another file's"};
  return out;
}

result<segment_stop>
scan_frames(bytes_view file, std::uint32_t alignment, frame_place& place,
            const std::function<void(std::vector<record>)>& visit) {
  for (;;) {
    const auto head = read_frame_head(file, place.segment, place.offset);
    segment_stop stop;
    if (head && continues(head->place, place)) {
      auto content = read_frame(file, *head);
      if (!content)
        return content.error();
      if (content->state == frame_state::intact) {
        visit(std::move(content->records));
        place = after(*head);
        continue;
      }
      stop = {
          false,
          content->state == frame_state::unfinished ? verdict::unfinished_tail
                                                    : verdict::damaged_tail,
          std::move(content->ranges), std::move(content->what), std::nullopt};
    } else if (head) {
      stop = {false,
              verdict::corrupt,
              {},
              "a group commit does not continue the log",
              head->place};
    } else {
      stop = stop_without_head(file, place);
    }
    if (!stop.end && !stop.resume)
      stop.resume = find_later(file, alignment, place);
    if (stop.resume)
      stop.kind = verdict::corrupt;
    return stop;
  }
}

} // namespace troupe::wal

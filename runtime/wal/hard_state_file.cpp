#include "runtime/wal/hard_state_file.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"
#include "runtime/wal/segment.hpp"

namespace troupe::wal {

namespace {

constexpr bytes_view magic = "TroupeHS";
constexpr std::uint32_t format = 1;
constexpr std::string_view temporary_name = "hard-state.tmp";

/// One slot; `corrupt` when its checks fail.
result<hard_state_read> read_slot(bytes_view slot) {
  decoder in{slot};
  const bool named = in.take(magic.size()) == magic;
  const auto check = in.get<std::uint32_t>();
  if (!named || slot.size() != hard_state_slot_octets
      || crc32c(in.rest()) != check)
    return error{errc::corrupt, "a slot is damaged"};
  if (const auto found = in.get<std::uint32_t>(); found != format)
    return error{errc::unsupported, "format " + std::to_string(found)
                                        + ", known is "
                                        + std::to_string(format)};
  hard_state_read out;
  out.content.generation = in.get<std::uint64_t>();
  out.content.oldest_segment = in.get<std::uint64_t>();
  out.content.newest_segment = in.get<std::uint64_t>();
  out.content.suspect = in.get<std::uint8_t>() != 0;
  out.self.cluster_uid = in.name();
  out.self.member = raft::member_id{std::string{in.name()}};
  const auto count = in.get<std::uint32_t>();
  if (count > groups_max)
    return error{errc::corrupt, "a slot is malformed"};
  for (std::uint32_t i = 0; i < count; ++i) {
    const raft::group_id group{in.get<std::uint64_t>()};
    const raft::term term{in.get<std::uint64_t>()};
    out.content.groups[group] = {term, raft::member_id{std::string{in.name()}}};
  }
  if (!in.good())
    return error{errc::corrupt, "a slot is malformed"};
  return out;
}

error in_file(const error& cause) {
  return error{cause.code, std::string{hard_state_name} + ": " + cause.message};
}

} // namespace

bytes encode_hard_state(const identity& self,
                        const hard_state_content& content) {
  bytes out{magic};
  put(out, std::uint32_t{0});
  put(out, format);
  put(out, content.generation);
  put(out, content.oldest_segment);
  put(out, content.newest_segment);
  put(out, static_cast<std::uint8_t>(content.suspect));
  put_name(out, self.cluster_uid);
  put_name(out, self.member.value());
  put(out, static_cast<std::uint32_t>(content.groups.size()));
  for (const auto& [group, state] : content.groups) {
    put(out, group.value());
    put(out, state.term.value());
    put_name(out, state.vote.value());
  }
  TROUPE_CHECK(out.size() <= hard_state_slot_octets,
               "the hard states of all groups fit a slot");
  out.resize(hard_state_slot_octets, '\0');
  put_at(out, magic.size(), crc32c(bytes_view{out}.substr(magic.size() + 4)));
  return out;
}

result<hard_state_read> read_hard_state(bytes_view file,
                                        const std::optional<identity>& self) {
  auto first = read_slot(file.substr(0, hard_state_slot_octets));
  auto second = read_slot(file.substr(
      std::min(file.size(), hard_state_slot_octets), bytes_view::npos));
  for (const auto* slot : {&first, &second}) {
    if (!*slot && slot->error().code != errc::corrupt)
      return in_file(slot->error());
    if (*slot)
      if (auto same = check_identity((*slot)->self, self); !same)
        return in_file(same.error());
  }
  if (!first && !second)
    return in_file(error{errc::corrupt, "both slots are damaged"});
  const bool equal = first && second && first->content == second->content;
  const bool take_first =
      !second
      || (first && first->content.generation >= second->content.generation);
  auto out = take_first ? std::move(*first) : std::move(*second);
  out.slots_equal = equal;
  out.slot = take_first ? 0 : 1;
  return out;
}

hard_state_file::hard_state_file(std::unique_ptr<disk_file> file, identity self,
                                 hard_state_content content)
    : file_(std::move(file)), self_(std::move(self)),
      content_(std::move(content)) {}

result<hard_state_file>
hard_state_file::create(disk_port& disk, const identity& self,
                        const hard_state_content& content) {
  if (auto gone = disk.remove(temporary_name);
      !gone && gone.error().code != errc::not_found)
    return gone.error();
  auto file = disk.open(temporary_name, disk_port::open_mode::create_new);
  if (!file)
    return file.error();
  const auto slot = encode_hard_state(self, content);
  if (auto done = (*file)->write(0, slot + slot); !done)
    return done.error();
  if (auto done = (*file)->sync(); !done)
    return done.error();
  if (auto done = disk.rename(temporary_name, hard_state_name); !done)
    return done.error();
  if (auto done = disk.sync_directory(); !done)
    return done.error();
  return hard_state_file{std::move(*file), self, content};
}

result<hard_state_file> hard_state_file::open(disk_port& disk,
                                              const identity& self,
                                              hard_state_read read) {
  auto file = disk.open(hard_state_name, disk_port::open_mode::existing);
  if (!file)
    return file.error();
  hard_state_file out{std::move(*file), self, std::move(read.content)};
  out.good_slot_ = read.slot;
  return out;
}

status_result hard_state_file::save(hard_state_content next) {
  next.generation = content_.generation + 1;
  const auto slot = encode_hard_state(self_, next);
  // The good slot comes last: a torn write must not take the only one.
  for (const auto i : {1 - good_slot_, good_slot_}) {
    if (auto done = file_->write(i * hard_state_slot_octets, slot); !done)
      return done;
    if (auto done = file_->sync(); !done)
      return done;
  }
  content_ = std::move(next);
  return unit{};
}

} // namespace troupe::wal

#include "runtime/wal/snapshot_file.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"
#include "runtime/wal/segment.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstdio>

namespace troupe::wal {

namespace {

constexpr bytes_view magic = "TroupeSN";
constexpr std::uint32_t format = 1;
constexpr std::size_t header_octets = 512;
/// Before each chunk: stored length, raw length, CRC-32C of the stored octets
/// chained to all before. A stored length of 0 begins the trailer.
constexpr std::size_t chunk_head_octets = 12;
constexpr std::size_t trailer_octets = 16;
constexpr std::string_view temporary_suffix = ".tmp";

bytes encode_header(const identity& self, const snapshot_meta& meta) {
  bytes out{magic};
  put(out, std::uint32_t{0});
  put(out, format);
  put(out, meta.group.value());
  put(out, meta.at.index.value());
  put(out, meta.at.term.value());
  put_name(out, self.cluster_uid);
  put_name(out, self.member.value());
  out.resize(header_octets, '\0');
  put_at(out, magic.size(), crc32c(bytes_view{out}.substr(magic.size() + 4)));
  return out;
}

error corrupt(std::string what) {
  return error{errc::corrupt, std::move(what)};
}

result<snapshot_meta> read_header(bytes_view data,
                                  const std::optional<identity>& self) {
  decoder in{data};
  const bool named = in.take(magic.size()) == magic;
  const auto check = in.get<std::uint32_t>();
  if (!named || data.size() != header_octets || crc32c(in.rest()) != check)
    return corrupt("the snapshot's header is damaged");
  if (const auto found = in.get<std::uint32_t>(); found != format)
    return error{errc::unsupported, "the snapshot has format "
                                        + std::to_string(found) + ", known is "
                                        + std::to_string(format)};
  snapshot_meta out;
  out.group = raft::group_id{in.get<std::uint64_t>()};
  out.at.index = raft::log_index{in.get<std::uint64_t>()};
  out.at.term = raft::term{in.get<std::uint64_t>()};
  identity owner;
  owner.cluster_uid = in.name();
  owner.member = raft::member_id{std::string{in.name()}};
  if (auto same = check_identity(owner, self); !same)
    return same.error();
  if (!in.good())
    return corrupt("the snapshot's header is malformed");
  return out;
}

} // namespace

std::string snapshot_name(const snapshot_meta& meta) {
  char out[64];
  std::snprintf(out, sizeof out, "snap-%016llx-%016llx-%016llx.zst",
                static_cast<unsigned long long>(meta.group.value()),
                static_cast<unsigned long long>(meta.at.index.value()),
                static_cast<unsigned long long>(meta.at.term.value()));
  return out;
}

std::optional<snapshot_meta> snapshot_of_name(std::string_view name) {
  unsigned long long group = 0;
  unsigned long long index = 0;
  unsigned long long term = 0;
  const std::string text{name};
  if (std::sscanf(text.c_str(), "snap-%16llx-%16llx-%16llx", &group, &index,
                  &term)
      != 3)
    return std::nullopt;
  const snapshot_meta out{raft::group_id{group},
                          {raft::log_index{index}, raft::term{term}}};
  if (snapshot_name(out) != name)
    return std::nullopt;
  return out;
}

result<snapshot_writer> snapshot_writer::create(disk_port& disk,
                                                const identity& self,
                                                const snapshot_meta& meta) {
  auto name = snapshot_name(meta);
  const auto temporary = name + std::string{temporary_suffix};
  if (auto gone = disk.remove(temporary);
      !gone && gone.error().code != errc::not_found)
    return gone.error();
  auto file = disk.open(temporary, disk_port::open_mode::create_new);
  if (!file)
    return file.error();
  snapshot_writer out{disk, std::move(*file), std::move(name)};
  const auto header = encode_header(self, meta);
  out.check_ = crc32c(header);
  if (auto done = out.write(header); !done)
    return done.error();
  return out;
}

snapshot_writer::snapshot_writer(disk_port& disk,
                                 std::unique_ptr<disk_file> file,
                                 std::string name)
    : disk_(&disk), file_(std::move(file)), name_(std::move(name)) {}

snapshot_writer::snapshot_writer(snapshot_writer&&) noexcept = default;

snapshot_writer::~snapshot_writer() {
  // What cannot be removed now is removed when the log is next opened.
  if (file_)
    static_cast<void>(disk_->remove(name_ + std::string{temporary_suffix}));
}

status_result snapshot_writer::write(bytes_view data) {
  if (auto done = file_->write(offset_, data); !done)
    return done;
  offset_ += data.size();
  return unit{};
}

status_result snapshot_writer::write_chunk(bytes_view raw) {
  bytes stored(ZSTD_compressBound(raw.size()), '\0');
  const auto length = ZSTD_compress(stored.data(), stored.size(), raw.data(),
                                    raw.size(), ZSTD_CLEVEL_DEFAULT);
  TROUPE_CHECK(!ZSTD_isError(length), "a bounded buffer holds the chunk");
  stored.resize(length);
  bytes head;
  put(head, static_cast<std::uint32_t>(length));
  put(head, static_cast<std::uint32_t>(raw.size()));
  check_ = crc32c(stored, crc32c(head, check_));
  put(head, check_);
  ++chunks_;
  raw_octets_ += raw.size();
  return write(head + stored);
}

status_result snapshot_writer::add(bytes_view data) {
  while (!data.empty()) {
    const auto room = snapshot_chunk_octets_max - pending_.size();
    const auto part = data.substr(0, room);
    pending_ += part;
    data.remove_prefix(part.size());
    if (pending_.size() < snapshot_chunk_octets_max)
      break;
    if (auto done = write_chunk(pending_); !done)
      return done;
    pending_.clear();
  }
  return unit{};
}

status_result snapshot_writer::finish() {
  TROUPE_CHECK(file_ != nullptr, "a snapshot is finished once");
  if (!pending_.empty())
    if (auto done = write_chunk(pending_); !done)
      return done;
  bytes head(8, '\0');
  bytes totals;
  put(totals, chunks_);
  put(totals, raw_octets_);
  put(head, crc32c(totals, crc32c(head, check_)));
  if (auto done = write(head + totals); !done)
    return done;
  if (auto done = file_->sync(); !done)
    return done;
  if (auto done = disk_->rename(name_ + std::string{temporary_suffix}, name_);
      !done)
    return done;
  file_.reset();
  return disk_->sync_directory();
}

status_result write_snapshot(disk_port& disk, const identity& self,
                             const snapshot_meta& meta,
                             const chunk_producer& next) {
  auto writer = snapshot_writer::create(disk, self, meta);
  if (!writer)
    return writer.error();
  for (;;) {
    auto chunk = next();
    if (!chunk)
      return chunk.error();
    if (chunk->empty())
      return writer->finish();
    if (auto done = writer->add(*chunk); !done)
      return done;
  }
}

/// Walks the chunks of one file.
class snapshot_reader::chunks {
public:
  chunks(std::unique_ptr<disk_file> file, std::uint32_t check)
      : file_(std::move(file)), check_(check) {}

  /// The next chunk, empty after a valid trailer.
  result<bytes> next() {
    auto head = file_->read(offset_, chunk_head_octets);
    if (!head)
      return head.error();
    decoder in{*head};
    const auto stored = in.get<std::uint32_t>();
    const auto raw = in.get<std::uint32_t>();
    const auto check = in.get<std::uint32_t>();
    if (!in.good() || raw > snapshot_chunk_octets_max
        || stored > ZSTD_compressBound(snapshot_chunk_octets_max))
      return corrupt("a chunk of the snapshot is damaged");
    auto data = file_->read(offset_ + chunk_head_octets,
                            stored == 0 ? trailer_octets + 1 : stored);
    if (!data)
      return data.error();
    check_ = crc32c(bytes_view{*head}.substr(0, 8), check_);
    check_ = crc32c(*data, check_);
    if (check_ != check)
      return corrupt("a chunk of the snapshot is damaged");
    return stored == 0 ? finish(*data) : expand(*data, raw);
  }

private:
  result<bytes> expand(bytes_view data, std::uint32_t raw) {
    if (data.empty() || raw == 0)
      return corrupt("a chunk of the snapshot is malformed");
    bytes out(raw, '\0');
    const auto got =
        ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
    if (ZSTD_isError(got) || got != raw)
      return corrupt("a chunk of the snapshot does not decompress");
    offset_ += chunk_head_octets + data.size();
    ++chunks_;
    raw_octets_ += raw;
    return out;
  }

  result<bytes> finish(bytes_view data) {
    decoder in{data};
    const auto chunks = in.get<std::uint64_t>();
    const auto octets = in.get<std::uint64_t>();
    if (!in.good() || !in.rest().empty() || chunks != chunks_
        || octets != raw_octets_)
      return corrupt("the snapshot's end does not match its chunks");
    return bytes{};
  }

  std::unique_ptr<disk_file> file_;
  std::uint64_t offset_ = header_octets;
  std::uint64_t chunks_ = 0;
  std::uint64_t raw_octets_ = 0;
  std::uint32_t check_;
};

snapshot_reader::snapshot_reader(std::string name, const snapshot_meta& meta,
                                 std::unique_ptr<chunks> rest)
    : name_(std::move(name)), meta_(meta), rest_(std::move(rest)) {}

snapshot_reader::snapshot_reader(snapshot_reader&&) noexcept = default;

snapshot_reader::~snapshot_reader() = default;

result<snapshot_reader>
snapshot_reader::open(disk_port& disk, std::string_view name,
                      const std::optional<identity>& self) {
  const auto about = [&](const error& why) {
    return error{why.code, std::string{name} + ": " + why.message};
  };
  auto file = disk.open(name, disk_port::open_mode::read_only);
  if (!file)
    return file.error();
  const auto head = (*file)->read(0, header_octets);
  if (!head)
    return about(head.error());
  const auto meta = read_header(*head, self);
  if (!meta)
    return about(meta.error());
  if (snapshot_name(*meta) != name)
    return about(corrupt("the snapshot is another one's"));
  return snapshot_reader{
      std::string{name}, *meta,
      std::make_unique<chunks>(std::move(*file), crc32c(*head))};
}

result<bytes> snapshot_reader::next() {
  auto chunk = rest_->next();
  if (!chunk)
    return error{chunk.error().code, name_ + ": " + chunk.error().message};
  return chunk;
}

result<snapshot_meta> read_snapshot(disk_port& disk, std::string_view name,
                                    const std::optional<identity>& self,
                                    const chunk_consumer& consume) {
  auto reader = snapshot_reader::open(disk, name, self);
  if (!reader)
    return reader.error();
  for (;;) {
    auto chunk = reader->next();
    if (!chunk)
      return chunk.error();
    if (chunk->empty())
      return reader->meta();
    if (!consume)
      continue;
    if (auto taken = consume(*chunk); !taken)
      return taken.error();
  }
}

result<std::vector<snapshot_meta>> list_snapshots(disk_port& disk,
                                                  raft::group_id group) {
  auto names = disk.list();
  if (!names)
    return names.error();
  std::vector<snapshot_meta> out;
  for (const auto& name : *names)
    if (const auto meta = snapshot_of_name(name); meta && meta->group == group)
      out.push_back(*meta);
  // Names of fixed width sort by index, then term.
  std::reverse(out.begin(), out.end());
  return out;
}

status_result prune_snapshots(disk_port& disk, raft::group_id group,
                              std::size_t keep) {
  auto found = list_snapshots(disk, group);
  if (!found)
    return found.error();
  for (std::size_t i = keep; i < found->size(); ++i)
    if (auto gone = disk.remove(snapshot_name((*found)[i]));
        !gone && gone.error().code != errc::not_found)
      return gone;
  return disk.sync_directory();
}

} // namespace troupe::wal

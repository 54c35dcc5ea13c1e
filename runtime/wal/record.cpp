#include "runtime/wal/record.hpp"

#include "messages/base/crc32c.hpp"
#include "runtime/wal/coding.hpp"

namespace troupe::wal {

namespace {

/// On disk: append only.
enum class record_type : std::uint8_t {
  entries = 1,
  truncate = 2,
  compact = 3,
};

constexpr std::size_t entry_header_octets = 13;

record_type type_of(const record& value) {
  return static_cast<record_type>(value.index() + 1);
}

std::uint64_t payload_octets(const record& value) {
  if (const auto* batch = std::get_if<entries_record>(&value)) {
    std::uint64_t octets = 12;
    for (const auto& entry : batch->entries)
      octets +=
          entry_header_octets + (entry.payload ? entry.payload->size() : 0);
    return octets;
  }
  return std::holds_alternative<truncate_record>(value) ? 8 : 16;
}

void put_payload(bytes& out, const entries_record& value) {
  put(out, value.entries.front().at.index.value());
  put(out, static_cast<std::uint32_t>(value.entries.size()));
  for (const auto& entry : value.entries) {
    const bytes_view payload =
        entry.payload ? bytes_view{*entry.payload} : bytes_view{};
    put(out, entry.at.term.value());
    put(out, static_cast<std::uint8_t>(entry.kind));
    // The length is one more than the payload's; 0 is "no payload".
    put(out,
        static_cast<std::uint32_t>(entry.payload ? payload.size() + 1 : 0));
    out += payload;
  }
}

void put_payload(bytes& out, const truncate_record& value) {
  put(out, value.from.value());
}

void put_payload(bytes& out, const compact_record& value) {
  put(out, value.up_to.index.value());
  put(out, value.up_to.term.value());
}

result<record> bad_payload() {
  return error{errc::corrupt, "a record's payload is malformed"};
}

result<record> read_entries(raft::group_id group, decoder in) {
  entries_record out{group, {}};
  const auto first = in.get<std::uint64_t>();
  const auto count = in.get<std::uint32_t>();
  if (count == 0 || first == 0 || first + count < first)
    return bad_payload();
  for (std::uint32_t i = 0; i < count; ++i) {
    raft::entry entry;
    entry.at.index = raft::log_index{first + i};
    entry.at.term = raft::term{in.get<std::uint64_t>()};
    const auto kind = in.get<std::uint8_t>();
    const auto length = in.get<std::uint32_t>();
    const auto payload = in.take(length == 0 ? 0 : length - 1);
    if (!in.good())
      return bad_payload();
    // A newer version's kind is passed on; the reader of entries judges it.
    entry.kind = static_cast<raft::entry_kind>(kind);
    if (length != 0)
      entry.payload = make_shared_bytes(bytes{payload});
    out.entries.push_back(std::move(entry));
  }
  if (!in.rest().empty())
    return bad_payload();
  return record{std::move(out)};
}

result<record> read_payload(record_type type, raft::group_id group,
                            decoder in) {
  switch (type) {
    case record_type::entries:
      return read_entries(group, in);
    case record_type::truncate: {
      const raft::log_index from{in.get<std::uint64_t>()};
      if (!in.good() || !in.rest().empty() || from.value() == 0)
        return bad_payload();
      return record{truncate_record{group, from}};
    }
    case record_type::compact: {
      const raft::log_index index{in.get<std::uint64_t>()};
      const raft::term term{in.get<std::uint64_t>()};
      if (!in.good() || !in.rest().empty())
        return bad_payload();
      return record{compact_record{group, {index, term}}};
    }
  }
  return error{errc::unsupported, "record type "
                                      + std::to_string(static_cast<int>(type))
                                      + " is of a newer version"};
}

result<record> read_record(decoder& in, std::uint64_t sequence) {
  const auto whole = in.rest();
  const auto crc = in.get<std::uint32_t>();
  const auto length = in.get<std::uint32_t>();
  const auto stored_sequence = in.get<std::uint64_t>();
  const raft::group_id group{in.get<std::uint64_t>()};
  const auto type = static_cast<record_type>(in.get<std::uint8_t>());
  const auto reserved = in.take(7);
  const auto payload = in.take(length);
  const auto padding = in.take(round_up(length, 8) - length);
  if (!in.good() || !all_zero(reserved) || !all_zero(padding))
    return error{errc::corrupt, "a record is cut short"};
  if (crc32c(whole.substr(4, record_header_octets - 4 + length)) != crc)
    return error{errc::corrupt, "a record's checksum does not match"};
  if (stored_sequence != sequence)
    return error{errc::corrupt, "a record's sequence does not follow"};
  return read_payload(type, group, decoder{payload});
}

} // namespace

std::uint64_t record_octets(const record& value) {
  return record_header_octets + round_up(payload_octets(value), 8);
}

void append_record(bytes& out, const record& value, std::uint64_t sequence) {
  const auto start = out.size();
  const auto length = payload_octets(value);
  put(out, std::uint32_t{0});
  put(out, static_cast<std::uint32_t>(length));
  put(out, sequence);
  put(out, group_of(value).value());
  put(out, static_cast<std::uint8_t>(type_of(value)));
  out.append(7, '\0');
  std::visit([&](const auto& x) { put_payload(out, x); }, value);
  TROUPE_CHECK(out.size() - start == record_header_octets + length,
               "a record has the size that was announced");
  put_at(out, start, crc32c(bytes_view{out}.substr(start + 4)));
  out.resize(start + record_octets(value), '\0');
}

result<std::vector<record>> read_records(bytes_view body, std::uint32_t count,
                                         std::uint64_t sequence) {
  std::vector<record> out;
  decoder in{body};
  for (std::uint32_t i = 0; i < count; ++i) {
    auto next = read_record(in, sequence + i);
    if (!next)
      return next.error();
    out.push_back(std::move(*next));
  }
  if (!in.rest().empty())
    return error{errc::corrupt, "octets follow the last record"};
  return out;
}

} // namespace troupe::wal

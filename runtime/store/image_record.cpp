#include "runtime/store/image_record.hpp"

#include "messages/protocol/store_codec.hpp"
#include "messages/protocol/store_columns_codec.hpp"

#include <algorithm>

namespace troupe::store::image {

namespace {

using wire::reader;
using wire::unknown_field;
using wire::writer;

// Permanent ids; a retired one is never used again.
enum tag : std::uint64_t {
  header_tag = 1,
  fence_tag = 2,
  base_tag = 3,
  write_tag = 4,
  end_tag = 5,
};

/// Fields of the records that are a few numbers.
enum plain_field : std::uint64_t { first_id = 1, second_id = 2, third_id = 3 };

enum version_field : std::uint64_t {
  key_id = 1,
  modified_id = 2,
  by_id = 3,
  value_id = 4,
  columns_id = 5,
  created_id = 6,
  outcomes_id = 7,
};

void open(writer& out, tag which) {
  out.map(1);
  out.field(which);
}

void write_stamp(writer& out, std::string_view key, const version& value) {
  out.field(key_id);
  out.octets(key);
  out.field(modified_id);
  out.number(value.modified.value());
  out.field(by_id);
  auto& id = value.by.value();
  out.octets({reinterpret_cast<const char*>(id.data()), id.size()});
}

void write_contents(writer& out, const version& value) {
  out.field(value_id);
  out.octets(*value.value);
  out.field(columns_id);
  write_columns(out, *value.columns);
}

void write_outcomes(writer& out, const std::vector<op_outcome>& outcomes) {
  out.field(outcomes_id);
  out.array(2 * outcomes.size());
  for (auto& [at, changed] : outcomes) {
    out.number(at.value());
    out.boolean(changed);
  }
}

op_outcomes read_outcomes(reader& in) {
  std::vector<op_outcome> outcomes;
  auto count = in.array("outcomes", 2 * ops_max);
  if (count % 2 != 0)
    in.fail(errc::corrupt, "outcomes: a revision without its flag");
  for (std::size_t i = 0; i + 1 < count && !in.failed(); i += 2) {
    auto at = revision{in.number("outcomes")};
    outcomes.push_back({at, in.boolean("outcomes")});
  }
  return std::make_shared<const std::vector<op_outcome>>(std::move(outcomes));
}

proposal_id read_by(reader& in) {
  proposal_id::value_type id{};
  auto octets = in.octets("proposal id", id.size());
  if (octets.size() != id.size())
    in.fail(errc::corrupt, "proposal id: expected 16 octets");
  std::copy(octets.begin(), octets.end(), id.begin());
  return proposal_id{id};
}

/// What both kinds of version record may hold.
struct version_parts {
  store::key key;
  version value;
  op_outcomes outcomes;
};

bool read_version_field(reader& in, std::uint64_t id, version_parts& parts) {
  switch (id) {
    case key_id:
      parts.key = in.octets("key", key_max);
      return true;
    case modified_id:
      parts.value.modified = revision{in.number("modified")};
      return true;
    case by_id:
      parts.value.by = read_by(in);
      return true;
    case value_id:
      parts.value.value =
          make_shared_bytes(bytes{in.octets("value", value_max)});
      return true;
    case columns_id:
      parts.value.columns = std::make_shared<const columns>(read_columns(in));
      return true;
    case created_id:
      parts.value.created = revision{in.number("created")};
      return true;
    case outcomes_id:
      parts.outcomes = read_outcomes(in);
      return true;
    default:
      return false;
  }
}

version_parts read_version(reader& in) {
  version_parts parts;
  in.fields("version", unknown_field::refuse, [&](std::uint64_t id) {
    return read_version_field(in, id, parts);
  });
  auto& value = parts.value;
  if (parts.key.empty() || value.modified == revision{})
    in.fail(errc::corrupt, "version: key and revision are required");
  if ((value.value == nullptr) != (value.columns == nullptr))
    in.fail(errc::corrupt, "version: a value goes with its columns");
  return parts;
}

base_record read_base(reader& in) {
  auto parts = read_version(in);
  auto created = parts.value.created;
  if (parts.value.value == nullptr || created == revision{}
      || created > parts.value.modified)
    in.fail(errc::corrupt, "live version: no value or no creation");
  return {std::move(parts.key), std::move(parts.value)};
}

write_record read_write(reader& in) {
  auto parts = read_version(in);
  return {std::move(parts.key), std::move(parts.value),
          std::move(parts.outcomes)};
}

header read_header(reader& in) {
  header value;
  in.fields("image header", unknown_field::refuse, [&](std::uint64_t id) {
    switch (id) {
      case first_id:
        value.version = in.number("image version");
        return true;
      case second_id:
        value.applied = revision{in.number("applied")};
        return true;
      case third_id:
        value.compacted = revision{in.number("compacted")};
        return true;
      default:
        return false;
    }
  });
  return value;
}

fence_record read_fence(reader& in) {
  fence_record value;
  in.fields("fence", unknown_field::refuse, [&](std::uint64_t id) {
    if (id == first_id)
      value.name = in.octets("fence", fence_name_max);
    else if (id == second_id)
      value.epoch = revision{in.number("fence")};
    return id == first_id || id == second_id;
  });
  return value;
}

end_record read_end(reader& in) {
  end_record value;
  in.fields("image end", unknown_field::refuse, [&](std::uint64_t id) {
    if (id == first_id)
      value.records = in.number("image end");
    else if (id == second_id)
      value.checksum = in.number("image end");
    return id == first_id || id == second_id;
  });
  return value;
}

bool read_tagged(reader& in, std::uint64_t which, record& value) {
  switch (which) {
    case header_tag:
      value = read_header(in);
      return true;
    case fence_tag:
      value = read_fence(in);
      return true;
    case base_tag:
      value = read_base(in);
      return true;
    case write_tag:
      value = read_write(in);
      return true;
    case end_tag:
      value = read_end(in);
      return true;
    default:
      return false;
  }
}

} // namespace

void write_header(writer& out, const header& value) {
  open(out, header_tag);
  out.map(3);
  out.field(first_id);
  out.number(value.version);
  out.field(second_id);
  out.number(value.applied.value());
  out.field(third_id);
  out.number(value.compacted.value());
}

void write_fence(writer& out, std::string_view name, revision epoch) {
  open(out, fence_tag);
  out.map(2);
  out.field(first_id);
  out.octets(name);
  out.field(second_id);
  out.number(epoch.value());
}

void write_base(writer& out, std::string_view key, const version& value) {
  open(out, base_tag);
  out.map(6);
  write_stamp(out, key, value);
  write_contents(out, value);
  out.field(created_id);
  out.number(value.created.value());
}

void write_change(writer& out, const change& value) {
  auto& now = *value.now;
  open(out, write_tag);
  out.map(3 + (now.tombstone() ? 0 : 2) + (value.outcomes != nullptr));
  write_stamp(out, value.key.view(), now);
  if (!now.tombstone())
    write_contents(out, now);
  if (value.outcomes)
    write_outcomes(out, *value.outcomes);
}

void write_end(writer& out, const end_record& value) {
  open(out, end_tag);
  out.map(2);
  out.field(first_id);
  out.number(value.records);
  out.field(second_id);
  out.number(value.checksum);
}

result<record> read_record(bytes_view data) {
  reader in{data};
  record value;
  in.tagged("image record",
            [&](std::uint64_t which) { return read_tagged(in, which, value); });
  auto done = in.finish("image record");
  if (!done)
    return done.error();
  return value;
}

} // namespace troupe::store::image

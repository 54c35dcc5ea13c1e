#pragma once

#include "messages/protocol/wire_reader.hpp"
#include "messages/protocol/wire_writer.hpp"
#include "runtime/store/version_table.hpp"

#include <variant>

/// The records of a store image (store_image.hpp) and their octets.
namespace troupe::store::image {

struct header {
  std::uint64_t version = 0;
  revision applied;
  revision compacted;
};

struct fence_record {
  std::string name;
  revision epoch;
};

/// A version that was live at `compacted`.
struct base_record {
  store::key key;
  version value;
};

/// One write. `value.created` is not written: what it replaces tells it. Of a
/// tombstone neither are the columns.
struct write_record {
  store::key key;
  version value;
  op_outcomes outcomes;
};

struct end_record {
  std::uint64_t records = 0;
  std::uint64_t checksum = 0;
};

using record =
    std::variant<header, fence_record, base_record, write_record, end_record>;

void write_header(wire::writer& out, const header& value);
void write_fence(wire::writer& out, std::string_view name, revision epoch);
void write_base(wire::writer& out, std::string_view key, const version& value);
void write_change(wire::writer& out, const change& value);
void write_end(wire::writer& out, const end_record& value);

/// Fails with `corrupt`, `too_large` or `unsupported`.
result<record> read_record(bytes_view data);

} // namespace troupe::store::image

#include "messages/protocol/store_columns_codec.hpp"

#include "messages/protocol/store_codec.hpp"

#include <algorithm>

namespace troupe::store {

namespace {

// Permanent ids of `columns`.
enum : std::uint64_t {
  uid_id = 1,
  labels_id = 2,
  fields_id = 3,
  owner_uids_id = 4,
  deleting_id = 5,
};

/// Name, value, name, value: half the headers of an array of pairs.
void write_pairs(wire::writer& out, std::uint64_t id,
                 const std::vector<column>& pairs) {
  if (pairs.empty())
    return;
  out.field(id);
  out.array(2 * pairs.size());
  for (auto& [name, value] : pairs) {
    out.text(name);
    out.text(value);
  }
}

std::vector<column> read_pairs(wire::reader& in, std::string_view what) {
  auto count = in.array(what, 2 * columns_max);
  if (count % 2 != 0)
    in.fail(errc::corrupt, std::string{what} + ": a name without a value");
  std::vector<column> pairs;
  for (std::size_t i = 0; i + 1 < count && !in.failed(); i += 2) {
    std::string name{in.text(what, column_name_max)};
    pairs.push_back(
        {std::move(name), std::string{in.text(what, column_value_max)}});
  }
  return pairs;
}

std::vector<std::string> read_owner_uids(wire::reader& in) {
  std::vector<std::string> uids;
  auto count = in.array("owner uids", columns_max);
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    uids.emplace_back(in.text("owner uid", uid_max));
  return uids;
}

bool pairs_within_limits(const std::vector<column>& pairs) {
  return pairs.size() <= columns_max
         && std::all_of(pairs.begin(), pairs.end(), [](const column& x) {
              return x.name.size() <= column_name_max
                     && x.value.size() <= column_value_max;
            });
}

} // namespace

void write_columns(wire::writer& out, const columns& value) {
  out.map(!value.uid.empty() + !value.labels.empty() + !value.fields.empty()
          + !value.owner_uids.empty() + value.deleting);
  if (!value.uid.empty()) {
    out.field(uid_id);
    out.text(value.uid);
  }
  write_pairs(out, labels_id, value.labels);
  write_pairs(out, fields_id, value.fields);
  if (!value.owner_uids.empty()) {
    out.field(owner_uids_id);
    out.array(value.owner_uids.size());
    for (auto& uid : value.owner_uids)
      out.text(uid);
  }
  if (value.deleting) {
    out.field(deleting_id);
    out.boolean(true);
  }
}

columns read_columns(wire::reader& in) {
  columns value;
  in.fields("columns", wire::unknown_field::refuse, [&](std::uint64_t id) {
    switch (id) {
      case uid_id:
        value.uid = in.text("uid", uid_max);
        return true;
      case labels_id:
        value.labels = read_pairs(in, "labels");
        return true;
      case fields_id:
        value.fields = read_pairs(in, "fields");
        return true;
      case owner_uids_id:
        value.owner_uids = read_owner_uids(in);
        return true;
      case deleting_id:
        value.deleting = in.boolean("deleting");
        return true;
      default:
        return false;
    }
  });
  return value;
}

bool within_limits(const columns& value) {
  return value.uid.size() <= uid_max && pairs_within_limits(value.labels)
         && pairs_within_limits(value.fields)
         && value.owner_uids.size() <= columns_max
         && std::all_of(value.owner_uids.begin(), value.owner_uids.end(),
                        [](auto& uid) { return uid.size() <= uid_max; });
}

} // namespace troupe::store

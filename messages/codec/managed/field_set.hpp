#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::codec {

/// One step of a path to an owned value, spelled as FieldsV1 spells it:
/// `f:<name>` a field or map key, `k:{"name":"x"}` an item of a keyed list,
/// `v:"x"` an item of a set, `i:<index>` an item without a key. The JSON inside
/// is canonical, so equal steps are equal texts. Names and not ids: a set keeps
/// what a newer version of the schema, or nobody, knows.
using path_step = std::string;
using field_path = std::vector<path_step>;

path_step field_step(std::string_view name);
path_step index_step(std::size_t index);

/// The step of a set item.
path_step value_step(const node& value);

struct key_part {
  std::string_view name;
  const node* value;
};

/// The step of a keyed list's item; the order of `parts` does not matter.
path_step key_step(std::vector<key_part> parts);

/// A step as its canonical text. Fails with `invalid_argument` on unknown or
/// malformed steps.
result<path_step> parse_step(std::string_view text);

/// As upstream prints paths: `.spec.containers[name="web"].image`.
std::string to_string(const field_path& path);
std::string step_text(const path_step& step);

/// A set of paths: which values of an object somebody owns. A trie whose steps
/// are sorted; a path may be a member and have members below it.
class field_set {
public:
  struct child;

  field_set();
  field_set(const field_set&);
  field_set(field_set&&) noexcept;
  field_set& operator=(const field_set&);
  field_set& operator=(field_set&&) noexcept;
  ~field_set();

  bool empty() const noexcept;

  /// Number of members.
  std::size_t size() const;

  /// Adds a path; the empty path (the root) is never a member.
  void insert(std::span<const path_step> path);
  void insert(std::initializer_list<path_step> path);

  bool has(std::span<const path_step> path) const;
  bool has(std::initializer_list<path_step> path) const;

  /// The paths that start with `step`, without it; null when there are none.
  const child* find(std::string_view step) const;

  std::span<const child> children() const noexcept;

  /// Adds at the end; steps come in ascending order. Empty children are
  /// dropped.
  void append(child next);

  /// Calls `visit` with every member, in order of steps.
  void for_each(const std::function<void(const field_path&)>& visit) const;

  friend bool operator==(const field_set&, const field_set&);

private:
  std::vector<child> children_;
};

struct field_set::child {
  path_step step;
  bool member = false;
  field_set below;

  friend bool operator==(const child&, const child&) = default;
};

field_set set_union(const field_set& a, const field_set& b);
field_set set_intersection(const field_set& a, const field_set& b);

/// The members of `a` that are no members of `b`.
field_set set_difference(const field_set& a, const field_set& b);

/// The same, without anything below a member of `b` either.
field_set recursive_difference(const field_set& a, const field_set& b);

/// The members that have no members below them.
field_set leaves(const field_set& set);

/// The set as FieldsV1, an untyped map.
document encode_fields_v1(const field_set& set);

/// Reads FieldsV1. Steps of unknown kinds are skipped, as upstream does for
/// versions to come; a value that is no map or a malformed step fails with
/// `invalid_argument`.
result<field_set> decode_fields_v1(const node& fields);

} // namespace troupe::codec

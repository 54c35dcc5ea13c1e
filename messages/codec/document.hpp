#pragma once

#include "messages/base/bytes.hpp"
#include "messages/schema/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

namespace troupe::codec {

using schema::field_id;

enum class node_kind : std::uint8_t {
  null,
  boolean,
  integer, ///< signed 64 bit
  real,    ///< IEEE double
  string,  ///< text, or raw octets where the field's type is bytes
  object,  ///< members by field id, ascending
  map,     ///< entries by string key, sorted; also every untyped JSON object
  list,
};

class node;

struct member {
  field_id id;
  node* value;
};

struct entry {
  std::string_view key;
  node* value;
};

/// One value of a document. Lives in the arena of the document that made it,
/// is trivially destructible, and is changed only through that document.
/// Reading a kind that is not there breaks an invariant, except through the
/// forgiving `*_or` and `find` calls.
class node {
public:
  node_kind kind() const noexcept { return kind_; }

  bool is(node_kind kind) const noexcept { return kind_ == kind; }

  bool boolean() const;
  std::int64_t integer() const;
  double real() const;
  std::string_view string() const;

  /// Whether a string was made as octets, not as text (see `make_octets`).
  bool is_octets() const noexcept {
    return kind_ == node_kind::string && capacity_ != 0;
  }

  /// The value, or `fallback` when this node is of another kind.
  std::string_view string_or(std::string_view fallback) const;
  std::int64_t integer_or(std::int64_t fallback) const;
  bool boolean_or(bool fallback) const;

  /// Number of members, entries or items; 0 for scalars.
  std::size_t size() const noexcept;

  bool empty() const noexcept { return size() == 0; }

  std::span<const member> members() const; ///< object only
  std::span<const entry> entries() const;  ///< map only
  std::span<node* const> items() const;    ///< list only

  /// The member or entry, or null; null also when this is no object or map.
  const node* find(field_id id) const;
  node* find(field_id id);
  const node* find(std::string_view key) const;
  node* find(std::string_view key);

private:
  friend class document;

  node_kind kind_ = node_kind::null;
  std::uint32_t capacity_ = 0; ///< of a container; 1 for octets
  std::uint32_t size_ = 0;     ///< of a string or container

  union {
    bool boolean_;
    std::int64_t integer_;
    double real_;
    const char* text_;
    member* members_;
    entry* entries_;
    node** items_;
  };

  node() : integer_{0} {}
};

/// A tree of nodes in one arena: the form in which the pipeline decodes,
/// defaults, validates, patches and encodes every object. Typed objects are
/// keyed by field id and keep ids their type does not know (a newer version's
/// fields survive); untyped values are maps keyed by string. Move-only; not
/// safe for concurrent change, safe for concurrent reading.
class document {
public:
  /// An empty object of `type`, or a null root when there is no type.
  explicit document(const schema::type_desc* type = nullptr);
  document(document&&) noexcept;
  document& operator=(document&&) noexcept;
  ~document();

  /// Type of the root object, or null for untyped documents.
  const schema::type_desc* type() const noexcept { return type_; }

  void type(const schema::type_desc* type) noexcept { type_ = type; }

  const node& root() const noexcept { return *root_; }

  node& root() noexcept { return *root_; }

  /// Makes `value`, a node of this document, the root.
  void root(node& value) noexcept { root_ = &value; }

  /// New nodes, attached to nothing yet. Text is copied into the arena.
  node* make_null();
  node* make_boolean(bool value);
  node* make_integer(std::int64_t value);
  node* make_real(double value);
  node* make_string(std::string_view value);
  /// A string that remembers being octets: for values of fields no type
  /// describes. Where a type says bytes, plain strings do.
  node* make_octets(bytes_view value);
  node* make_object();
  node* make_map();
  node* make_list();

  /// A copy of `text` in the arena, good as long as the document lives.
  std::string_view intern(std::string_view text);

  /// A deep copy of `value`, which may belong to any document.
  node* clone(const node& value);

  /// A deep copy of the whole document.
  document clone() const;

  /// Inserts or replaces; keeps members and entries in order, so a new one
  /// moves those behind it (at the end: none).
  void set(node& object, field_id id, node* value);
  void set(node& map, std::string_view key, node* value);

  /// Removes; false when there was nothing.
  bool erase(node& object, field_id id);
  bool erase(node& map, std::string_view key);

  /// Replaces all entries at once, in n log n. Takes them in any order, sorts
  /// them in place; of equal keys the last wins. Keys come from `intern`.
  void assign(node& map, std::span<entry> entries);

  /// Sets many entries, and removes those whose value is null here, in one
  /// pass: n calls of `set` into a map of m entries move up to n * m of them.
  /// The changes ascend by key, each key once; keys are copied.
  void update(node& map, std::span<const entry> changes);

  /// Replaces all items at once.
  void assign(node& list, std::span<node* const> items);

  void push_back(node& list, node* value);
  void insert(node& list, std::size_t index, node* value);
  void erase_item(node& list, std::size_t index);
  void replace_item(node& list, std::size_t index, node* value);
  void clear(node& container);

  /// The object member, map member or list member, made when absent (a null
  /// counts as absent).
  node& object_at(node& object, field_id id);
  node& map_at(node& object, field_id id);
  node& list_at(node& object, field_id id);

  /// Octets the arena has handed out, a measure for limits.
  std::size_t footprint() const noexcept;

private:
  class arena;

  node* make(node_kind kind);
  template <class T>
  void grow(node& container, T*& data, std::size_t size_min);
  template <class T>
  void open_gap(node& container, T*& data, std::size_t index);

  const schema::type_desc* type_;
  std::unique_ptr<arena> arena_;
  node* root_;
};

/// Deep equality: same kinds, same values, same order of list items. 1 and 1.0
/// differ.
bool equal(const node& a, const node& b);

/// Walks typed objects by id: `find(root, {1, 8})` is
/// metadata.creationTimestamp. Null when a step is absent.
const node* find(const node& from, std::initializer_list<field_id> path);

/// Walks by JSON names ("metadata.name"), through maps too. Null when absent.
const node* find_path(const node& from, const schema::type_desc* type,
                      std::string_view dotted);

} // namespace troupe::codec

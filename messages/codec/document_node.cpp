#include "messages/base/check.hpp"
#include "messages/codec/document.hpp"

#include <algorithm>

namespace troupe::codec {

// -- node ---------------------------------------------------------------------

bool node::boolean() const {
  TROUPE_CHECK(kind_ == node_kind::boolean, "a node is read as what it is");
  return boolean_;
}

std::int64_t node::integer() const {
  TROUPE_CHECK(kind_ == node_kind::integer, "a node is read as what it is");
  return integer_;
}

double node::real() const {
  TROUPE_CHECK(kind_ == node_kind::real, "a node is read as what it is");
  return real_;
}

std::string_view node::string() const {
  TROUPE_CHECK(kind_ == node_kind::string, "a node is read as what it is");
  return {text_, size_};
}

std::string_view node::string_or(std::string_view fallback) const {
  return kind_ == node_kind::string ? string() : fallback;
}

std::int64_t node::integer_or(std::int64_t fallback) const {
  return kind_ == node_kind::integer ? integer_ : fallback;
}

bool node::boolean_or(bool fallback) const {
  return kind_ == node_kind::boolean ? boolean_ : fallback;
}

std::size_t node::size() const noexcept {
  switch (kind_) {
    case node_kind::object:
    case node_kind::map:
    case node_kind::list:
      return size_;
    default:
      return 0;
  }
}

std::span<const member> node::members() const {
  TROUPE_CHECK(kind_ == node_kind::object, "only objects have members");
  return {members_, size_};
}

std::span<const entry> node::entries() const {
  TROUPE_CHECK(kind_ == node_kind::map, "only maps have entries");
  return {entries_, size_};
}

std::span<node* const> node::items() const {
  TROUPE_CHECK(kind_ == node_kind::list, "only lists have items");
  return {items_, size_};
}

const node* node::find(field_id id) const {
  return const_cast<node*>(this)->find(id);
}

node* node::find(field_id id) {
  if (kind_ != node_kind::object)
    return nullptr;
  auto* end = members_ + size_;
  auto* at = std::ranges::lower_bound(members_, end, id, {}, &member::id);
  return at != end && at->id == id ? at->value : nullptr;
}

const node* node::find(std::string_view key) const {
  return const_cast<node*>(this)->find(key);
}

node* node::find(std::string_view key) {
  if (kind_ != node_kind::map)
    return nullptr;
  auto* end = entries_ + size_;
  auto* at = std::ranges::lower_bound(entries_, end, key, {}, &entry::key);
  return at != end && at->key == key ? at->value : nullptr;
}

// -- free functions -----------------------------------------------------------

namespace {

bool equal_children(const node& a, const node& b) {
  switch (a.kind()) {
    case node_kind::object:
      return std::ranges::equal(
          a.members(), b.members(), [](const member& x, const member& y) {
            return x.id == y.id && equal(*x.value, *y.value);
          });
    case node_kind::map:
      return std::ranges::equal(
          a.entries(), b.entries(), [](const entry& x, const entry& y) {
            return x.key == y.key && equal(*x.value, *y.value);
          });
    default:
      return std::ranges::equal(
          a.items(), b.items(),
          [](const node* x, const node* y) { return equal(*x, *y); });
  }
}

} // namespace

bool equal(const node& a, const node& b) {
  if (&a == &b)
    return true;
  if (a.kind() != b.kind())
    return false;
  switch (a.kind()) {
    case node_kind::null:
      return true;
    case node_kind::boolean:
      return a.boolean() == b.boolean();
    case node_kind::integer:
      return a.integer() == b.integer();
    case node_kind::real:
      return a.real() == b.real();
    case node_kind::string:
      return a.string() == b.string();
    default:
      return equal_children(a, b);
  }
}

const node* find(const node& from, std::initializer_list<field_id> path) {
  const auto* at = &from;
  for (auto id : path) {
    at = at->find(id);
    if (at == nullptr)
      return nullptr;
  }
  return at;
}

const node* find_path(const node& from, const schema::type_desc* type,
                      std::string_view dotted) {
  const auto* at = &from;
  while (at != nullptr && !dotted.empty()) {
    const auto dot = dotted.find('.');
    const auto name = dotted.substr(0, dot);
    dotted.remove_prefix(dot == dotted.npos ? dotted.size() : dot + 1);
    if (at->is(node_kind::map)) {
      at = at->find(name);
      continue;
    }
    const auto* field = type != nullptr ? type->find(name) : nullptr;
    if (field == nullptr)
      return nullptr;
    at = at->find(field->id);
    type = field->object;
  }
  return at;
}

} // namespace troupe::codec

#include "messages/codec/document.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <vector>

namespace troupe::codec {

// -- arena --------------------------------------------------------------------

/// A bump allocator: blocks double in size and are freed together. Everything
/// in it is trivially destructible.
class document::arena {
public:
  template <class T>
  T* allocate(std::size_t count) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    return static_cast<T*>(take(count * sizeof(T), alignof(T)));
  }

  std::size_t used() const noexcept { return used_; }

private:
  static constexpr std::size_t first_block = 2048;
  static constexpr std::size_t block_max = 256 * 1024;

  void* take(std::size_t size, std::size_t alignment) {
    used_ += size;
    const auto skip = -reinterpret_cast<std::uintptr_t>(at_) & (alignment - 1);
    if (left_ < size + skip)
      return open_block(size);
    auto* result = at_ + skip;
    at_ = result + size;
    left_ -= size + skip;
    return result;
  }

  void* open_block(std::size_t size) {
    const auto bytes = std::max(size, next_block_);
    blocks_.emplace_back(new std::byte[bytes]);
    auto* result = blocks_.back().get();
    // A block made for one big value must not end the block in use.
    if (bytes - size < left_)
      return result;
    next_block_ = std::min(next_block_ * 2, block_max);
    at_ = result + size;
    left_ = bytes - size;
    return result;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_block_ = first_block;
  std::size_t used_ = 0;
};

// -- document -----------------------------------------------------------------

namespace {

std::uint32_t checked_size(std::size_t size) {
  TROUPE_CHECK(size <= std::numeric_limits<std::uint32_t>::max(),
               "a text or container holds less than 2^32 elements");
  return static_cast<std::uint32_t>(size);
}

} // namespace

document::document(const schema::type_desc* type)
    : type_{type}, arena_{std::make_unique<arena>()},
      root_{make(type == nullptr ? node_kind::null : node_kind::object)} {}

document::document(document&&) noexcept = default;

document& document::operator=(document&&) noexcept = default;

document::~document() = default;

node* document::make(node_kind kind) {
  auto* result = new (arena_->allocate<node>(1)) node;
  result->kind_ = kind;
  return result;
}

node* document::make_null() {
  return make(node_kind::null);
}

node* document::make_boolean(bool value) {
  auto* result = make(node_kind::boolean);
  result->boolean_ = value;
  return result;
}

node* document::make_integer(std::int64_t value) {
  auto* result = make(node_kind::integer);
  result->integer_ = value;
  return result;
}

node* document::make_real(double value) {
  auto* result = make(node_kind::real);
  result->real_ = value;
  return result;
}

node* document::make_string(std::string_view value) {
  auto* result = make(node_kind::string);
  result->size_ = checked_size(value.size());
  result->text_ = intern(value).data();
  return result;
}

node* document::make_octets(bytes_view value) {
  auto* result = make_string(value);
  result->capacity_ = 1;
  return result;
}

node* document::make_object() {
  auto* result = make(node_kind::object);
  result->members_ = nullptr;
  return result;
}

node* document::make_map() {
  auto* result = make(node_kind::map);
  result->entries_ = nullptr;
  return result;
}

node* document::make_list() {
  auto* result = make(node_kind::list);
  result->items_ = nullptr;
  return result;
}

std::string_view document::intern(std::string_view text) {
  if (text.empty())
    return "";
  auto* copy = arena_->allocate<char>(text.size());
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

// -- growing ------------------------------------------------------------------

template <class T>
void document::grow(node& container, T*& data, std::size_t size_min) {
  if (size_min <= container.capacity_)
    return;
  const auto capacity = std::max(
      {size_min, std::size_t{container.capacity_} * 2, std::size_t{4}});
  auto* bigger = arena_->allocate<T>(checked_size(capacity));
  std::uninitialized_copy_n(data, container.size_, bigger);
  data = bigger;
  container.capacity_ = static_cast<std::uint32_t>(capacity);
}

template <class T>
void document::open_gap(node& container, T*& data, std::size_t index) {
  grow(container, data, std::size_t{container.size_} + 1);
  std::copy_backward(data + index, data + container.size_,
                     data + container.size_ + 1);
  ++container.size_;
}

void document::set(node& object, field_id id, node* value) {
  TROUPE_CHECK(object.is(node_kind::object), "only objects have members");
  TROUPE_CHECK(id != 0 && value != nullptr, "a member has an id and a value");
  auto* end = object.members_ + object.size_;
  // Decoders mostly append in order.
  auto* at =
      object.size_ == 0 || end[-1].id < id
          ? end
          : std::ranges::lower_bound(object.members_, end, id, {}, &member::id);
  if (at != end && at->id == id) {
    at->value = value;
    return;
  }
  const auto index = static_cast<std::size_t>(at - object.members_);
  open_gap(object, object.members_, index);
  object.members_[index] = {id, value};
}

void document::set(node& map, std::string_view key, node* value) {
  TROUPE_CHECK(map.is(node_kind::map), "only maps have entries");
  TROUPE_CHECK(value != nullptr, "an entry has a value");
  auto* end = map.entries_ + map.size_;
  auto* at =
      map.size_ == 0 || end[-1].key < key
          ? end
          : std::ranges::lower_bound(map.entries_, end, key, {}, &entry::key);
  if (at != end && at->key == key) {
    at->value = value;
    return;
  }
  const auto index = static_cast<std::size_t>(at - map.entries_);
  open_gap(map, map.entries_, index);
  map.entries_[index] = {intern(key), value};
}

bool document::erase(node& object, field_id id) {
  TROUPE_CHECK(object.is(node_kind::object), "only objects have members");
  auto* end = object.members_ + object.size_;
  auto* at =
      std::ranges::lower_bound(object.members_, end, id, {}, &member::id);
  if (at == end || at->id != id)
    return false;
  std::copy(at + 1, end, at);
  --object.size_;
  return true;
}

bool document::erase(node& map, std::string_view key) {
  TROUPE_CHECK(map.is(node_kind::map), "only maps have entries");
  auto* end = map.entries_ + map.size_;
  auto* at = std::ranges::lower_bound(map.entries_, end, key, {}, &entry::key);
  if (at == end || at->key != key)
    return false;
  std::copy(at + 1, end, at);
  --map.size_;
  return true;
}

void document::assign(node& map, std::span<entry> entries) {
  TROUPE_CHECK(map.is(node_kind::map), "only maps have entries");
  if (!std::ranges::is_sorted(entries, {}, &entry::key))
    std::ranges::stable_sort(entries, {}, &entry::key);
  grow(map, map.entries_, entries.size());
  std::uint32_t size = 0;
  for (const auto& x : entries) {
    if (size > 0 && map.entries_[size - 1].key == x.key)
      map.entries_[size - 1] = x;
    else
      map.entries_[size++] = x;
  }
  map.size_ = size;
}

void document::update(node& map, std::span<const entry> changes) {
  TROUPE_CHECK(map.is(node_kind::map), "only maps have entries");
  if (changes.empty())
    return;
  const auto capacity = checked_size(map.size_ + changes.size());
  auto* merged = arena_->allocate<entry>(capacity);
  auto* to = merged;
  const auto* at = map.entries_;
  const auto* end = map.entries_ + map.size_;
  const entry* last = nullptr;
  for (const auto& change : changes) {
    TROUPE_CHECK(last == nullptr || last->key < change.key,
                 "changes ascend by key");
    last = &change;
    const auto* found =
        std::ranges::lower_bound(at, end, change.key, {}, &entry::key);
    to = std::copy(at, found, to);
    const bool replaces = found != end && found->key == change.key;
    if (change.value != nullptr)
      *to++ = {replaces ? found->key : intern(change.key), change.value};
    at = replaces ? found + 1 : found;
  }
  to = std::copy(at, end, to);
  map.entries_ = merged;
  map.size_ = static_cast<std::uint32_t>(to - merged);
  map.capacity_ = capacity;
}

void document::assign(node& list, std::span<node* const> items) {
  TROUPE_CHECK(list.is(node_kind::list), "only lists have items");
  list.size_ = 0;
  grow(list, list.items_, items.size());
  std::ranges::copy(items, list.items_);
  list.size_ = checked_size(items.size());
}

void document::push_back(node& list, node* value) {
  insert(list, list.size(), value);
}

void document::insert(node& list, std::size_t index, node* value) {
  TROUPE_CHECK(list.is(node_kind::list), "only lists have items");
  TROUPE_CHECK(index <= list.size_, "an item goes inside its list");
  TROUPE_CHECK(value != nullptr, "an item has a value");
  open_gap(list, list.items_, index);
  list.items_[index] = value;
}

void document::erase_item(node& list, std::size_t index) {
  TROUPE_CHECK(list.is(node_kind::list), "only lists have items");
  TROUPE_CHECK(index < list.size_, "an erased item is in its list");
  auto* at = list.items_ + index;
  std::copy(at + 1, list.items_ + list.size_, at);
  --list.size_;
}

void document::replace_item(node& list, std::size_t index, node* value) {
  TROUPE_CHECK(list.is(node_kind::list), "only lists have items");
  TROUPE_CHECK(index < list.size_, "a replaced item is in its list");
  TROUPE_CHECK(value != nullptr, "an item has a value");
  list.items_[index] = value;
}

void document::clear(node& container) {
  TROUPE_CHECK(container.is(node_kind::object) || container.is(node_kind::map)
                   || container.is(node_kind::list),
               "only containers are cleared");
  container.size_ = 0;
}

node& document::object_at(node& object, field_id id) {
  auto* found = object.find(id);
  if (found == nullptr || found->is(node_kind::null)) {
    found = make_object();
    set(object, id, found);
  }
  return *found;
}

node& document::map_at(node& object, field_id id) {
  auto* found = object.find(id);
  if (found == nullptr || found->is(node_kind::null)) {
    found = make_map();
    set(object, id, found);
  }
  return *found;
}

node& document::list_at(node& object, field_id id) {
  auto* found = object.find(id);
  if (found == nullptr || found->is(node_kind::null)) {
    found = make_list();
    set(object, id, found);
  }
  return *found;
}

std::size_t document::footprint() const noexcept {
  return arena_->used();
}

// -- copies -------------------------------------------------------------------

node* document::clone(const node& value) {
  switch (value.kind()) {
    case node_kind::string:
      return value.is_octets() ? make_octets(value.string())
                               : make_string(value.string());
    case node_kind::object: {
      auto* copy = make_object();
      grow(*copy, copy->members_, value.size());
      for (const auto& [id, child] : value.members())
        copy->members_[copy->size_++] = {id, clone(*child)};
      return copy;
    }
    case node_kind::map: {
      auto* copy = make_map();
      grow(*copy, copy->entries_, value.size());
      for (const auto& [key, child] : value.entries())
        copy->entries_[copy->size_++] = {intern(key), clone(*child)};
      return copy;
    }
    case node_kind::list: {
      auto* copy = make_list();
      grow(*copy, copy->items_, value.size());
      for (const auto* child : value.items())
        copy->items_[copy->size_++] = clone(*child);
      return copy;
    }
    default:
      return new (arena_->allocate<node>(1)) node{value};
  }
}

document document::clone() const {
  document copy{type_};
  copy.root_ = copy.clone(*root_);
  return copy;
}

} // namespace troupe::codec

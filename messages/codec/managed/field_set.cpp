#include "messages/codec/managed/field_set.hpp"

#include <algorithm>

namespace troupe::codec {

field_set::field_set() = default;
field_set::field_set(const field_set&) = default;
field_set::field_set(field_set&&) noexcept = default;
field_set& field_set::operator=(const field_set&) = default;
field_set& field_set::operator=(field_set&&) noexcept = default;
field_set::~field_set() = default;

bool operator==(const field_set& a, const field_set& b) {
  return a.children_ == b.children_;
}

bool field_set::empty() const noexcept {
  return children_.empty();
}

std::size_t field_set::size() const {
  std::size_t count = 0;
  for (auto& child : children_)
    count += (child.member ? 1 : 0) + child.below.size();
  return count;
}

void field_set::insert(std::span<const path_step> path) {
  if (path.empty())
    return;
  auto at = std::ranges::lower_bound(children_, path.front(), {}, &child::step);
  if (at == children_.end() || at->step != path.front())
    at = children_.insert(at, {path.front(), false, {}});
  if (path.size() == 1)
    at->member = true;
  else
    at->below.insert(path.subspan(1));
}

void field_set::insert(std::initializer_list<path_step> path) {
  insert(std::span{path.begin(), path.size()});
}

bool field_set::has(std::span<const path_step> path) const {
  if (path.empty())
    return false;
  auto* next = find(path.front());
  if (!next)
    return false;
  return path.size() == 1 ? next->member : next->below.has(path.subspan(1));
}

bool field_set::has(std::initializer_list<path_step> path) const {
  return has(std::span{path.begin(), path.size()});
}

const field_set::child* field_set::find(std::string_view step) const {
  auto at = std::ranges::lower_bound(children_, step, {}, &child::step);
  return at == children_.end() || at->step != step ? nullptr : &*at;
}

std::span<const field_set::child> field_set::children() const noexcept {
  return children_;
}

void field_set::append(child next) {
  TROUPE_CHECK(children_.empty() || children_.back().step < next.step,
               "the steps of a field set ascend");
  if (next.member || !next.below.empty())
    children_.push_back(std::move(next));
}

namespace {

void visit_members(const field_set& set, field_path& path,
                   const std::function<void(const field_path&)>& visit) {
  for (auto& child : set.children()) {
    path.push_back(child.step);
    if (child.member)
      visit(path);
    visit_members(child.below, path, visit);
    path.pop_back();
  }
}

/// Joins two sets step by step: `join(x, y)` sees the children of equal step,
/// one of them null where only the other set has it, and appends to a result.
template <class Join>
void join_children(const field_set& a, const field_set& b, Join join) {
  auto x = a.children().begin();
  auto y = b.children().begin();
  while (x != a.children().end() || y != b.children().end()) {
    auto order = x == a.children().end()   ? 1
                 : y == b.children().end() ? -1
                                           : x->step.compare(y->step);
    auto* left = order <= 0 ? &*x++ : nullptr;
    auto* right = order >= 0 ? &*y++ : nullptr;
    join(left, right);
  }
}

using child = field_set::child;

} // namespace

void field_set::for_each(
    const std::function<void(const field_path&)>& visit) const {
  field_path path;
  visit_members(*this, path, visit);
}

field_set set_union(const field_set& a, const field_set& b) {
  field_set result;
  join_children(a, b, [&result](const child* x, const child* y) {
    if (x && y)
      result.append(
          {x->step, x->member || y->member, set_union(x->below, y->below)});
    else
      result.append(x ? *x : *y);
  });
  return result;
}

field_set set_intersection(const field_set& a, const field_set& b) {
  field_set result;
  join_children(a, b, [&result](const child* x, const child* y) {
    if (x && y)
      result.append({x->step, x->member && y->member,
                     set_intersection(x->below, y->below)});
  });
  return result;
}

field_set set_difference(const field_set& a, const field_set& b) {
  field_set result;
  join_children(a, b, [&result](const child* x, const child* y) {
    if (x && y)
      result.append({x->step, x->member && !y->member,
                     set_difference(x->below, y->below)});
    else if (x)
      result.append(*x);
  });
  return result;
}

field_set recursive_difference(const field_set& a, const field_set& b) {
  field_set result;
  join_children(a, b, [&result](const child* x, const child* y) {
    if (x && !y)
      result.append(*x);
    else if (x && !y->member)
      result.append(
          {x->step, x->member, recursive_difference(x->below, y->below)});
  });
  return result;
}

field_set leaves(const field_set& set) {
  field_set result;
  for (auto& next : set.children())
    result.append(
        {next.step, next.member && next.below.empty(), leaves(next.below)});
  return result;
}

namespace {

node* encode(document& out, const field_set& set) {
  auto* map = out.make_map();
  for (auto& next : set.children()) {
    auto* below = encode(out, next.below);
    // A member without anything below is `{}` and says "." only otherwise.
    if (next.member && !next.below.empty())
      out.set(*below, ".", out.make_map());
    out.set(*map, next.step, below);
  }
  return map;
}

bool known_step(std::string_view step) {
  return step.size() >= 2 && step[1] == ':'
         && std::string_view{"fkvi"}.find(step[0]) != std::string_view::npos;
}

/// Sorts children by step; two spellings of one step become one.
field_set joined(std::vector<child> found) {
  std::ranges::stable_sort(found, {}, &child::step);
  field_set result;
  for (std::size_t i = 0; i < found.size();) {
    auto next = std::move(found[i]);
    while (++i < found.size() && found[i].step == next.step) {
      next.member = next.member || found[i].member;
      next.below = set_union(next.below, found[i].below);
    }
    result.append(std::move(next));
  }
  return result;
}

result<field_set> decode(const node& fields) {
  if (!fields.is(node_kind::map))
    return error{errc::invalid_argument, "fieldsV1 holds maps only"};
  std::vector<child> found;
  for (auto& [key, value] : fields.entries()) {
    if (!known_step(key))
      continue;
    auto step = parse_step(key);
    if (!step)
      return std::move(step.error());
    auto below = decode(*value);
    if (!below)
      return std::move(below.error());
    auto member = value->empty() || value->find(".") != nullptr;
    found.push_back({std::move(*step), member, std::move(*below)});
  }
  return joined(std::move(found));
}

} // namespace

document encode_fields_v1(const field_set& set) {
  document out;
  out.root(*encode(out, set));
  return out;
}

result<field_set> decode_fields_v1(const node& fields) {
  return decode(fields);
}

} // namespace troupe::codec

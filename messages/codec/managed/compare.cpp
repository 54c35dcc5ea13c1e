#include "messages/codec/managed/compare.hpp"

#include "messages/codec/managed/typed_walk.hpp"
#include "messages/meta/field_error.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using child_span = std::span<const typed_child>;

/// The children at the front that share one step.
child_span front_group(child_span from) {
  std::size_t count = 0;
  while (count < from.size() && from[count].step == from.front().step)
    ++count;
  return from.first(count);
}

void collect(field_set& out, field_path& path, const node& value,
             const typed_place& place) {
  if (structure_of(place) == structure::leaf)
    return out.insert(path);
  auto children = children_of(value, place, absent_fields::hidden);
  auto by_field = structure_of(place) == structure::record;
  auto holds_items = structure_of(place) == structure::set
                     || structure_of(place) == structure::keyed_list;
  for (auto& child : children) {
    path.push_back(child.step);
    auto empty =
        child.value->empty()
        && (child.value->is(node_kind::null) || child.value->is(node_kind::map)
            || child.value->is(node_kind::object));
    if (holds_items || !by_field || empty)
      out.insert(path);
    collect(out, path, *child.value, child.place);
    path.pop_back();
  }
}

/// Compares two values at one path, either of which may be absent.
class comparer {
public:
  field_changes changes;

  void compare(const node* before, const node* after,
               const typed_place& place) {
    if (structure_of(place) == structure::leaf)
      return leaf(before, after);
    auto left = children(before, place);
    auto right = children(after, place);
    // Two empty values are one leaf, so that `{}` differs from nothing.
    if (left.empty() && right.empty())
      return leaf(before, after);
    child_span l{left};
    child_span r{right};
    while (!l.empty() || !r.empty()) {
      auto order = l.empty()   ? 1
                   : r.empty() ? -1
                               : l.front().step.compare(r.front().step);
      auto lefts = order <= 0 ? front_group(l) : child_span{};
      auto rights = order >= 0 ? front_group(r) : child_span{};
      l = l.subspan(lefts.size());
      r = r.subspan(rights.size());
      path_.push_back((lefts.empty() ? rights : lefts).front().step);
      compare_group(lefts, rights);
      path_.pop_back();
    }
    if (!before)
      changes.added.insert(path_);
    else if (!after)
      changes.removed.insert(path_);
  }

private:
  static std::vector<typed_child> children(const node* value,
                                           const typed_place& place) {
    if (!value)
      return {};
    return children_of(*value, place, absent_fields::zero);
  }

  void leaf(const node* before, const node* after) {
    if (!before)
      changes.added.insert(path_);
    else if (!after)
      changes.removed.insert(path_);
    else if (!equal(*before, *after))
      changes.changed.insert(path_);
  }

  /// Items that share a step are compared as one value: nobody owns what is
  /// inside them.
  void compare_group(child_span before, child_span after) {
    auto& place = (before.empty() ? after : before).front().place;
    auto single = [](child_span group) {
      return group.size() == 1 ? group.front().value : nullptr;
    };
    if (before.size() <= 1 && after.size() <= 1)
      return compare(single(before), single(after), place);
    if (before.size() > 1 && after.size() > 1) {
      auto same = std::ranges::equal(before, after, [](auto& x, auto& y) {
        return equal(*x.value, *y.value);
      });
      if (!same)
        changes.changed.insert(path_);
      return;
    }
    if (before.size() > 1) {
      if (!after.empty())
        compare(nullptr, single(after), place);
      changes.removed.insert(path_);
      return;
    }
    if (!before.empty())
      compare(single(before), nullptr, place);
    changes.added.insert(path_);
  }

  field_path path_;
};

void find_problems(std::vector<std::string>& out, field_path& path,
                   const node& value, const typed_place& place) {
  auto children = children_of(value, place, absent_fields::hidden);
  auto is_keyed = structure_of(place) == structure::keyed_list;
  for (std::size_t i = 0; i < children.size(); ++i) {
    auto& child = children[i];
    if (is_keyed && child.step.starts_with("i:"))
      out.push_back(
          to_string(path) + ": element " + child.step.substr(2)
          + ": associative list with keys has an element that omits key field "
          + meta::quoted(place.field->list_map_keys.front())
          + " (and doesn't have default value)");
    else if (i > 0 && children[i - 1].step == child.step)
      out.push_back(to_string(path) + ": duplicate entries for key "
                    + step_text(child.step));
    path.push_back(child.step);
    find_problems(out, path, *child.value, child.place);
    path.pop_back();
  }
}

} // namespace

field_set fields_of(const document& config) {
  TROUPE_CHECK(config.type() != nullptr, "owned objects have a type");
  field_set out;
  field_path path;
  collect(out, path, config.root(), root_place(*config.type()));
  return out;
}

field_changes compare_fields(const document* before, const document& after) {
  TROUPE_CHECK(after.type() != nullptr, "owned objects have a type");
  document nothing{after.type()};
  comparer run;
  run.compare(&(before ? *before : nothing).root(), &after.root(),
              root_place(*after.type()));
  return std::move(run.changes);
}

std::string list_problems(const document& config) {
  std::vector<std::string> found;
  field_path path;
  find_problems(found, path, config.root(), root_place(*config.type()));
  if (found.size() <= 1)
    return found.empty() ? std::string{} : std::move(found.front());
  std::string text{"errors:"};
  for (auto& line : found)
    text += "\n  " + line;
  return text;
}

} // namespace troupe::codec

#include "messages/codec/managed/merge_fields.hpp"

#include "messages/codec/managed/typed_walk.hpp"

#include <map>
#include <set>

namespace troupe::codec {

namespace {

typed_place member_place(const typed_place& record, field_id id) {
  auto* field = record.object->find(id);
  return field ? typed_place{field, field->object, false} : typed_place{};
}

typed_place element_place(const typed_place& container) {
  return {container.field, container.object, true};
}

/// The items of a list with their steps.
struct stepped_items {
  std::vector<path_step> steps;
  std::map<std::string_view, const node*> by_step; ///< the first of each

  stepped_items(const node& list, const typed_place& place) {
    for (std::size_t i = 0; i < list.size(); ++i)
      steps.push_back(item_step(*list.items()[i], place, i));
    for (std::size_t i = 0; i < list.size(); ++i)
      by_step.try_emplace(steps[i], list.items()[i]);
  }

  const node* find(std::string_view step) const {
    auto at = by_step.find(step);
    return at == by_step.end() ? nullptr : at->second;
  }
};

class merger {
public:
  explicit merger(document& out) : out_{out} {}

  node* merge(const node* live, const node* config, const typed_place& place) {
    if (!live || !config || live->kind() != config->kind())
      return out_.clone(config ? *config : *live);
    switch (structure_of(place)) {
      case structure::leaf:
        return out_.clone(*config);
      case structure::record:
        return merge_record(*live, *config, place);
      case structure::map:
        return merge_map(*live, *config, place);
      default:
        return merge_list(*live, *config, place);
    }
  }

private:
  node* merge_record(const node& live, const node& config,
                     const typed_place& place) {
    auto* result = out_.make_object();
    for (auto& [id, value] : live.members())
      out_.set(*result, id,
               merge(value, config.find(id), member_place(place, id)));
    for (auto& [id, value] : config.members())
      if (!live.find(id))
        out_.set(*result, id, out_.clone(*value));
    return result;
  }

  node* merge_map(const node& live, const node& config,
                  const typed_place& place) {
    auto* result = out_.make_map();
    for (auto& [key, value] : live.entries())
      out_.set(*result, key,
               merge(value, config.find(key), element_place(place)));
    for (auto& [key, value] : config.entries())
      if (!live.find(key))
        out_.set(*result, key, out_.clone(*value));
    return result;
  }

  /// Walks both lists at once. Items of the live list alone are taken as they
  /// come; an item both have is taken when the configuration comes to it.
  node* merge_list(const node& live, const node& config,
                   const typed_place& place) {
    stepped_items left{live, place};
    stepped_items right{config, place};
    auto* result = out_.make_list();
    std::set<std::string_view> merged;
    std::size_t shared = next_shared(right, left, 0);
    std::size_t l = 0;
    std::size_t r = 0;
    while (l < live.size() || r < config.size()) {
      if (l < live.size()) {
        auto& step = left.steps[l];
        if (!right.find(step)) {
          out_.push_back(*result, out_.clone(*live.items()[l++]));
          continue;
        }
        // Merged before, or wanted later than the next one both have.
        auto early = r < config.size() && step != right.steps[r]
                     && shared < config.size() && right.steps[shared] != step;
        if (merged.contains(step) || early) {
          ++l;
          continue;
        }
      }
      if (r == config.size())
        continue;
      auto& step = right.steps[r];
      auto* item =
          merge(left.find(step), config.items()[r], element_place(place));
      out_.push_back(*result, item);
      merged.insert(step);
      if (r == shared)
        shared = next_shared(right, left, r + 1);
      if (l < live.size() && left.steps[l] == step)
        ++l;
      ++r;
    }
    return result;
  }

  /// The first item of the configuration from `from` on that is live too.
  static std::size_t next_shared(const stepped_items& config,
                                 const stepped_items& live, std::size_t from) {
    while (from < config.steps.size() && !live.find(config.steps[from]))
      ++from;
    return from;
  }

  document& out_;
};

class remover {
public:
  explicit remover(document& out) : out_{out} {}

  /// What is left of `value`, or null.
  node* remove(const node& value, const typed_place& place,
               const field_set& gone) {
    auto kind = structure_of(place);
    if (kind == structure::leaf)
      return value.is(node_kind::list) || value.is(node_kind::map)
                     || value.is(node_kind::object)
                 ? nullptr
                 : out_.clone(value);
    auto* result = kind == structure::record
                       ? remove_members(value, place, gone)
                   : kind == structure::map ? remove_entries(value, place, gone)
                                            : remove_items(value, place, gone);
    return result->empty() ? nullptr : result;
  }

private:
  /// A copy of a value without what `gone` names by `step`; null when the value
  /// itself goes.
  node* keep(const node& value, const typed_place& place, const path_step& step,
             const field_set& gone) {
    auto* named = gone.find(step);
    if (!named)
      return out_.clone(value);
    if (named->member)
      return nullptr;
    return remove(value, place, named->below);
  }

  node* remove_members(const node& value, const typed_place& place,
                       const field_set& gone) {
    auto* result = out_.make_object();
    for (auto& [id, item] : value.members()) {
      auto below = member_place(place, id);
      auto* kept = below.field
                       ? keep(*item, below, field_step(below.field->name), gone)
                       : out_.clone(*item);
      if (kept)
        out_.set(*result, id, kept);
    }
    return result;
  }

  node* remove_entries(const node& value, const typed_place& place,
                       const field_set& gone) {
    auto* result = out_.make_map();
    for (auto& [key, item] : value.entries())
      if (auto* kept = keep(*item, element_place(place), field_step(key), gone))
        out_.set(*result, key, kept);
    return result;
  }

  node* remove_items(const node& value, const typed_place& place,
                     const field_set& gone) {
    auto* result = out_.make_list();
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto& item = *value.items()[i];
      if (auto* kept =
              keep(item, element_place(place), item_step(item, place, i), gone))
        out_.push_back(*result, kept);
    }
    return result;
  }

  document& out_;
};

field_set named(const field_set& set, const typed_place& place) {
  field_set result;
  auto in_record = structure_of(place) == structure::record;
  for (auto& child : set.children()) {
    auto below = descend(place, child.step);
    auto is_field = in_record && below.field != nullptr;
    result.append(
        {child.step, child.member || is_field, named(child.below, below)});
  }
  return result;
}

} // namespace

document merge_fields(const document& live, const document& config) {
  TROUPE_CHECK(live.type() == config.type(), "an object merges with its kind");
  document out{live.type()};
  out.root(*merger{out}.merge(&live.root(), &config.root(),
                              root_place(*live.type())));
  return out;
}

document remove_fields(const document& object, const field_set& gone) {
  document out{object.type()};
  if (auto* left =
          remover{out}.remove(object.root(), root_place(*object.type()), gone))
    out.root(*left);
  return out;
}

field_set with_named_fields(const field_set& set,
                            const schema::type_desc& type) {
  return named(set, root_place(type));
}

} // namespace troupe::codec

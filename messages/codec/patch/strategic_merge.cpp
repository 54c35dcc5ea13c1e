#include "messages/codec/patch/strategic_merge.hpp"

#include "messages/codec/patch/go_print.hpp"
#include "messages/codec/patch/strategic_list.hpp"
#include "messages/meta/field_error.hpp"

#include <algorithm>
#include <set>

namespace troupe::codec {

namespace {

using namespace std::literals;

constexpr auto patch_directive = "$patch"sv;
constexpr auto retain_keys_directive = "$retainKeys"sv;
constexpr auto delete_from_directive = "$deleteFromPrimitiveList"sv;
constexpr auto element_order_directive = "$setElementOrder"sv;

constexpr auto bad_primitive_list = "invalid patch format of primitive list"sv;
constexpr auto bad_element_order =
    "invalid patch format of setElementOrder list"sv;

patch_error fail(patch_fault fault, std::string_view message) {
  return {fault, std::string{message}, {}};
}

patch_error no_merge_key(const node& item, std::string_view merge_key) {
  return fail(patch_fault::unclassified,
              "map: " + go_print(item)
                  + " does not contain declared merge key: "
                  + std::string{merge_key});
}

patch_error bad_patch_type(const node& directive, const node& map) {
  return fail(patch_fault::unclassified,
              "unknown patch type: " + go_print(directive)
                  + " in map: " + go_print(map));
}

std::string_view go_type(const node& value) {
  switch (value.kind()) {
    case node_kind::null:
      return "<nil>";
    case node_kind::boolean:
      return "bool";
    case node_kind::integer:
      return "int64";
    case node_kind::real:
      return "float64";
    case node_kind::string:
      return "string";
    case node_kind::list:
      return "[]interface {}";
    default:
      return "map[string]interface {}";
  }
}

patch_error wants_list(const node& value) {
  return fail(patch_fault::unclassified,
              "expected a []interface {}, but received a "
                  + std::string{go_type(value)});
}

/// What the schema says of the value being merged: an object's type, the
/// elements of a map field, or nothing (free-form JSON).
struct scope {
  const schema::type_desc* object = nullptr;
  const schema::field_desc* map = nullptr;
};

/// What the schema says of one member.
struct member_rule {
  scope below; ///< of the value, or of each item when it is a list
  bool merges = false;
  std::string_view merge_key;
};

patch_result<member_rule> rule_of(const scope& at, std::string_view name) {
  if (at.map)
    return member_rule{{at.map->object, nullptr}, false, {}};
  if (!at.object)
    return member_rule{};
  auto* field = at.object->find(name);
  if (!field) {
    auto type = at.object->name;
    type.remove_prefix(type.rfind('.') + 1);
    return fail(patch_fault::unclassified,
                "unable to find api field in struct " + std::string{type}
                    + " for the json field " + meta::quoted(name));
  }
  if (field->many == schema::cardinality::map)
    return member_rule{{nullptr, field}, false, {}};
  auto merges = field->patch == schema::patch_strategy::merge
                || field->patch == schema::patch_strategy::merge_retain_keys;
  return member_rule{{field->object, nullptr}, merges, field->merge_key};
}

/// The field a directive such as "$setElementOrder/finalizers" is about.
std::string_view directive_field(std::string_view key,
                                 std::string_view directive) {
  if (!key.starts_with(directive) || key.size() <= directive.size()
      || key[directive.size()] != '/')
    return {};
  return key.substr(directive.size() + 1);
}

list_items items_of(const node& list) {
  return {list.items().begin(), list.items().end()};
}

bool has_directive(const node& item) {
  return item.find(patch_directive) != nullptr;
}

/// Merges one patch, whose nodes live in the target's document, into it.
class merger {
public:
  explicit merger(document& out) : out_{out} {}

  patch_result<node*> merge_map(node* original, node& patch, const scope& at) {
    if (auto* directive = patch.find(patch_directive))
      return whole_map(*directive, patch);
    if (!original)
      original = out_.make_map();
    if (auto done = retain_keys(*original, patch); !done)
      return std::move(done.error());
    if (auto done = element_orders(*original, patch, at); !done)
      return std::move(done.error());
    std::vector<entry> changes;
    for (auto& [key, value] : patch.entries())
      if (auto done = merge_member(*original, key, *value, at, changes); !done)
        return std::move(done.error());
    out_.update(*original, changes);
    return original;
  }

private:
  /// `$patch: replace` takes the patch as it is, `$patch: delete` empties.
  patch_result<node*> whole_map(const node& directive, node& patch) {
    auto what = directive.string_or("");
    if (what == "delete")
      return out_.make_map();
    if (what != "replace")
      return bad_patch_type(directive, patch);
    out_.erase(patch, patch_directive);
    return &patch;
  }

  /// Drops every member that `$retainKeys` does not list.
  patch_status retain_keys(node& original, node& patch) {
    auto* list = patch.find(retain_keys_directive);
    if (!list)
      return unit{};
    if (!list->is(node_kind::list))
      return fail(patch_fault::malformed, "invalid patch format of retainKeys");
    std::set<std::string_view> retained;
    for (auto* item : list->items())
      retained.insert(item->string_or(""));
    out_.erase(patch, retain_keys_directive);
    for (auto& [key, value] : patch.entries()) {
      if (value->is(node_kind::null) || key.starts_with(delete_from_directive)
          || key.starts_with(element_order_directive))
        continue;
      if (!retained.contains(key))
        return fail(patch_fault::not_applicable,
                    "patch content doesn't match retainKeys list");
    }
    std::vector<entry> dropped;
    for (auto& [key, value] : original.entries())
      if (!retained.contains(key))
        dropped.push_back({key, nullptr});
    out_.update(original, dropped);
    return unit{};
  }

  /// Merges the lists that come with an order; they leave the patch.
  patch_status element_orders(node& original, node& patch, const scope& at) {
    std::vector<entry> orders;
    for (auto& item : patch.entries())
      if (item.key.starts_with(element_order_directive))
        orders.push_back(item);
    for (auto& [key, order] : orders) {
      out_.erase(patch, key);
      auto name = directive_field(key, element_order_directive);
      if (name.empty())
        return fail(patch_fault::malformed, bad_element_order);
      if (!order->is(node_kind::list))
        return wants_list(*order);
      if (auto done = ordered_list(original, patch, name, *order, at); !done)
        return done;
      out_.erase(patch, name);
    }
    return unit{};
  }

  patch_status ordered_list(node& original, node& patch, std::string_view name,
                            node& order, const scope& at) {
    auto* live = original.find(name);
    auto* wanted = patch.find(name);
    for (auto* list : {live, wanted})
      if (list && !list->is(node_kind::list))
        return wants_list(*list);
    auto rule = rule_of(at, name);
    if (!rule)
      return std::move(rule.error());
    auto order_items = items_of(order);
    if (wanted)
      if (auto ok = matches_order(*wanted, order_items, rule->merge_key); !ok)
        return ok;
    if (!live && !wanted)
      return unit{};
    auto live_items = live ? items_of(*live) : list_items{};
    auto merged = live_items;
    if (live && wanted) {
      auto both = merge_list(*live, *wanted, *rule, false);
      if (!both)
        return std::move(both.error());
      merged = items_of(**both);
    } else if (wanted) {
      merged = items_of(*without_directives(wanted));
    }
    if (auto ok = all_have_key(merged, rule->merge_key); !ok)
      return ok;
    if (auto ok = all_have_key(order_items, rule->merge_key); !ok)
      return ok;
    out_.set(
        original, name,
        list_of(ordered(merged, order_items, live_items, rule->merge_key)));
    return unit{};
  }

  /// The items of the patch come in the order that the directive gives.
  static patch_status matches_order(const node& patch, const list_items& order,
                                    std::string_view merge_key) {
    if (order.empty())
      return unit{};
    std::size_t at = 0;
    for (auto* item : patch.items()) {
      if (has_directive(*item))
        continue;
      auto* wanted = merge_value(*item, merge_key);
      if (!wanted)
        return no_merge_key(*item, merge_key);
      auto same = [&](const node* other) {
        auto* value = merge_value(*other, merge_key);
        return value && equal(*value, *wanted);
      };
      while (at < order.size() && !same(order[at]))
        ++at;
      if (at == order.size())
        return fail(patch_fault::unclassified, mismatch(patch, order));
      ++at;
    }
    return unit{};
  }

  static std::string mismatch(const node& patch, const list_items& order) {
    std::string text = "The order in patch list:\n" + go_print(patch)
                       + "\n doesn't match "
                       + std::string{element_order_directive} + " list:\n[";
    for (std::size_t i = 0; i < order.size(); ++i)
      text += (i ? " " : "") + go_print(*order[i]);
    return text + "]\n";
  }

  static patch_status all_have_key(const list_items& items,
                                   std::string_view merge_key) {
    for (auto* item : items)
      if (!merge_value(*item, merge_key))
        return no_merge_key(*item, merge_key);
    return unit{};
  }

  /// Changes what is there in place; what comes and goes is left to `changes`,
  /// in the order of the keys.
  patch_status merge_member(node& original, std::string_view key, node& patch,
                            const scope& at, std::vector<entry>& changes) {
    auto deletes = key.starts_with(delete_from_directive);
    if (deletes)
      key = directive_field(key, delete_from_directive);
    if (key.empty() && deletes)
      return fail(patch_fault::malformed, bad_primitive_list);
    if (patch.is(node_kind::null)) {
      // Behind this directive the field itself may still come.
      if (deletes)
        out_.erase(original, key);
      else
        changes.push_back({key, nullptr});
      return unit{};
    }
    auto* live = original.find(key);
    if (!live || live->kind() != patch.kind()) {
      if (auto* taken = deletes ? nullptr : without_directives(&patch))
        changes.push_back({key, taken});
      return unit{};
    }
    if (!patch.is(node_kind::map) && !patch.is(node_kind::list)) {
      out_.set(original, key, &patch);
      return unit{};
    }
    auto rule = rule_of(at, key);
    if (!rule)
      return std::move(rule.error());
    auto merged = patch.is(node_kind::map)
                      ? merge_map(live, patch, rule->below)
                      : merge_list(*live, patch, *rule, deletes);
    if (!merged)
      return std::move(merged.error());
    out_.set(original, key, *merged);
    return unit{};
  }

  patch_result<node*> merge_list(node& original, node& patch,
                                 const member_rule& rule, bool deletes) {
    if (!rule.merges && !deletes)
      return &patch;
    auto live = items_of(original);
    auto wanted = items_of(patch);
    if (live.empty() && wanted.empty())
      return &original;
    auto kind = element_kind(live, wanted);
    if (!kind)
      return std::move(kind.error());
    if (*kind != node_kind::map)
      return list_of(deletes ? subtract(live, wanted)
                             : ordered(united(live, wanted), wanted, live, {}));
    if (rule.merge_key.empty())
      return fail(
          patch_fault::unclassified,
          "cannot merge lists without merge key for "
              + std::string{rule.below.object ? rule.below.object->name : ""});
    if (auto done = item_directives(live, wanted, rule.merge_key); !done)
      return std::move(done.error());
    return merge_items(live, wanted, rule);
  }

  /// The one kind all items share.
  static patch_result<node_kind> element_kind(const list_items& live,
                                              const list_items& wanted) {
    auto kind = (live.empty() ? wanted : live).front()->kind();
    if (kind == node_kind::list)
      return fail(patch_fault::not_applicable,
                  "lists of lists are not supported");
    for (auto* items : {&live, &wanted})
      for (auto* item : *items)
        if (item->kind() != kind)
          return fail(patch_fault::unclassified,
                      "list element types are not identical: "
                          + std::string{go_type(*item)});
    return kind;
  }

  static list_items subtract(const list_items& from, const list_items& what) {
    item_index gone{what, {}};
    auto rest = from;
    std::erase_if(rest, [&gone](const node* item) {
      return gone.find(*item) != item_index::absent;
    });
    return rest;
  }

  /// Scalars of both lists, each once, first come first.
  static list_items united(const list_items& a, const list_items& b) {
    std::set<std::string> seen;
    list_items both;
    for (auto* items : {&a, &b})
      for (auto* item : *items)
        if (seen.insert(identity(*item)).second)
          both.push_back(item);
    return both;
  }

  /// Carries out `$patch` members of list items; those items leave `wanted`.
  static patch_status item_directives(list_items& live, list_items& wanted,
                                      std::string_view merge_key) {
    list_items plain;
    list_items deleted;
    auto replaces = false;
    for (auto* item : wanted) {
      auto* directive = item->find(patch_directive);
      if (!directive) {
        plain.push_back(item);
        continue;
      }
      auto what = directive->string_or("");
      if (what == "replace")
        replaces = true;
      else if (what == "merge")
        return fail(patch_fault::unclassified,
                    "merging lists cannot yet be specified in the patch");
      else if (what != "delete")
        return bad_patch_type(*directive, *item);
      else if (!merge_value(*item, merge_key))
        return no_merge_key(*item, merge_key);
      else
        deleted.push_back(item);
    }
    wanted = std::move(plain);
    if (replaces) {
      // The items given replace the list, so nothing is left to merge with.
      live = std::exchange(wanted, {});
      return unit{};
    }
    if (deleted.empty())
      return unit{};
    if (auto ok = all_have_key(live, merge_key); !ok)
      return ok;
    item_index gone{deleted, merge_key};
    std::erase_if(live, [&gone](const node* item) {
      return gone.find(*item) != item_index::absent;
    });
    return unit{};
  }

  patch_result<node*> merge_items(const list_items& live,
                                  const list_items& wanted,
                                  const member_rule& rule) {
    auto merged = live;
    for (auto* items : {&live, &wanted})
      if (auto ok = all_have_key(*items, rule.merge_key); !ok)
        return std::move(ok.error());
    item_index live_at{live, rule.merge_key};
    item_index wanted_at{wanted, rule.merge_key};
    std::vector<std::size_t> places(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto place = live_at.find(*wanted[i]);
      auto first = wanted_at.find(*wanted[i]);
      if (place == item_index::absent && first < i)
        place = places[first];
      if (place == item_index::absent) {
        places[i] = merged.size();
        if (auto* item = without_directives(wanted[i]))
          merged.push_back(item);
        continue;
      }
      places[i] = place;
      auto item = merge_map(merged[place], *wanted[i], rule.below);
      if (!item)
        return std::move(item.error());
      merged[place] = *item;
    }
    return list_of(ordered(merged, wanted, live, rule.merge_key));
  }

  /// What is left of a value that meets nothing to merge with: no nulls, no
  /// directives. Null when nothing is left.
  node* without_directives(node* value) {
    if (value->is(node_kind::map))
      return has_directive(*value) ? nullptr : plain_map(*value);
    if (!value->is(node_kind::list))
      return value;
    list_items kept;
    for (auto* item : value->items())
      if (auto* rest = without_directives(item))
        kept.push_back(rest);
    return list_of(kept);
  }

  node* plain_map(const node& value) {
    auto* result = out_.make_map();
    for (auto& [key, item] : value.entries()) {
      if (item->is(node_kind::null) || key == retain_keys_directive
          || !directive_field(key, delete_from_directive).empty()
          || !directive_field(key, element_order_directive).empty())
        continue;
      if (auto* rest = without_directives(item))
        out_.set(*result, key, rest);
    }
    return result;
  }

  node* list_of(const list_items& items) {
    auto* list = out_.make_list();
    for (auto* item : items)
      out_.push_back(*list, item);
    return list;
  }

  document& out_;
};

} // namespace

patch_status apply_strategic_patch(document& target, const node& patch,
                                   const schema::type_desc& type) {
  if (!patch.is(node_kind::map))
    return fail(patch_fault::malformed, "invalid JSON document");
  auto* own = target.clone(patch);
  auto merged =
      merger{target}.merge_map(&target.root(), *own, {&type, nullptr});
  if (!merged)
    return std::move(merged.error());
  target.root(**merged);
  return unit{};
}

} // namespace troupe::codec

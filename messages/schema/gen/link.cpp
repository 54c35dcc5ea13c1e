#include "messages/schema/gen/link.hpp"

#include "messages/schema/gen/rules.hpp"

#include <algorithm>
#include <map>

namespace troupe::schema::gen {

namespace {

class linker {
public:
  linker(model& what, diagnostics& errors) : model_{what}, errors_{errors} {}

  void run() {
    for (auto& version : model_.versions)
      index(*version);
    for (auto& version : model_.versions)
      for (auto& each : version->types)
        resolve_fields(*version, *each);
    if (errors_.empty())
      flatten();
    for (auto& version : model_.versions)
      for (auto& each : version->resources)
        resolve_resource(*version, each);
  }

private:
  void fail(const position& at, std::string text) {
    errors_.push_back({at, std::move(text)});
  }

  /// Enters the types of a group version under their ids and names.
  void index(const group_version& version) {
    for (auto& each : version.uses)
      if (model_.find(each.id) == nullptr)
        fail(each.at, "expected a known group version after 'use', found '"
                          + each.id + "'");
    for (auto& each : version.types) {
      auto& slot = types_[version.id + '.' + each->name];
      if (slot != nullptr)
        fail(each->at, "expected a new name, found a second '" + each->name
                           + "' (the first is at " + slot->at.file + ':'
                           + std::to_string(slot->at.line) + ')');
      slot = each.get();
    }
  }

  /// Looks in the group version itself, then in those it uses.
  const type* lookup(const group_version& from, const std::string& name) const {
    if (name.find('.') != std::string::npos)
      return at(name);
    if (auto own = at(from.id + '.' + name))
      return own;
    for (auto& each : from.uses)
      if (auto found = at(each.id + '.' + name))
        return found;
    return nullptr;
  }

  const type* at(const std::string& key) const {
    auto found = types_.find(key);
    return found == types_.end() ? nullptr : found->second;
  }

  bool resolve(const group_version& from, type_ref& ref) {
    ref.target = lookup(from, ref.name);
    if (ref.target == nullptr)
      fail(ref.at, "expected a type, found '" + ref.name + "'");
    return ref.target != nullptr;
  }

  /// `core_v1.events`, which must be stored itself.
  bool resolve(resource_ref& ref) {
    const auto dot = std::min(ref.name.find('.'), ref.name.size());
    ref.owner = model_.find(ref.name.substr(0, dot));
    if (ref.owner != nullptr)
      for (auto& each : ref.owner->resources)
        if (ref.name.substr(dot) == '.' + each.plural)
          ref.target = &each;
    if (ref.target == nullptr || !ref.target->stored.name.empty())
      fail(ref.at,
           "expected a resource that is stored, found '" + ref.name + "'");
    return ref.target != nullptr;
  }

  void resolve_fields(const group_version& version, type& owner) {
    for (auto& each : owner.fields)
      if (!each.of.name.empty() && resolve(version, each.of))
        each.value = each.of.target->value;
  }

  /// Two passes: an embedded message is copied as written, before it is
  /// flattened itself, so messages embedded in it are found and refused.
  void flatten() {
    std::map<const type*, std::vector<field>> flat;
    for_each_type([&](type& each) { flat[&each] = flat_fields(each); });
    for_each_type([&](type& each) { each.fields = std::move(flat[&each]); });
    for_each_type([&](type& each) { check_type(each, errors_); });
  }

  template <class F>
  void for_each_type(F&& f) {
    for (auto& version : model_.versions)
      for (auto& each : version->types)
        f(*each);
  }

  std::vector<field> flat_fields(const type& owner) {
    std::vector<field> result;
    for (auto& each : owner.fields) {
      if (each.embedded)
        embed(each, result);
      else
        result.push_back(each);
    }
    std::stable_sort(result.begin(), result.end(),
                     [](auto& a, auto& b) { return a.id < b.id; });
    return result;
  }

  void embed(const field& outer, std::vector<field>& into) {
    if (outer.value != value_type::object || outer.many != cardinality::one)
      return fail(outer.at, "expected one message after 'inline', found field '"
                                + outer.name + "' of another type");
    for (auto& inner : outer.of.target->fields) {
      if (inner.embedded || wrapper_number(inner.id) != 0)
        return fail(outer.at, "expected a message without embedded messages, "
                              "found '"
                                  + outer.of.name + "'");
      into.push_back(inner);
      into.back().id = outer.id << 16 | inner.id;
    }
  }

  static bool is_listed(const resource& what) {
    return std::find(what.verbs.begin(), what.verbs.end(), "list")
           != what.verbs.end();
  }

  void resolve_resource(const group_version& version, resource& each) {
    if (each.kind.name.empty())
      return fail(each.at,
                  "expected 'kind=' for resource '" + each.plural + "'");
    if (each.list.name.empty() && is_listed(each))
      each.list = {each.kind.name + "List", each.at, nullptr};
    bool found = resolve(version, each.kind);
    if (!each.list.name.empty())
      found &= resolve(version, each.list);
    for (auto& sub : each.subresources) {
      if (sub.body.name.empty())
        sub.body = {each.kind.name, sub.at, nullptr};
      found &= resolve(version, sub.body);
      if (!sub.query.name.empty())
        found &= resolve(version, sub.query);
    }
    if (each.singular.empty())
      each.singular = lower(each.kind.name);
    if (!each.stored.name.empty())
      found &= resolve(each.stored);
    if (found)
      check_resource(version, each, errors_);
  }

  static std::string lower(std::string text) {
    for (auto& c : text)
      if (c >= 'A' && c <= 'Z')
        c = static_cast<char>(c - 'A' + 'a');
    return text;
  }

  model& model_;
  diagnostics& errors_;
  std::map<std::string, const type*> types_;
};

} // namespace

bool link(model& what, diagnostics& errors) {
  auto before = errors.size();
  linker{what, errors}.run();
  if (errors.size() == before)
    check_model(what, errors);
  return errors.size() == before;
}

} // namespace troupe::schema::gen

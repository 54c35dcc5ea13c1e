#pragma once

#include "runtime/watch/selection.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::watch {

using watch_id = strong<std::uint64_t, struct watch_id_tag>;

/// One selection and the watches that share it: what they see of a batch is
/// worked out once.
struct view {
  struct member {
    watch_id id;
    store::revision after; ///< hears nothing at or below it
  };

  selection what;
  std::string fingerprint;
  std::vector<member> members;
  std::vector<delivery> seen; ///< of the batch in progress
};

/// Finds the views a change may concern, by prefix and by the value of one
/// field each (its pivot). A change costs a look-up for each part of its key
/// and for each field some view is indexed by, however many views there are
/// for other values. Views are owned by the caller and stay in place.
class view_index {
public:
  void insert(view& what);
  void erase(view& what);

  /// Calls `visit(view&)` once for each view the change may concern: its
  /// prefix covers the key, and its pivot, if any, holds before or after.
  template <class F>
  void visit(const store::event& change, F&& visit) const {
    const std::string_view key{change.key};
    visit_branch({}, change, visit);
    for (auto end = key.find('/'); end != key.npos;
         end = key.find('/', end + 1))
      visit_branch(key.substr(0, end + 1), change, visit);
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  template <class T>
  using by_text =
      std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  using views = std::vector<view*>;

  /// The views of one prefix. Only look-ups go through the unordered maps, so
  /// the order of visits does not depend on them.
  struct branch {
    views broad; ///< without a pivot
    std::map<std::string, by_text<views>> by_field;

    bool empty() const noexcept { return broad.empty() && by_field.empty(); }
  };

  template <class F>
  static void visit_all(const by_text<views>& of, std::string_view value,
                        F& visit) {
    if (auto found = of.find(value); found != of.end())
      for (auto* one : found->second)
        visit(*one);
  }

  template <class F>
  void visit_branch(std::string_view prefix, const store::event& change,
                    F& visit) const {
    const auto found = branches_.find(prefix);
    if (found == branches_.end())
      return;
    for (auto* one : found->second.broad)
      visit(*one);
    for (const auto& [field, values] : found->second.by_field) {
      // A tombstone's columns say what was deleted, as `before` does.
      const auto now = meta::find_column(change.now->columns->fields, field);
      if (now)
        visit_all(values, *now, visit);
      if (!change.before)
        continue;
      const auto was = meta::find_column(change.before->columns->fields, field);
      if (was && was != now)
        visit_all(values, *was, visit);
    }
  }

  by_text<branch> branches_;
};

} // namespace troupe::watch

#include "messages/codec/patch/json_patch.hpp"

#include <charconv>
#include <optional>

namespace troupe::codec {

namespace {

using pointer = std::vector<std::string>;

struct operation {
  std::string_view op;
  std::string_view path;
  std::string_view from;
  const node* value = nullptr;
};

std::string_view go_kind(const node& value) {
  switch (value.kind()) {
    case node_kind::map:
    case node_kind::object:
      return "object";
    case node_kind::list:
      return "array";
    case node_kind::string:
      return "string";
    case node_kind::boolean:
      return "bool";
    default:
      return "number";
  }
}

/// `what` is what Go would have read, as Go names it.
patch_error malformed(const node& value, std::string_view what) {
  std::string text{"error decoding patch: json: cannot unmarshal "};
  text += go_kind(value);
  text += " into Go ";
  text += what;
  return {patch_fault::malformed, std::move(text), {}};
}

patch_error refuse(const operation& op, std::string_view why) {
  std::string text{op.op};
  text += " operation does not apply: ";
  text += why;
  return {patch_fault::not_applicable, std::move(text), {}};
}

std::string missing(std::string_view what, std::string_view where) {
  std::string text{"doc is missing "};
  text += what;
  text += ": ";
  text += where;
  text += ": missing value";
  return text;
}

patch_result<operation> read_operation(const node& item) {
  if (item.is(node_kind::null))
    return operation{};
  if (!item.is(node_kind::map))
    return malformed(item, "value of type handlers.jsonPatchOp");
  for (std::string_view key : {"op", "path", "from"})
    if (auto* found = item.find(key);
        found && !found->is(node_kind::string) && !found->is(node_kind::null))
      return malformed(*found, "struct field jsonPatchOp." + std::string{key}
                                   + " of type string");
  auto text = [&item](std::string_view key) {
    auto* found = item.find(key);
    return found ? found->string_or("") : std::string_view{};
  };
  return operation{text("op"), text("path"), text("from"), item.find("value")};
}

/// Where a pointer ends: the container and the last step in it.
struct place {
  node* container;
  std::string step;
};

/// One operation after the other over one document.
class patcher {
public:
  explicit patcher(document& target) : target_{target} {}

  patch_status apply(const operation& op) {
    if (op.op == "add")
      return with_value(op, &patcher::add);
    if (op.op == "replace")
      return with_value(op, &patcher::replace);
    if (op.op == "remove")
      return remove(op, op.path);
    if (op.op == "move")
      return move(op);
    if (op.op == "copy")
      return copy(op);
    if (op.op == "test")
      return test(op);
    std::string text{"Unexpected kind: "};
    text += op.op.empty() ? std::string_view{"unknown"} : op.op;
    return patch_error{patch_fault::not_applicable, std::move(text), {}};
  }

private:
  using value_step = patch_status (patcher::*)(const operation&, node*);

  /// Runs `step` with a copy of the operation's value; an absent value is
  /// null.
  patch_status with_value(const operation& op, value_step step) {
    auto* value = op.value ? target_.clone(*op.value) : target_.make_null();
    return (this->*step)(op, value);
  }

  /// The node a pointer names, or null.
  node* locate(const pointer& steps) {
    auto* at = &target_.root();
    for (auto& step : steps) {
      at = child(*at, step);
      if (!at)
        return nullptr;
    }
    return at;
  }

  node* child(node& container, std::string_view step) {
    if (container.is(node_kind::map))
      return container.find(step);
    auto index = item_index(container, step, container.size());
    return index ? container.items()[*index] : nullptr;
  }

  /// An array index below `bound`; a negative one counts back from `bound`.
  static std::optional<std::size_t>
  item_index(const node& list, std::string_view step, std::size_t bound) {
    if (!list.is(node_kind::list))
      return std::nullopt;
    std::int64_t index = 0;
    auto* end = step.data() + step.size();
    auto [stop, failed] = std::from_chars(step.data(), end, index);
    if (failed != std::errc{} || stop != end)
      return std::nullopt;
    auto limit = static_cast<std::int64_t>(bound);
    if (index < 0)
      index += limit;
    if (index < 0 || index >= limit)
      return std::nullopt;
    return static_cast<std::size_t>(index);
  }

  /// The container that `path` points into. The path is not the root.
  patch_result<place> parent(const operation& op, std::string_view path) {
    auto steps = parse_json_pointer(path);
    if (!steps || steps->empty())
      return refuse(op, missing("path", quote(path)));
    place result{nullptr, std::move(steps->back())};
    steps->pop_back();
    result.container = locate(*steps);
    if (!result.container
        || (!result.container->is(node_kind::map)
            && !result.container->is(node_kind::list)))
      return refuse(op, missing("path", quote(path)));
    return result;
  }

  static std::string quote(std::string_view path) {
    std::string text{'"'};
    text += path;
    text += '"';
    return text;
  }

  patch_status add(const operation& op, node* value) {
    if (op.path.empty()) {
      target_.root(*value);
      return unit{};
    }
    auto at = parent(op, op.path);
    if (!at)
      return std::move(at.error());
    if (at->container->is(node_kind::map)) {
      target_.set(*at->container, at->step, value);
      return unit{};
    }
    if (at->step == "-") {
      target_.push_back(*at->container, value);
      return unit{};
    }
    auto index =
        item_index(*at->container, at->step, at->container->size() + 1);
    if (!index)
      return refuse(op, "index " + at->step + " is out of bounds");
    target_.insert(*at->container, *index, value);
    return unit{};
  }

  patch_status replace(const operation& op, node* value) {
    if (op.path.empty()) {
      target_.root(*value);
      return unit{};
    }
    auto at = parent(op, op.path);
    if (!at)
      return std::move(at.error());
    if (at->container->is(node_kind::map)) {
      if (!at->container->find(std::string_view{at->step}))
        return refuse(op, missing("key", op.path));
      target_.set(*at->container, at->step, value);
      return unit{};
    }
    auto index = item_index(*at->container, at->step, at->container->size());
    if (!index)
      return refuse(op, missing("key", op.path));
    target_.replace_item(*at->container, *index, value);
    return unit{};
  }

  patch_status remove(const operation& op, std::string_view path) {
    auto at = parent(op, path);
    if (!at)
      return std::move(at.error());
    if (at->container->is(node_kind::map)) {
      if (!target_.erase(*at->container, std::string_view{at->step}))
        return refuse(op, "unable to remove nonexistent key: " + at->step);
      return unit{};
    }
    auto index = item_index(*at->container, at->step, at->container->size());
    if (!index)
      return refuse(op, "index " + at->step + " is out of bounds");
    target_.erase_item(*at->container, *index);
    return unit{};
  }

  /// The value at `from`, of move and copy.
  patch_result<node*> source(const operation& op) {
    auto steps = parse_json_pointer(op.from);
    auto* found = steps ? locate(*steps) : nullptr;
    if (!found)
      return refuse(op, missing("from path", op.from));
    return found;
  }

  patch_status move(const operation& op) {
    // A value cannot move into itself (RFC 6902, section 4.4).
    if (op.path.size() > op.from.size() && op.path.starts_with(op.from)
        && op.path[op.from.size()] == '/')
      return refuse(op, "a value cannot be moved into one of its children");
    auto value = source(op);
    if (!value)
      return std::move(value.error());
    if (op.from == op.path)
      return unit{};
    auto removed = remove(op, op.from);
    return removed ? add(op, *value) : std::move(removed);
  }

  patch_status copy(const operation& op) {
    auto value = source(op);
    if (!value)
      return std::move(value.error());
    auto before = target_.footprint();
    auto* duplicate = target_.clone(**value);
    copied_octets_ += target_.footprint() - before;
    if (copied_octets_ > json_patch_copy_octets_max)
      return refuse(op, "the accumulated size of copies is too large");
    return add(op, duplicate);
  }

  patch_status test(const operation& op) {
    auto steps = parse_json_pointer(op.path);
    auto* found = steps ? locate(*steps) : nullptr;
    auto wants_null = !op.value || op.value->is(node_kind::null);
    if (!found && !(wants_null && steps && !steps->empty()))
      return refuse(op, missing("path", quote(op.path)));
    auto same = found ? (op.value ? equal(*found, *op.value)
                                  : found->is(node_kind::null))
                      : wants_null;
    if (!same)
      return refuse(op, "testing value " + std::string{op.path} + " failed");
    return unit{};
  }

  document& target_;
  std::size_t copied_octets_ = 0;
};

/// Undoes the escapes of one step: ~1 is '/', ~0 is '~'.
std::string unescape(std::string_view step) {
  std::string text;
  text.reserve(step.size());
  for (std::size_t i = 0; i < step.size(); ++i) {
    auto escaped = step[i] == '~' && i + 1 < step.size()
                   && (step[i + 1] == '0' || step[i + 1] == '1');
    text += !escaped ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return text;
}

} // namespace

result<std::vector<std::string>> parse_json_pointer(std::string_view text) {
  pointer steps;
  if (text.empty())
    return steps;
  if (text.front() != '/')
    return error{errc::invalid_argument,
                 "a JSON pointer starts with '/': " + std::string{text}};
  while (!text.empty()) {
    if (steps.size() == json_pointer_depth_max)
      return error{errc::too_large, "a JSON pointer has too many steps"};
    text.remove_prefix(1);
    auto end = std::min(text.find('/'), text.size());
    steps.push_back(unescape(text.substr(0, end)));
    text.remove_prefix(end);
  }
  return steps;
}

patch_status apply_json_patch(document& target, const node& patch) {
  if (patch.is(node_kind::null))
    return unit{};
  if (!patch.is(node_kind::list))
    return malformed(patch, "value of type []handlers.jsonPatchOp");
  if (patch.size() > json_patch_operations_max)
    return patch_error{patch_fault::too_many_operations,
                       "The allowed maximum operations in a JSON patch is "
                           + std::to_string(json_patch_operations_max)
                           + ", got " + std::to_string(patch.size()),
                       {}};
  std::vector<operation> operations;
  operations.reserve(patch.size());
  for (auto* item : patch.items()) {
    auto op = read_operation(*item);
    if (!op)
      return std::move(op.error());
    operations.push_back(*op);
  }
  patcher run{target};
  for (auto& op : operations)
    if (auto done = run.apply(op); !done)
      return done;
  return unit{};
}

std::vector<std::string> unknown_in_json_patch(const node& patch) {
  std::vector<std::string> problems;
  if (!patch.is(node_kind::list))
    return problems;
  for (std::size_t i = 0; i < patch.size(); ++i) {
    auto& item = *patch.items()[i];
    if (!item.is(node_kind::map))
      continue;
    for (auto& [key, value] : item.entries())
      if (key != "op" && key != "path" && key != "from" && key != "value")
        problems.push_back("unknown field \"[" + std::to_string(i) + "]."
                           + std::string{key} + '"');
  }
  return problems;
}

} // namespace troupe::codec

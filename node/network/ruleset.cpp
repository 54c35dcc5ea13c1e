#include "node/network/ruleset.hpp"

#include "messages/codec/json.hpp"

namespace troupe::network {

namespace {

constexpr std::string_view timed = "flags dynamic,timeout; timeout ";

/// Writes commands about one table.
class writer {
public:
  explicit writer(std::string_view table) : table_(table) {}

  writer& say(std::string_view verb, std::string_view name,
              std::string_view rest = {}) {
    out_.append(verb).append(" ").append(table_);
    if (!name.empty())
      out_.append(" ").append(name);
    if (!rest.empty())
      out_.append(" ").append(rest);
    out_ += '\n';
    return *this;
  }

  void add_set(const std::string& name, const ruleset::set& set) {
    // The kind is the declaration's first word.
    const auto kind = set.declaration.find(' ');
    say("add " + set.declaration.substr(0, kind), name,
        std::string_view{set.declaration}.substr(kind + 1));
  }

  void add_chain(const std::string& name, const ruleset::chain& chain) {
    say("add chain", name, chain.hook.empty() ? "" : "{ " + chain.hook + "; }");
  }

  void add_rules(const std::string& name, const ruleset::chain& chain) {
    for (const auto& rule : chain.rules)
      say("add rule", name, rule);
  }

  /// Those elements of `set` that `other` has not the same.
  void elements(std::string_view verb, const std::string& name,
                const ruleset::set& set, const ruleset::set& other,
                bool with_verdicts) {
    std::string list;
    for (const auto& [key, verdict] : set.elements) {
      const auto same = other.elements.find(key);
      if (same != other.elements.end() && same->second == verdict)
        continue;
      list.append(list.empty() ? "{ " : ", ").append(key);
      if (with_verdicts && !verdict.empty())
        list.append(" : ").append(verdict);
    }
    if (!list.empty())
      say(verb, name, list + " }");
  }

  std::string take() { return std::move(out_); }

private:
  std::string_view table_;
  std::string out_;
};

bool same_declarations(const ruleset& before, const ruleset& after) {
  for (const auto& [name, set] : after.sets)
    if (const auto was = before.sets.find(name);
        was != before.sets.end() && was->second.declaration != set.declaration)
      return false;
  for (const auto& [name, chain] : after.chains)
    if (const auto was = before.chains.find(name);
        was != before.chains.end() && was->second.hook != chain.hook)
      return false;
  return true;
}

/// The names come first: rules and elements may tell of any of them.
void add_names(const ruleset& before, const ruleset& after, writer& out) {
  for (const auto& [name, set] : after.sets)
    if (!before.sets.contains(name))
      out.add_set(name, set);
  for (const auto& [name, chain] : after.chains)
    if (!before.chains.contains(name))
      out.add_chain(name, chain);
}

void remove_contents(const ruleset& before, const ruleset& after, writer& out) {
  for (const auto& [name, set] : before.sets)
    if (const auto is = after.sets.find(name); is != after.sets.end())
      out.elements("delete element", name, set, is->second, false);
  for (const auto& [name, chain] : before.chains)
    if (const auto is = after.chains.find(name);
        !chain.rules.empty()
        && (is == after.chains.end() || is->second.rules != chain.rules))
      out.say("flush chain", name);
  for (const auto& [name, set] : before.sets)
    if (!after.sets.contains(name))
      out.say("delete set", name);
}

void add_contents(const ruleset& before, const ruleset& after, writer& out) {
  for (const auto& [name, chain] : after.chains)
    if (const auto was = before.chains.find(name);
        was == before.chains.end() || was->second.rules != chain.rules)
      out.add_rules(name, chain);
  static const ruleset::set none;
  for (const auto& [name, set] : after.sets) {
    const auto was = before.sets.find(name);
    out.elements("add element", name, set,
                 was == before.sets.end() ? none : was->second, true);
  }
}

/// "ipv4_addr", or ["ipv4_addr", "inet_proto"] as "ipv4_addr . inet_proto".
std::string read_type(const codec::node& type) {
  if (!type.is(codec::node_kind::list))
    return std::string{type.string_or({})};
  std::string out;
  for (const auto* item : type.items())
    out.append(out.empty() ? "" : " . ").append(item->string_or({}));
  return out;
}

std::string text_in(const codec::node& object, std::string_view field) {
  const auto* found = object.find(field);
  return found == nullptr ? std::string{} : std::string{found->string_or({})};
}

status_result read_set(const codec::node& set, ruleset& out) {
  const auto name = text_in(set, "name");
  const auto* type = set.find("type");
  if (name.empty() || type == nullptr)
    return error{errc::corrupt, "nftables: it printed a set without a name"};
  const auto of = read_type(*type);
  const auto* to = set.find("map");
  const auto* timeout = set.find("timeout");
  auto& declaration = out.sets[name].declaration;
  if (to != nullptr)
    declaration = "map { type " + of + " : " + read_type(*to) + "; }";
  else if (timeout != nullptr)
    declaration = timed_set(of, timeout->integer_or(0));
  else
    declaration = "set { type " + of + "; }";
  return unit{};
}

status_result read_chain(const codec::node& chain, ruleset& out) {
  const auto name = text_in(chain, "name");
  if (name.empty())
    return error{errc::corrupt, "nftables: it printed a chain without a name"};
  auto& hook = out.chains[name].hook;
  const auto* priority = chain.find("prio");
  if (priority != nullptr)
    hook = "type " + text_in(chain, "type") + " hook " + text_in(chain, "hook")
           + " priority " + std::to_string(priority->integer_or(0));
  return unit{};
}

} // namespace

std::string timed_set(std::string_view type, std::int64_t seconds) {
  return "set { type " + std::string{type} + "; " + std::string{timed}
         + std::to_string(seconds) + "s; }";
}

ruleset_change change(const ruleset& before, const ruleset& after,
                      std::string_view table) {
  if (!same_declarations(before, after))
    return {rewrite(after, table), {}};
  writer out{table};
  add_names(before, after, out);
  remove_contents(before, after, out);
  add_contents(before, after, out);
  ruleset_change result{out.take(), {}};
  for (const auto& [name, chain] : before.chains)
    if (!after.chains.contains(name))
      result.leftovers.push_back(name);
  return result;
}

std::string rewrite(const ruleset& after, std::string_view table) {
  writer out{table};
  out.say("add table", {}).say("delete table", {}).say("add table", {});
  add_names({}, after, out);
  add_contents({}, after, out);
  return out.take();
}

std::string empty(const ruleset& found, std::string_view table) {
  writer out{table};
  out.say("flush table", {});
  for (const auto& [name, set] : found.sets)
    if (set.declaration.find(timed) == std::string::npos)
      out.say(set.declaration.starts_with("map") ? "flush map" : "flush set",
              name);
  return out.take();
}

result<ruleset> read_declarations(bytes_view printed) {
  const auto read = codec::decode_json(printed, nullptr);
  const auto* all = read ? read->doc.root().find("nftables") : nullptr;
  if (all == nullptr || !all->is(codec::node_kind::list))
    return error{errc::corrupt, "nftables: it printed no list"};
  ruleset out;
  for (const auto* item : all->items()) {
    status_result done{unit{}};
    if (const auto* set = item->find("set"))
      done = read_set(*set, out);
    else if (const auto* map = item->find("map"))
      done = read_set(*map, out);
    else if (const auto* chain = item->find("chain"))
      done = read_chain(*chain, out);
    if (!done)
      return done.error();
  }
  return out;
}

} // namespace troupe::network

#include "node/sandbox/seccomp_profile.hpp"

#include "messages/codec/json.hpp"
#include "node/sandbox/capabilities.hpp"

#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace troupe::sandbox {

namespace {

using codec::node;
using codec::node_kind;

constexpr std::string_view architecture_here = "amd64";
constexpr std::string_view seccomp_architecture_here = "SCMP_ARCH_X86_64";
constexpr std::size_t depth_max = 16;
constexpr std::int64_t arguments_max = 6;

constexpr std::pair<std::string_view, seccomp_verdict> actions[] = {
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO},
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP}};

constexpr std::pair<std::string_view, seccomp_operator> operators[] = {
    {"SCMP_CMP_NE", seccomp_operator::not_equal},
    {"SCMP_CMP_LT", seccomp_operator::less},
    {"SCMP_CMP_LE", seccomp_operator::less_or_equal},
    {"SCMP_CMP_EQ", seccomp_operator::equal},
    {"SCMP_CMP_GE", seccomp_operator::greater_or_equal},
    {"SCMP_CMP_GT", seccomp_operator::greater},
    {"SCMP_CMP_MASKED_EQ", seccomp_operator::masked_equal}};

template <class T, std::size_t Size>
const T* find_name(const std::pair<std::string_view, T> (&table)[Size],
                   std::string_view name) {
  for (const auto& [each, value] : table)
    if (each == name)
      return &value;
  return nullptr;
}

/// Reads one profile; the first thing wrong is kept and makes the rest void.
class profile_reader {
public:
  result<seccomp_rules> read(const node& root) {
    seccomp_rules out;
    out.otherwise = verdict(root, "defaultAction", "defaultErrnoRet", "");
    out.architectures = architectures(root);
    for (const auto& flag : texts(root, "flags", ""))
      if (flag != "SECCOMP_FILTER_FLAG_TSYNC")
        fail(errc::unsupported, "flags",
             "\"" + flag + "\" is not supported by this node");
    std::size_t index = 0;
    for (const auto* each : items(root, "syscalls", ""))
      add(*each, "syscalls[" + std::to_string(index++) + "]", out);
    if (failure_)
      return *failure_;
    return out;
  }

private:
  void fail(errc code, const std::string& where, const std::string& what) {
    if (!failure_)
      failure_ = error{code, where + ": " + what};
  }

  void invalid(const std::string& where, const std::string& what) {
    fail(errc::invalid_argument, where, what);
  }

  static std::string below(const std::string& at, std::string_view name) {
    return at + (at.empty() ? "" : ".") + std::string{name};
  }

  /// The member of this kind; null when it is absent or wrong.
  const node* find(const node& in, std::string_view name, node_kind kind,
                   const std::string& at, const char* wanted) {
    const auto* found = in.find(name);
    if (found == nullptr || found->is(node_kind::null))
      return nullptr;
    if (found->is(kind))
      return found;
    invalid(below(at, name), std::string{"must be "} + wanted);
    return nullptr;
  }

  std::string text(const node& in, std::string_view name,
                   const std::string& at) {
    const auto* found = find(in, name, node_kind::string, at, "a string");
    return found == nullptr ? std::string{} : std::string{found->string()};
  }

  std::span<node* const> items(const node& in, std::string_view name,
                               const std::string& at) {
    const auto* found = find(in, name, node_kind::list, at, "a list");
    if (found == nullptr)
      return {};
    return found->items();
  }

  std::vector<std::string> texts(const node& in, std::string_view name,
                                 const std::string& at) {
    std::vector<std::string> out;
    for (const auto* each : items(in, name, at))
      if (each->is(node_kind::string))
        out.emplace_back(each->string());
      else
        invalid(below(at, name), "must hold strings only");
    return out;
  }

  std::optional<std::uint64_t> number(const node& in, std::string_view name,
                                      std::int64_t max, const std::string& at) {
    const auto wanted = "must be an integer from 0 to " + std::to_string(max);
    const auto* found = in.find(name);
    if (found == nullptr || found->is(node_kind::null))
      return std::nullopt;
    if (found->is(node_kind::integer) && found->integer() >= 0
        && found->integer() <= max)
      return static_cast<std::uint64_t>(found->integer());
    invalid(below(at, name), wanted);
    return std::nullopt;
  }

  seccomp_verdict verdict(const node& in, std::string_view action,
                          std::string_view code, const std::string& at) {
    const auto name = text(in, action, at);
    const auto value = number(in, code, SECCOMP_RET_DATA, at);
    if (name == "SCMP_ACT_NOTIFY") {
      fail(errc::unsupported, below(at, action),
           "SCMP_ACT_NOTIFY is not supported by this node");
      return 0;
    }
    const auto* found = find_name(actions, name);
    if (found == nullptr) {
      invalid(below(at, action), "\"" + name + "\" is no action");
      return 0;
    }
    const bool has_code =
        *found == SECCOMP_RET_ERRNO || *found == SECCOMP_RET_TRACE;
    return *found
           | (has_code ? static_cast<seccomp_verdict>(value.value_or(EPERM))
                       : 0);
  }

  /// Those that are listed, or those that Docker's table gives for this
  /// machine's.
  std::vector<std::string> architectures(const node& root) {
    auto listed = texts(root, "architectures", "");
    const auto map = items(root, "archMap", "");
    if (!listed.empty() && !map.empty())
      invalid("architectures", "must not be there beside archMap");
    std::size_t index = 0;
    for (const auto* each : map) {
      const auto at = "archMap[" + std::to_string(index++) + "]";
      const auto own = text(*each, "architecture", at);
      const auto others = texts(*each, "subArchitectures", at);
      if (own == seccomp_architecture_here)
        listed.insert(listed.end(), others.begin(), others.end());
    }
    return listed;
  }

  seccomp_scope scope(const node& in, std::string_view name,
                      const std::string& at) {
    seccomp_scope out;
    const auto* found = find(in, name, node_kind::map, at, "an object");
    if (found == nullptr)
      return out;
    const auto here = below(at, name);
    out.architectures = texts(*found, "arches", here);
    out.capabilities = texts(*found, "caps", here);
    const auto kernel = text(*found, "minKernel", here);
    out.kernel = parse_kernel_version(kernel);
    if (!kernel.empty() && !out.kernel)
      invalid(below(here, "minKernel"),
              "\"" + kernel + "\" is no version of a kernel");
    return out;
  }

  seccomp_argument argument(const node& in, const std::string& at) {
    seccomp_argument out;
    const auto index = number(in, "index", arguments_max - 1, at);
    out.index = static_cast<std::uint32_t>(index.value_or(0));
    out.value = number(in, "value", INT64_MAX, at).value_or(0);
    out.value_two = number(in, "valueTwo", INT64_MAX, at).value_or(0);
    const auto name = text(in, "op", at);
    if (const auto* found = find_name(operators, name))
      out.compare = *found;
    else
      invalid(below(at, "op"), "\"" + name + "\" is no operator");
    return out;
  }

  std::vector<std::string> names(const node& in, const std::string& at) {
    auto out = texts(in, "names", at);
    const auto name = text(in, "name", at);
    if (!name.empty() && !out.empty())
      invalid(below(at, "name"), "must not be there beside names");
    if (!name.empty())
      out.push_back(name);
    if (std::find(out.begin(), out.end(), "") != out.end())
      invalid(below(at, "names"), "must not be empty strings");
    return out;
  }

  void add(const node& from, const std::string& at, seccomp_rules& to) {
    if (failure_)
      return;
    if (!from.is(node_kind::map))
      return invalid(at, "must be an object");
    seccomp_rule rule;
    rule.names = names(from, at);
    rule.verdict = verdict(from, "action", "errnoRet", at);
    std::size_t index = 0;
    for (const auto* each : items(from, "args", at)) {
      const auto here = at + ".args[" + std::to_string(index++) + "]";
      if (each->is(node_kind::map))
        rule.arguments.push_back(argument(*each, here));
      else
        invalid(here, "must be an object");
    }
    rule.includes = scope(from, "includes", at);
    rule.excludes = scope(from, "excludes", at);
    count_ += rule.names.size() * std::max<std::size_t>(index, 1);
    if (count_ > profile_rules_max)
      fail(errc::too_large, at,
           "more than " + std::to_string(profile_rules_max)
               + " calls and conditions");
    to.rules.push_back(std::move(rule));
  }

  std::optional<error> failure_;
  std::size_t count_ = 0;
};

bool has(std::uint64_t capabilities, const std::string& name) {
  const auto bit = capability_bit(name);
  return name.starts_with("CAP_") && bit && (capabilities & *bit) != 0;
}

bool lists_this_machine(const std::vector<std::string>& architectures) {
  return std::find(architectures.begin(), architectures.end(),
                   architecture_here)
         != architectures.end();
}

bool is_included(const seccomp_scope& scope, std::uint64_t capabilities,
                 kernel_version kernel) {
  return (scope.architectures.empty()
          || lists_this_machine(scope.architectures))
         && std::all_of(
             scope.capabilities.begin(), scope.capabilities.end(),
             [&](const auto& name) { return has(capabilities, name); })
         && (!scope.kernel || *scope.kernel <= kernel);
}

bool is_excluded(const seccomp_scope& scope, std::uint64_t capabilities,
                 kernel_version kernel) {
  return lists_this_machine(scope.architectures)
         || std::any_of(
             scope.capabilities.begin(), scope.capabilities.end(),
             [&](const auto& name) { return has(capabilities, name); })
         || (scope.kernel && *scope.kernel <= kernel);
}

} // namespace

std::optional<kernel_version> parse_kernel_version(std::string_view text) {
  kernel_version out;
  const auto* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, out.first);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.')
    return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, out.second);
  if (second.ec != std::errc{})
    return std::nullopt;
  return out;
}

result<seccomp_rules> parse_seccomp_profile(bytes_view text) {
  if (text.size() > profile_size_max)
    return error{errc::too_large,
                 "more than " + std::to_string(profile_size_max) + " octets"};
  const auto parsed = codec::decode_json(
      text, nullptr, {.size_max = profile_size_max, .depth_max = depth_max});
  if (!parsed)
    return parsed.error();
  if (!parsed->doc.root().is(node_kind::map))
    return error{errc::invalid_argument, "a profile must be an object"};
  return profile_reader{}.read(parsed->doc.root());
}

std::vector<seccomp_rule> select_rules(const seccomp_rules& profile,
                                       std::uint64_t capabilities,
                                       kernel_version kernel) {
  std::vector<seccomp_rule> out;
  for (const auto& each : profile.rules)
    if (is_included(each.includes, capabilities, kernel)
        && !is_excluded(each.excludes, capabilities, kernel))
      out.push_back(each);
  return out;
}

} // namespace troupe::sandbox

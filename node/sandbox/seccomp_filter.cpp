#include "node/sandbox/seccomp_filter.hpp"

#include "node/sandbox/capabilities.hpp"
#include "node/sandbox/seccomp_calls.hpp"
#include "node/sys/memory_file.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

namespace troupe::sandbox {

namespace {

struct release_context {
  void operator()(void* context) const { seccomp_release(context); }
};

using context_ptr = std::unique_ptr<void, release_context>;

/// Names that this libseccomp does not know are passed over.
bool allow(const context_ptr& context, const char* name) {
  const auto number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR)
    return true;
  const auto result =
      seccomp_rule_add(context.get(), SCMP_ACT_ALLOW, number, 0);
  return result == 0 || result == -EEXIST;
}

bool allow_if(const context_ptr& context, const char* name,
              scmp_arg_cmp condition) {
  return seccomp_rule_add_array(context.get(), SCMP_ACT_ALLOW,
                                seccomp_syscall_resolve_name(name), 1,
                                &condition)
         == 0;
}

/// Calls allowed with some arguments only.
bool allow_conditions(const context_ptr& context, bool admin) {
  bool done = true;
  // Execution domains that change nothing of interest (personality(2)).
  for (const std::uint64_t value :
       {0x0ULL, 0x8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL})
    done = done && allow_if(context, "personality", {0, SCMP_CMP_EQ, value, 0});
  done = done && allow_if(context, "socket", {0, SCMP_CMP_NE, AF_VSOCK, 0});
  if (admin)
    return done;
  constexpr std::uint64_t namespaces =
      CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC
      | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  // clone3 keeps its flags in memory, where a filter cannot look.
  return done
         && allow_if(context, "clone", {0, SCMP_CMP_MASKED_EQ, namespaces, 0})
         && seccomp_rule_add(context.get(), SCMP_ACT_ERRNO(ENOSYS),
                             SCMP_SYS(clone3), 0)
                == 0;
}

/// The last system call of this machine that libseccomp has a name for.
std::uint32_t last_known_call() {
  constexpr int beyond = 1024;
  std::uint32_t last = 0;
  for (int number = 0; number < beyond; ++number)
    if (char* name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
        name != nullptr) {
      last = static_cast<std::uint32_t>(number);
      std::free(name);
    }
  return last;
}

std::uint64_t instruction(std::uint16_t code, std::uint8_t if_true,
                          std::uint8_t if_false, std::uint32_t value) {
  const sock_filter filter{code, if_true, if_false, value};
  std::uint64_t number = 0;
  std::memcpy(&number, &filter, sizeof(filter));
  return number;
}

/// Before all else: calls of the native convention past `last` do not exist.
std::vector<std::uint64_t> unknown_calls_prefix(std::uint32_t last) {
  constexpr std::uint32_t foreign = 0x40000000; // x32 has this bit
  return {
      instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, arch)),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, AUDIT_ARCH_X86_64),
      instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)),
      instruction(BPF_JMP | BPF_JGE | BPF_K, 2, 0, foreign),
      instruction(BPF_JMP | BPF_JGT | BPF_K, 0, 1, last),
      instruction(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS),
  };
}

/// The program, behind `prefix`.
result<std::vector<std::uint64_t>>
export_filter(const context_ptr& context, std::vector<std::uint64_t> filter) {
  const error failed{errc::io_error, "libseccomp cannot write its filter"};
  unique_fd file{memfd_create("seccomp", MFD_CLOEXEC)};
  if (!file || seccomp_export_bpf(context.get(), file.get()) != 0)
    return failed;
  const auto room = (BPF_MAXINSNS - filter.size()) * sizeof(sock_filter);
  const auto content = sys::read_all(file, room);
  if (!content && content.error().code == errc::too_large)
    return error{errc::too_large, "the filter has more than "
                                      + std::to_string(BPF_MAXINSNS)
                                      + " instructions"};
  if (!content || content->size() % sizeof(sock_filter) != 0)
    return failed;
  const auto prefix = filter.size();
  filter.resize(prefix + content->size() / sizeof(sock_filter));
  std::memcpy(filter.data() + prefix, content->data(), content->size());
  return filter;
}

/// "SCMP_ARCH_X86" is libseccomp's "x86".
status_result add_architecture(const context_ptr& context,
                               const std::string& name) {
  constexpr std::string_view front = "SCMP_ARCH_";
  std::string own;
  if (name.starts_with(front))
    for (const char c : name.substr(front.size()))
      own += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto token = seccomp_arch_resolve_name(own.c_str());
  if (token == 0)
    return error{errc::invalid_argument,
                 "the architecture \"" + name + "\" is unknown"};
  const auto result = seccomp_arch_add(context.get(), token);
  if (result == 0 || result == -EEXIST)
    return unit{};
  return error{errc::invalid_argument,
               "the architecture \"" + name + "\" is none of this machine's"};
}

scmp_arg_cmp to_comparison(const seccomp_argument& from) {
  constexpr scmp_compare operators[] = {
      SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE,       SCMP_CMP_EQ,
      SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ};
  return {from.index, operators[static_cast<std::size_t>(from.compare)],
          from.value, from.value_two};
}

/// The conditions of a rule, which one by one suffice.
std::vector<std::vector<scmp_arg_cmp>>
alternatives(const std::vector<seccomp_argument>& arguments) {
  std::vector<std::vector<scmp_arg_cmp>> single;
  std::vector<scmp_arg_cmp> together;
  bool repeats = false;
  for (const auto& each : arguments) {
    const auto next = to_comparison(each);
    for (const auto& other : together)
      repeats = repeats || other.arg == next.arg;
    together.push_back(next);
    single.push_back({next});
  }
  if (!repeats)
    single.assign(1, together);
  return single;
}

status_result add_rule(const context_ptr& context, const seccomp_rule& rule,
                       const std::string& name) {
  const auto number = seccomp_syscall_resolve_name(name.c_str());
  if (number == __NR_SCMP_ERROR)
    return unit{};
  for (const auto& conditions : alternatives(rule.arguments)) {
    const auto result = seccomp_rule_add_array(
        context.get(), rule.verdict, number,
        static_cast<unsigned>(conditions.size()), conditions.data());
    if (result != 0 && result != -EEXIST)
      return error{errc::invalid_argument,
                   "libseccomp refuses the rule for \"" + name
                       + "\": " + std::generic_category().message(-result)};
  }
  return unit{};
}

/// Whether what a profile does not name comes to pass.
bool lets_pass(seccomp_verdict verdict) {
  const auto action = verdict & SECCOMP_RET_ACTION_FULL;
  return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG
         || action == SECCOMP_RET_TRACE;
}

/// The newest native call that rules name; nothing when they name none.
std::optional<std::uint32_t>
last_named_call(const std::vector<seccomp_rule>& rules) {
  std::optional<std::uint32_t> last;
  for (const auto& rule : rules)
    for (const auto& name : rule.names)
      if (const auto number = seccomp_syscall_resolve_name(name.c_str());
          number >= 0)
        last = std::max(last.value_or(0), static_cast<std::uint32_t>(number));
  return last;
}

} // namespace

result<std::vector<std::uint64_t>> default_filter(std::uint64_t capabilities) {
  context_ptr context{seccomp_init(SCMP_ACT_ERRNO(EPERM))};
  const error failed{errc::io_error, "libseccomp refuses the default profile"};
  if (!context)
    return failed;
  // Programs for 32 bits run in containers, too.
  if (seccomp_arch_native() == SCMP_ARCH_X86_64)
    seccomp_arch_add(context.get(), SCMP_ARCH_X86);
  // A tree instead of a list: a call is judged in a dozen steps.
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  bool done = allow_conditions(context, (capabilities & sys_admin_bit) != 0);
  for (const auto* name : usual_calls())
    done = done && allow(context, name);
  for (const auto& [capability, calls] : privileged_calls())
    if ((capabilities >> capability & 1) != 0)
      for (const auto* name : calls)
        done = done && allow(context, name);
  if (!done)
    return failed;
  return export_filter(context, unknown_calls_prefix(last_known_call()));
}

result<std::vector<std::uint64_t>> profile_filter(const seccomp_rules& profile,
                                                  std::uint64_t capabilities,
                                                  kernel_version kernel) {
  context_ptr context{seccomp_init(profile.otherwise)};
  if (!context)
    return error{errc::io_error, "libseccomp refuses the profile"};
  for (const auto& name : profile.architectures)
    if (auto added = add_architecture(context, name); !added)
      return added.error();
  const auto rules = select_rules(profile, capabilities, kernel);
  // A tree of nothing confuses libseccomp up to 2.5.4.
  if (rules.size() > 1)
    seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (const auto& rule : rules)
    for (const auto& name : rule.names)
      // What would happen anyway is no rule.
      if (rule.verdict != profile.otherwise)
        if (auto added = add_rule(context, rule, name); !added)
          return added.error();
  const auto last = last_named_call(rules);
  return export_filter(context, last && !lets_pass(profile.otherwise)
                                    ? unknown_calls_prefix(*last)
                                    : std::vector<std::uint64_t>{});
}

} // namespace troupe::sandbox

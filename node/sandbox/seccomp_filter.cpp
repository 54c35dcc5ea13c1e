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

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

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

/// Before all else: newer calls of the native convention do not exist.
std::vector<std::uint64_t> unknown_calls_prefix() {
  constexpr std::uint32_t foreign = 0x40000000; // x32 has this bit
  return {
      instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, arch)),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, AUDIT_ARCH_X86_64),
      instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)),
      instruction(BPF_JMP | BPF_JGE | BPF_K, 2, 0, foreign),
      instruction(BPF_JMP | BPF_JGT | BPF_K, 0, 1, last_known_call()),
      instruction(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS),
  };
}

result<std::vector<std::uint64_t>> export_filter(const context_ptr& context) {
  const error failed{errc::io_error, "libseccomp cannot write its filter"};
  unique_fd file{memfd_create("seccomp", MFD_CLOEXEC)};
  if (!file || seccomp_export_bpf(context.get(), file.get()) != 0)
    return failed;
  const auto content = sys::read_all(file, BPF_MAXINSNS * sizeof(sock_filter));
  if (!content || content->size() % sizeof(sock_filter) != 0)
    return failed;
  auto filter = unknown_calls_prefix();
  const auto prefix = filter.size();
  filter.resize(prefix + content->size() / sizeof(sock_filter));
  std::memcpy(filter.data() + prefix, content->data(), content->size());
  return filter;
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
  return export_filter(context);
}

} // namespace troupe::sandbox

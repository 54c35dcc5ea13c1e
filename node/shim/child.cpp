#include "node/shim/child.hpp"

#include "node/shim/identity.hpp"
#include "node/shim/mounts.hpp"
#include "node/shim/paths.hpp"
#include "node/shim/text.hpp"

#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>

#include <csignal>

namespace troupe::shim {

namespace {

constexpr std::uint16_t code(op what) {
  return static_cast<std::uint16_t>(what);
}

const char* next_string(const char* text) {
  return text + strlen(text) + 1;
}

long write_file(const char* path, const char* text) {
  const auto fd =
      kernel(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0)
    return fd;
  const auto result = kernel_retry(__NR_write, fd, text, strlen(text));
  kernel(__NR_close, fd);
  return result < 0 ? result : 0;
}

long set_hostname(const step& what) {
  return kernel(__NR_sethostname, what.strings, strlen(what.strings));
}

long set_sysctl(const step& what) {
  if (what.string_count < 2)
    return -EINVAL;
  char path[256];
  text_writer{path}.add("/proc/sys/").add(what.strings);
  return write_file(path, next_string(what.strings));
}

long enter_cgroup(const child_context& context, const step& what) {
  if (what.numbers[0] >= context.descriptor_count)
    return -EBADF;
  const auto result =
      kernel_retry(__NR_write, context.descriptors[what.numbers[0]], "0", 1);
  return result < 0 ? result : 0;
}

long set_oom_score(const step& what) {
  const auto value = static_cast<std::int64_t>(what.numbers[0]);
  char text[24];
  text_writer{text}
      .add(value < 0 ? "-" : "")
      .add_number(static_cast<std::uint64_t>(value < 0 ? -value : value));
  // Only a privilege that the node may lack lowers it.
  const auto result = write_file("/proc/self/oom_score_adj", text);
  return result == -EACCES ? 0 : result;
}

long set_limit(const step& what) {
  if (what.number_count < 3)
    return -EINVAL;
  const auto resource = what.numbers[0];
  rlimit64 wanted = {what.numbers[1], what.numbers[2]};
  auto result = kernel(__NR_prlimit64, 0, resource, &wanted, nullptr);
  if (result != -EPERM)
    return result;
  rlimit64 granted = {};
  result = kernel(__NR_prlimit64, 0, resource, nullptr, &granted);
  if (result != 0)
    return result;
  if (wanted.rlim_max > granted.rlim_max)
    wanted.rlim_max = granted.rlim_max;
  if (wanted.rlim_cur > wanted.rlim_max)
    wanted.rlim_cur = wanted.rlim_max;
  return kernel(__NR_prlimit64, 0, resource, &wanted, nullptr);
}

long go_to(const step& what) {
  auto result = kernel(__NR_chdir, what.strings);
  if (result != -ENOENT || (what.flags & step_make_directory) == 0)
    return result;
  result = make_directories(what.strings);
  return result < 0 ? result : kernel(__NR_chdir, what.strings);
}

/// The steps that need numbers or strings, checked here for all of them.
bool has_operands(const step& what) {
  switch (what.what) {
    case op::enter_cgroup:
    case op::oom_score_adj:
    case op::unshare:
      return what.number_count >= 1;
    case op::hostname:
    case op::mask:
    case op::read_only:
    case op::remount_read_only:
    case op::working_directory:
      return what.string_count >= 1;
    default:
      return true;
  }
}

long run_identity(child_context& context, const step& what) {
  switch (what.what) {
    case op::working_directory:
      return go_to(what);
    case op::close_descriptors:
      return close_descriptors(context);
    case op::user:
      return become_user(context, what);
    case op::capabilities:
      return set_capabilities(what);
    case op::no_new_privs:
      return kernel(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    case op::seccomp:
      return load_filter(what.numbers, what.number_count);
    default:
      return -ENOSYS;
  }
}

long run_step(child_context& context, const step& what) {
  switch (what.what) {
    case op::hostname:
      return set_hostname(what);
    case op::sysctl:
      return set_sysctl(what);
    case op::enter_cgroup:
      return enter_cgroup(context, what);
    case op::oom_score_adj:
      return set_oom_score(what);
    case op::rlimit:
      return set_limit(what);
    case op::unshare:
      return kernel(__NR_unshare, what.numbers[0]);
    case op::join:
      return kernel(__NR_setns, context.container,
                    CLONE_NEWNS | CLONE_NEWCGROUP);
    case op::mount_root:
      return mount_root(context, what);
    case op::mount_descriptor:
      return mount_descriptor(context, what);
    case op::mount_filesystem:
      return mount_filesystem(context, what);
    case op::enter_root:
      return enter_root(context.root);
    case op::bind:
      return bind_inside(what);
    case op::mask:
      return mask_path(what);
    case op::read_only:
      return make_read_only(what.strings);
    case op::remount_read_only:
      return remount_read_only(what.strings);
    default:
      return run_identity(context, what);
  }
}

/// What a person wants to know of a failed step: usually its last path.
const char* describe(const step& what) {
  if (what.string_count == 0)
    return "";
  switch (what.what) {
    case op::mount_filesystem:
    case op::bind:
      return what.string_count > 1 ? next_string(what.strings) : "";
    default:
      return what.strings;
  }
}

/// Whether nothing is left but to execute.
bool only_executes(plan_reader rest) {
  step next;
  return rest.next(next) && next.what == op::execute;
}

bool prepare_stdio(const child_context& context) {
  for (int i = 0; i < 3; ++i)
    if (kernel(__NR_dup3, context.stdio[i], i, 0) < 0)
      return false;
  constexpr auto set_terminal = 0x540e; // TIOCSCTTY
  return !context.tty || kernel(__NR_ioctl, 0, set_terminal, 0) == 0;
}

} // namespace

outcome failure(long error, std::uint16_t step, const char* detail) {
  outcome result = {};
  result.error = static_cast<std::int32_t>(-error);
  result.step = step;
  text_writer{result.detail}.add(detail);
  return result;
}

outcome run_plan(child_context& context) {
  plan_reader plan{context.plan, context.plan_size};
  step what;
  while (plan.next(what)) {
    if (what.what == op::execute)
      return execute(context, what);
    if (what.what == op::seccomp && only_executes(plan)) {
      context.filter = what.numbers;
      context.filter_size = what.number_count;
      continue;
    }
    const auto result = has_operands(what) ? run_step(context, what) : -EINVAL;
    const bool excused =
        (what.flags & step_optional) != 0
        && (result == -ENOENT || result == -ENOTDIR || result == -ENODEV);
    if (result < 0 && !excused)
      return failure(result, code(what.what), describe(what));
  }
  return plan.valid() ? outcome{} : failure(-EBADMSG, 0, "plan");
}

void run_child(child_context& context) {
  kernel(__NR_setsid);
  const std::uint64_t no_signals = 0;
  kernel(__NR_rt_sigprocmask, SIG_SETMASK, &no_signals, nullptr,
         sizeof(no_signals));
  kernel(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  auto result = failure(-EIO, code(op::execute), "standard streams");
  if (prepare_stdio(context))
    result = run_plan(context);
  if (result.error == 0)
    result = failure(-EBADMSG, 0, "a plan that executes nothing");
  kernel_retry(__NR_write, context.report, &result, sizeof(result));
  leave(127);
}

void run_reaper() {
  kernel(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  constexpr auto private_all = 0x4000 | (1 << 18); // MS_REC, MS_PRIVATE
  if (kernel(__NR_unshare, CLONE_NEWNS) < 0
      || kernel(__NR_mount, nullptr, "/", nullptr, private_all, nullptr) < 0)
    leave(1);
  const auto root = make_empty_mount();
  constexpr auto from_descriptor = 4; // MOVE_MOUNT_F_EMPTY_PATH
  if (root < 0
      || kernel(__NR_move_mount, root, "", AT_FDCWD, ".", from_descriptor) < 0
      || enter_root(static_cast<int>(root)) < 0)
    leave(1);
  kernel(__NR_close_range, 0, ~0U, 0);
  drop_all_capabilities();
  // Signals stay blocked as the shim had them: nothing from inside ends it.
  const std::uint64_t child = std::uint64_t{1} << (SIGCHLD - 1);
  for (;;) {
    while (kernel(__NR_wait4, -1, nullptr, 1 /* WNOHANG */, nullptr) > 0)
      ;
    kernel(__NR_rt_sigtimedwait, &child, nullptr, nullptr, sizeof(child));
  }
}

} // namespace troupe::shim

#include "node/shim/identity.hpp"

#include "node/shim/text.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/stat.h>
#include <sys/mman.h>

#include <csignal>

namespace troupe::shim {

namespace {

constexpr auto report_fd = 3;
constexpr char default_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct capability_sets {
  std::uint64_t effective;
  std::uint64_t permitted;
  std::uint64_t inheritable;
};

long read_capabilities(capability_sets& sets) {
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  const auto result = kernel(__NR_capget, &head, data);
  sets.effective = data[0].effective | std::uint64_t{data[1].effective} << 32;
  sets.permitted = data[0].permitted | std::uint64_t{data[1].permitted} << 32;
  return result;
}

long write_capabilities(const capability_sets& sets) {
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (int half = 0; half < 2; ++half) {
    const auto shift = 32 * half;
    data[half].effective = static_cast<std::uint32_t>(sets.effective >> shift);
    data[half].permitted = static_cast<std::uint32_t>(sets.permitted >> shift);
    data[half].inheritable =
        static_cast<std::uint32_t>(sets.inheritable >> shift);
  }
  return kernel(__NR_capset, &head, data);
}

long limit_bounding(std::uint64_t kept) {
  for (unsigned number = 0; number < 64; ++number) {
    if ((kept >> number & 1) != 0)
      continue;
    const auto result = kernel(__NR_prctl, PR_CAPBSET_DROP, number, 0, 0, 0);
    if (result == -EINVAL)
      return 0; // past the last one that this kernel knows
    if (result < 0)
      return result;
  }
  return 0;
}

/// The last value of a variable in an environment of `count` strings.
const char* find_variable(const char* text, std::uint32_t count,
                          const char* front) {
  const char* value = nullptr;
  for (; count > 0; --count) {
    if (begins_with(text, front))
      value = text + strlen(front);
    text += strlen(text) + 1;
  }
  return value;
}

/// Arguments and environment as the kernel wants them: two arrays, each ended
/// by a null pointer, one behind the other.
const char** make_vectors(const step& what) {
  const auto count = std::size_t{what.string_count} + 2;
  const auto memory =
      kernel(__NR_mmap, nullptr, count * sizeof(char*), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory < 0)
    return nullptr;
  auto** vectors = reinterpret_cast<const char**>(memory);
  auto** at = vectors;
  const char* text = what.strings;
  for (std::uint32_t i = 0; i < what.string_count; ++i) {
    if (i == what.numbers[0])
      ++at;
    *at++ = text;
    text += strlen(text) + 1;
  }
  return vectors;
}

bool is_executable(const char* path) {
  struct statx about = {};
  return kernel(__NR_statx, AT_FDCWD, path, 0, STATX_TYPE, &about) == 0
         && (about.stx_mode & S_IFMT) == S_IFREG
         && kernel(__NR_faccessat2, AT_FDCWD, path, 1 /* X_OK */,
                   0x200 /* AT_EACCESS */)
                == 0;
}

/// Puts the program's path together; false when there is none.
bool find_program(const char* name, const char* path, char (&found)[4096]) {
  while (*path != '\0') {
    const char* end = path;
    while (*end != '\0' && *end != ':')
      ++end;
    text_writer out{found};
    out.add(path, static_cast<std::size_t>(end - path));
    out.add(end == path ? "./" : "/").add(name);
    if (is_executable(found))
      return true;
    path = *end == ':' ? end + 1 : end;
  }
  return false;
}

} // namespace

long become_user(const child_context& context, const step& what) {
  if (what.number_count < 2)
    return -EINVAL;
  const auto uid = what.numbers[0];
  const auto gid = what.numbers[1];
  const auto group_count = what.number_count - 2;
  std::uint32_t groups[256];
  if (group_count > sizeof(groups) / sizeof(groups[0]))
    return -EINVAL;
  for (std::uint32_t i = 0; i < group_count; ++i)
    groups[i] = static_cast<std::uint32_t>(what.numbers[i + 2]);
  // So that the process may open /dev/stdout and the like again.
  for (int i = 0; i < 3; ++i)
    if (context.own_stdio[i])
      kernel(__NR_fchown, i, uid, context.tty ? -1L : static_cast<long>(gid));
  auto result = kernel(__NR_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (result == 0)
    result = kernel(__NR_setgroups, group_count, groups);
  if (result == 0)
    result = kernel(__NR_setresgid, gid, gid, gid);
  if (result == 0)
    result = kernel(__NR_setresuid, uid, uid, uid);
  return result;
}

long close_descriptors(child_context& context) {
  long result = 0;
  if (context.report != report_fd)
    result = kernel(__NR_dup3, context.report, report_fd, O_CLOEXEC);
  context.report = report_fd;
  return result < 0 ? result : kernel(__NR_close_range, report_fd + 1, ~0U, 0);
}

long set_capabilities(const step& what) {
  if (what.number_count < 3)
    return -EINVAL;
  capability_sets sets = {};
  auto result = read_capabilities(sets);
  sets.effective = sets.permitted;
  if (result == 0)
    result = write_capabilities(sets);
  if (result == 0)
    result = limit_bounding(what.numbers[0]);
  if (result < 0)
    return result;
  const auto granted = what.numbers[1] & sets.permitted;
  return write_capabilities({granted, granted, what.numbers[2] & granted});
}

void drop_all_capabilities() {
  limit_bounding(0);
  write_capabilities({});
}

long load_filter(const std::uint64_t* instructions, std::uint32_t count) {
  static_assert(sizeof(sock_filter) == sizeof(std::uint64_t));
  const sock_fprog program = {
      static_cast<unsigned short>(count),
      reinterpret_cast<sock_filter*>(const_cast<std::uint64_t*>(instructions))};
  return kernel(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

outcome execute(const child_context& context, const step& what) {
  const auto code = static_cast<std::uint16_t>(op::execute);
  if (what.number_count < 1 || what.numbers[0] < 1
      || what.numbers[0] > what.string_count)
    return failure(-EINVAL, code, "");
  const char* name = what.strings;
  const char** vectors = make_vectors(what);
  if (vectors == nullptr)
    return failure(-ENOMEM, code, name);
  const char** environment = vectors + what.numbers[0] + 1;
  bool has_slash = false;
  for (const char* at = name; *at != '\0'; ++at)
    has_slash = has_slash || *at == '/';
  char found[4096];
  const char* program = name;
  if (!has_slash) {
    const char* path = nullptr;
    if (*environment != nullptr)
      path = find_variable(*environment,
                           what.string_count
                               - static_cast<std::uint32_t>(what.numbers[0]),
                           "PATH=");
    if (!find_program(name, path != nullptr ? path : default_path, found))
      return failure(-ENOENT, code, name);
    program = found;
  }
  kernel(__NR_umask, 022);
  // Taking other ids has cleared it.
  kernel(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  const outcome fine = {};
  kernel_retry(__NR_write, context.report, &fine, sizeof(fine));
  const bool exists = !has_slash || is_executable(program);
  if (context.filter != nullptr)
    if (const auto loaded = load_filter(context.filter, context.filter_size);
        loaded < 0)
      return failure(loaded, static_cast<std::uint16_t>(op::seccomp), "");
  const auto error = kernel(__NR_execve, program, vectors, environment);
  auto result = failure(error, code, program);
  result.flags = exists ? failed_found : 0;
  return result;
}

} // namespace troupe::shim

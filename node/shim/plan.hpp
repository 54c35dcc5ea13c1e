#pragma once

#include <cstddef>
#include <cstdint>

/// A plan: what a new process does before it becomes a container's, step by
/// step. The agent decides everything and writes it down in a memory file; the
/// shim's child carries it out. Frozen like the protocol.
///
/// A plan is a `plan_head` and its steps. Every step has one form: a
/// `step_head`, its numbers (64 bits each), its strings (each ended by a
/// zero), and zeros up to a multiple of eight octets.
namespace troupe::shim {

inline constexpr std::uint32_t plan_magic = 0x31505354; // "TSP1"
inline constexpr std::uint16_t plan_version = 1;
inline constexpr std::size_t plan_size_max = 4 * 1024 * 1024;

struct plan_head {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t reserved;
  std::uint32_t size; ///< of the whole plan
  std::uint32_t steps;
};

struct step_head {
  std::uint16_t op;
  std::uint16_t flags;
  std::uint32_t size; ///< of the whole step
  std::uint32_t numbers;
  std::uint32_t strings;
};

static_assert(sizeof(plan_head) == 16);
static_assert(sizeof(step_head) == 16);

/// Steps; [numbers] and "strings" follow each. A descriptor is named by its
/// place in the packet.
enum class op : std::uint16_t {
  hostname = 1,         ///< "name"; of the pod
  sysctl = 2,           ///< "net/core/somaxconn" "value"; of the pod
  enter_cgroup = 3,     ///< [procs descriptor]
  oom_score_adj = 4,    ///< [value as int64]; refused: left as it is
  rlimit = 5,           ///< [resource, soft, hard]; hard is clamped
  unshare = 6,          ///< [CLONE_* flags]
  join = 7,             ///< mount and cgroup namespaces of the exec's container
  mount_root = 8,       ///< [mount descriptor]; private to the new namespace
  mount_descriptor = 9, ///< [mount descriptor] "destination"
  mount_filesystem = 10, ///< [MOUNT_ATTR_*] "type" "destination" "key" "value"…
                         ///< an empty value makes the key a flag
  enter_root = 12,        ///< pivot into the mounted root, let the old one go
  bind = 13,              ///< "source" "destination", in the container
  mask = 14,              ///< "path"
  read_only = 15,         ///< "path"
  remount_read_only = 16, ///< "path" of a mount; those below stay
  working_directory = 17, ///< "path"
  user = 18,              ///< [uid, gid, supplementary gid…]
  capabilities = 19,      ///< [bounding, effective, inheritable]
  no_new_privs = 20,
  seccomp = 21, ///< [sock_filter…]; before `execute`: loaded last of all
  execute = 22, ///< [number of arguments] "argument"… "NAME=value"…
  /// All but the standard streams and the report. Before any path that others
  /// choose is walked: /proc/self/fd would lead out of the container.
  close_descriptors = 23,
};

inline constexpr std::uint16_t step_make_directory = 1; ///< if it is missing
inline constexpr std::uint16_t step_make_file = 2;      ///< if it is missing
inline constexpr std::uint16_t step_no_links = 4; ///< no symlink in the path
inline constexpr std::uint16_t step_optional = 8; ///< a missing path is fine

/// A step inside a plan; it points into the plan's memory.
struct step {
  op what;
  std::uint16_t flags;
  const std::uint64_t* numbers;
  std::uint32_t number_count;
  const char* strings; ///< the first; each next one follows its zero
  std::uint32_t string_count;
};

/// Walks a plan in memory aligned to eight octets. Nothing outside of it is
/// read, whatever it says.
class plan_reader {
public:
  plan_reader(const void* data, std::size_t size)
      : at_(static_cast<const char*>(data)), end_(at_) {
    const auto* head = static_cast<const plan_head*>(data);
    if (size < sizeof(plan_head) || size > plan_size_max
        || head->magic != plan_magic || head->version != plan_version
        || head->size != size || size % 8 != 0)
      return;
    end_ = at_ + size;
    at_ += sizeof(plan_head);
    left_ = head->steps;
    valid_ = true;
  }

  /// Nothing wrong was met so far.
  bool valid() const { return valid_; }

  /// The next step. False at the end and where the plan is malformed.
  bool next(step& result) {
    if (!valid_ || left_ == 0)
      return false;
    --left_;
    valid_ = read(result);
    return valid_;
  }

private:
  bool read(step& result) {
    const auto room = static_cast<std::size_t>(end_ - at_);
    if (room < sizeof(step_head))
      return false;
    const auto& head = *reinterpret_cast<const step_head*>(at_);
    const auto numbers = std::size_t{head.numbers} * sizeof(std::uint64_t);
    if (head.size > room || head.size % 8 != 0
        || head.size < sizeof(step_head) + numbers)
      return false;
    const char* strings = at_ + sizeof(step_head) + numbers;
    at_ += head.size;
    if (!has_strings(strings, at_, head.strings))
      return false;
    result = {static_cast<op>(head.op),
              head.flags,
              reinterpret_cast<const std::uint64_t*>(strings - numbers),
              head.numbers,
              strings,
              head.strings};
    return true;
  }

  static bool has_strings(const char* from, const char* end,
                          std::uint32_t count) {
    for (; count > 0 && from != end; ++from)
      if (*from == '\0')
        --count;
    return count == 0;
  }

  const char* at_;
  const char* end_;
  std::uint32_t left_ = 0;
  bool valid_ = false;
};

} // namespace troupe::shim

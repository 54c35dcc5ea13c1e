#pragma once

#include <cstddef>
#include <cstdint>

/// What an agent and a pod shim say to each other over a unix SEQPACKET
/// socket, "shim.sock" in the pod's directory. One packet is one message: a
/// `header` and the body that its kind names, in the machine's own byte order.
///
/// The protocol is frozen: a shim lives as long as its pod, so that every later
/// agent must speak to shims of this version. What a kind means never changes;
/// a new meaning is a new kind, which an old shim answers with ENOSYS.
namespace troupe::shim {

inline constexpr std::uint32_t protocol_magic = 0x31485354; // "TSH1"
inline constexpr std::uint16_t protocol_version = 1;

inline constexpr std::size_t id_size_max = 127;
inline constexpr std::size_t containers_max = 64;
inline constexpr std::size_t execs_max = 256;
inline constexpr std::size_t attaches_max = 64;
/// Descriptors in one packet; the kernel's bound is 253.
inline constexpr std::size_t descriptors_max = 250;
inline constexpr std::size_t packet_size_max = 16 * 1024;

inline constexpr char socket_name[] = "shim.sock";
/// Locked (flock(2)) while the shim lives.
inline constexpr char journal_name[] = "journal";
/// What `journal` becomes when it is full.
inline constexpr char old_journal_name[] = "journal.old";

enum class message : std::uint16_t {
  // To the shim. Each is answered by one `reply` with the same request number.
  hello = 1,      ///< no body; answered with `hello_reply`
  setup = 2,      ///< `setup_request`; plan, then netns as flagged
  start = 3,      ///< `start_request`; plan, log directory, then as flagged
  exec = 4,       ///< `exec_request`; plan, then as flagged
  signal = 5,     ///< `signal_request`
  attach = 6,     ///< `attach_request`; pipes to write out and err into
  resize = 7,     ///< `resize_request`
  reopen_log = 8, ///< `target`
  state = 9,      ///< no body; answered with `state_reply`
  shutdown = 10,  ///< no body; answered when every process is gone
  // From the shim.
  reply = 64,            ///< an `outcome`, or a struct that begins with one
  container_exited = 65, ///< `container_record`
  exec_exited = 66,      ///< `exec_record`
};

struct header {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t kind;
  std::uint32_t request; ///< chosen by the agent; 0 in events
  std::uint32_t size;    ///< of the body, which follows
};

/// How a request went.
struct outcome {
  std::int32_t error;  ///< an errno; 0: it went well
  std::uint16_t step;  ///< the `op` that failed, or 0
  std::uint16_t flags; ///< `failed_*`
  char detail[248];    ///< the path or name at hand; ends with a zero
};

/// The program was found but could not be executed.
inline constexpr std::uint16_t failed_found = 1;

struct hello_reply {
  outcome how;
  char pod_uid[64];
  std::uint32_t pid; ///< the shim's
  std::uint32_t flags;
  std::uint8_t boot_id[16];
};

inline constexpr std::uint32_t sandbox_ready = 1;     ///< setup is done
inline constexpr std::uint32_t sandbox_host_pid = 2;  ///< no PID namespace
inline constexpr std::uint32_t sandbox_share_pid = 4; ///< one for the pod
inline constexpr std::uint32_t sandbox_new_ipc = 8;
inline constexpr std::uint32_t sandbox_new_uts = 16;
inline constexpr std::uint32_t sandbox_has_netns = 32; ///< a descriptor

struct setup_request {
  char pod_uid[64];
  std::uint32_t flags; ///< `sandbox_*`
  std::uint32_t reserved;
};

inline constexpr std::uint32_t process_tty = 1;
inline constexpr std::uint32_t process_stdin = 2;
inline constexpr std::uint32_t process_stdin_once = 4;
inline constexpr std::uint32_t process_stdout = 8;
inline constexpr std::uint32_t process_stderr = 16;
inline constexpr std::uint32_t process_has_devpts = 32; ///< a descriptor
inline constexpr std::uint32_t process_has_cgroup = 64; ///< a descriptor
/// The last descriptor of all, a pidfd: born in that process's PID namespace.
inline constexpr std::uint32_t process_joins_pids = 128;

/// Descriptors: plan, log directory, devpts mount, v2 cgroup directory, then
/// those that the plan's steps name by their place in the packet. Answered
/// with `start_reply`.
struct start_request {
  char id[id_size_max + 1];
  char log_name[64];
  std::uint64_t log_size_max;
  std::uint32_t log_files_max;
  std::uint32_t flags; ///< `process_*`
};

struct start_reply {
  outcome how;
  std::int64_t started_at; ///< nanoseconds since 1970
  std::uint64_t exec_id;   ///< of an exec
  std::uint32_t pid;       ///< the host's
  std::uint32_t reserved;
};

/// Descriptors: plan, v2 cgroup directory, in, out, err as flagged, then those
/// that the plan's steps name. Answered with `start_reply`, and with a tty its
/// master's descriptor.
struct exec_request {
  char id[id_size_max + 1];
  std::uint32_t flags; ///< `process_*`
  std::uint16_t columns;
  std::uint16_t rows;
};

/// A container's main process, or that of an exec when `exec_id` is not 0.
struct target {
  char id[id_size_max + 1];
  std::uint64_t exec_id;
};

struct signal_request {
  target to;
  std::int32_t number;
  std::uint32_t all; ///< also the container's execs
};

struct resize_request {
  target of;
  std::uint16_t columns;
  std::uint16_t rows;
  std::uint32_t reserved;
};

/// Descriptors: out, err as flagged. Answered with an `attach_reply` and the
/// descriptor to write input into, if asked for and there is one.
struct attach_request {
  char id[id_size_max + 1];
  std::uint32_t flags; ///< process_stdin, process_stdout, process_stderr
  std::uint32_t reserved;
};

struct attach_reply {
  outcome how;
  std::uint32_t flags; ///< process_tty
  std::uint32_t reserved;
};

inline constexpr std::uint32_t phase_running = 1;
inline constexpr std::uint32_t phase_exited = 2;

struct container_record {
  char id[id_size_max + 1];
  std::uint32_t phase;
  std::uint32_t flags; ///< process_tty
  std::uint32_t pid;
  std::int32_t status; ///< as wait(2) gives it
  std::int64_t started_at;
  std::int64_t finished_at;
  std::uint64_t log_dropped; ///< octets of output with no room on the disk
};

struct exec_record {
  std::uint64_t exec_id;
  std::int64_t started_at;
  std::int64_t finished_at;
  std::int32_t status;
  std::uint32_t pid;
};

/// Followed by `count` container_records, in the order of their starts.
struct state_reply {
  outcome how;
  std::uint32_t count;
  std::uint32_t reserved;
};

/// One line of a pod's journal, an append-only file of such records. An
/// `exited` record is written before an agent is told.
struct journal_record {
  std::uint32_t magic; ///< journal_magic
  std::uint32_t crc;   ///< CRC-32C of what follows
  std::uint16_t version;
  std::uint16_t kind; ///< journal_started, journal_exited
  std::uint32_t pid;  ///< the host's
  /// Of the process, in clock ticks since boot: with the boot id it tells a
  /// process from a later one with the same number.
  std::uint64_t start_ticks;
  std::int64_t started_at;
  std::int64_t finished_at; ///< exited
  std::int32_t status;      ///< exited; as wait(2) gives it
  std::uint32_t flags;      ///< process_tty
  std::uint8_t boot_id[16];
  char id[id_size_max + 1];
  std::uint64_t log_dropped;
};

inline constexpr std::uint32_t journal_magic = 0x314a5354; // "TSJ1"
inline constexpr std::uint16_t journal_version = 1;
inline constexpr std::uint16_t journal_started = 1;
inline constexpr std::uint16_t journal_exited = 2;
inline constexpr std::size_t journal_records_max = 4096;

static_assert(sizeof(header) == 16);
static_assert(sizeof(outcome) == 256);
static_assert(sizeof(hello_reply) == 344);
static_assert(sizeof(setup_request) == 72);
static_assert(sizeof(start_request) == 208);
static_assert(sizeof(start_reply) == 280);
static_assert(sizeof(exec_request) == 136);
static_assert(sizeof(target) == 136);
static_assert(sizeof(signal_request) == 144);
static_assert(sizeof(resize_request) == 144);
static_assert(sizeof(attach_request) == 136);
static_assert(sizeof(attach_reply) == 264);
static_assert(sizeof(container_record) == 168);
static_assert(sizeof(exec_record) == 32);
static_assert(sizeof(state_reply) == 264);
static_assert(sizeof(journal_record) == 200);
static_assert(sizeof(header) + sizeof(state_reply)
                  + containers_max * sizeof(container_record)
              <= packet_size_max);

} // namespace troupe::shim

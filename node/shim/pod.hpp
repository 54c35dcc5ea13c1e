#pragma once

#include "node/shim/log_file.hpp"
#include "node/shim/protocol.hpp"

/// Everything the shim knows, in one place of fixed size: pages that no
/// container needs are never touched and cost nothing.
namespace troupe::shim {

/// What the shim waits for; with an index it makes epoll's user data.
enum class source : std::uint32_t {
  listener,
  agent,
  container_report, ///< index: container
  container_exit,   ///< index: container
  container_output, ///< index: 2 * container + stream
  exec_report,      ///< index: exec
  exec_exit,        ///< index: exec
  attach,           ///< index: attach
};

/// A child, from clone to wait.
struct process {
  int pid = 0;
  int pidfd = -1;
  int report = -1;              ///< until it has executed
  bool executes = false;        ///< it said so: what follows is execve(2)
  std::uint32_t request = 0;    ///< to answer once it has executed
  std::uint32_t connection = 0; ///< whose request it is
  std::uint64_t start_ticks = 0;
  std::int64_t started_at = 0;
};

enum class phase : std::uint8_t {
  unused,
  starting,
  running,
  ending, ///< the process is gone, its output not yet written
  exited,
};

/// One end of a container's output.
struct output {
  int fd = -1;
  bool waits = false;     ///< for an attached reader
  bool was_read = false;  ///< by an attached reader, now or earlier
  std::uint32_t kept = 0; ///< how much of its `first_words` is in use
  line_splitter lines;
};

struct container {
  phase now = phase::unused;
  process main;
  char id[id_size_max + 1] = {};
  std::uint32_t flags = 0; ///< `process_*`
  std::uint32_t order = 0; ///< of starts
  std::int32_t status = 0;
  std::int64_t finished_at = 0;
  int input = -1;    ///< what writes to its stdin
  int devpts = -1;   ///< its mount, for terminals of execs
  output outputs[2]; ///< stdout or terminal, stderr
  log_file log;
};

struct exec_slot {
  bool used = false;
  process main;
  std::uint64_t id = 0;
  std::uint32_t of = 0; ///< index of the container
  int terminal = -1;    ///< the process's end, to resize it
  int master = -1;      ///< until the agent has it
};

/// A reader of a container's output, with the agent at the other end.
struct attach_slot {
  int fd = -1;
  std::uint32_t of = 0;     ///< index of the container
  std::uint32_t stream = 0; ///< index of its output
  bool full = false;
  std::int64_t full_since = 0;
};

/// Slots that begin to exist when they are first used: pages beyond stay
/// untouched.
template <class T, std::size_t Size>
class slots {
public:
  T* begin() { return reinterpret_cast<T*>(space_); }
  T* end() { return begin() + used_; }
  T& operator[](std::size_t index) { return begin()[index]; }

  /// One more; null when there are `Size`.
  T* grow() {
    if (used_ == Size)
      return nullptr;
    begin()[used_] = {};
    return begin() + used_++;
  }

  std::uint32_t index_of(const T& slot) {
    return static_cast<std::uint32_t>(&slot - begin());
  }

private:
  alignas(T) unsigned char space_[Size * sizeof(T)];
  std::uint32_t used_;
};

struct pod {
  int poll = 0;
  int listener = 0;
  int agent = -1;
  std::uint32_t connection = 0; ///< counts agents
  int own_pids = -1;            ///< the PID namespace of the shim
  int reaper_pid = 0;           ///< of a shared PID namespace
  std::uint32_t flags = 0;
  bool ends = false; ///< shutdown was asked for
  std::uint32_t shutdown_request = 0;
  std::uint32_t starts = 0;
  std::uint64_t exec_count = 0;
  char uid[64] = {};
  std::uint8_t boot_id[16] = {};
};

extern pod self;
extern slots<container, containers_max> containers;
extern slots<exec_slot, execs_max> execs;
extern slots<attach_slot, attaches_max> readers;

/// Memory to collect a stream's line in.
char* line_buffer(std::uint32_t container, std::uint32_t stream);

/// Memory for what a stream's first reader is to see although it came late.
inline constexpr std::size_t first_words_max = 16 * 1024;
char* first_words(std::uint32_t container, std::uint32_t stream);

void watch(int fd, source what, std::uint32_t index, std::uint32_t events);
void unwatch(int fd);

/// Closes what may be watched. Closing alone is not enough: a child that has
/// not executed yet holds a copy, and epoll would go on telling of it.
void close_watched(int& fd);

/// The container of that name in use, or null.
container* find_container(const char* id);
exec_slot* find_exec(std::uint64_t id);
/// The container with the least order above `after`, of those that were
/// started; null: no more.
const container* next_started(std::uint32_t after);
bool is_alive(const container& value);

} // namespace troupe::shim

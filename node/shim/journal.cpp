#include "node/shim/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cstddef>

namespace troupe::shim {

namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr auto sync_delay = 100 * millisecond;

int journal = -1;
std::uint64_t size = 0;
std::int64_t sync_due = 0; ///< 0: nothing is owed to the disk

journal_record describe(const container& value, std::uint16_t kind) {
  journal_record record = {};
  record.magic = journal_magic;
  record.version = journal_version;
  record.kind = kind;
  record.pid = static_cast<std::uint32_t>(value.main.pid);
  record.start_ticks = value.main.start_ticks;
  record.started_at = value.main.started_at;
  record.flags = value.flags & process_tty;
  memcpy(record.boot_id, self.boot_id, sizeof(record.boot_id));
  text_writer{record.id}.add(value.id);
  return record;
}

void append(journal_record& record) {
  constexpr auto covered = offsetof(journal_record, version);
  record.crc = crc32c(reinterpret_cast<const char*>(&record) + covered,
                      sizeof(record) - covered);
  const auto written =
      kernel_retry(__NR_write, journal, &record, sizeof(record));
  if (written == static_cast<long>(sizeof(record)))
    size += sizeof(record);
  else if (written > 0)
    kernel(__NR_ftruncate, journal, size);
}

journal_record describe_exit(const container& value) {
  auto record = describe(value, journal_exited);
  record.finished_at = value.finished_at;
  record.status = value.status;
  record.log_dropped = value.log.dropped();
  return record;
}

/// A full journal becomes the old one. What is remembered is written again: a
/// container may live for longer than two journals last.
void rotate_full() {
  if (size < journal_records_max * sizeof(journal_record))
    return;
  kernel(__NR_renameat2, AT_FDCWD, journal_name, AT_FDCWD, old_journal_name, 0);
  if (open_journal() < 0) {
    // The full one goes on, rather than none.
    kernel(__NR_renameat2, AT_FDCWD, old_journal_name, AT_FDCWD, journal_name,
           0);
    return;
  }
  for (const auto* each = next_started(0); each != nullptr;
       each = next_started(each->order)) {
    auto record = each->now == phase::exited ? describe_exit(*each)
                                             : describe(*each, journal_started);
    append(record);
  }
}

} // namespace

long open_journal() {
  const auto fd = kernel(__NR_openat, AT_FDCWD, journal_name,
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    return fd;
  kernel(__NR_flock, fd, LOCK_EX | LOCK_NB);
  close_descriptor(journal);
  journal = static_cast<int>(fd);
  size = static_cast<std::uint64_t>(kernel(__NR_lseek, fd, 0, SEEK_END));
  return 0;
}

void journal_start(const container& value) {
  rotate_full();
  auto record = describe(value, journal_started);
  append(record);
}

void journal_exit(const container& value) {
  rotate_full();
  auto record = describe_exit(value);
  append(record);
  if (sync_due == 0)
    sync_due = mono_now() + sync_delay;
}

int sync_when_due() {
  if (sync_due == 0)
    return -1;
  const auto left = sync_due - mono_now();
  if (left > 0)
    return static_cast<int>(left / millisecond) + 1;
  sync_due = 0;
  kernel(__NR_fdatasync, journal);
  return -1;
}

} // namespace troupe::shim

#include "node/shim/outputs.hpp"

#include "node/shim/containers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>

namespace troupe::shim {

namespace {

/// A pipe with any room takes this much at once (PIPE_BUF).
constexpr std::size_t whole_write_max = 4096;
/// Of a container that is over: what its descendants go on writing is not its
/// own any more.
constexpr std::size_t last_words_max = 1024 * 1024;

enum class readiness : std::uint8_t { none, ready, full };

bool reads(const attach_slot& reader, std::uint32_t container,
           std::uint32_t stream) {
  return reader.fd >= 0 && reader.of == container && reader.stream == stream;
}

bool has_room(int fd) {
  pollfd one = {fd, POLLOUT, 0};
  const timespec at_once = {};
  return kernel(__NR_ppoll, &one, 1, &at_once, nullptr, 0) != 0;
}

/// Whether all readers of an output have room; notes those that do not.
readiness check_readers(std::uint32_t container, std::uint32_t stream) {
  auto result = readiness::none;
  for (auto& reader : readers) {
    if (!reads(reader, container, stream))
      continue;
    if (result == readiness::none)
      result = readiness::ready;
    if (has_room(reader.fd))
      continue;
    if (!reader.full)
      reader.full_since = mono_now();
    reader.full = true;
    watch(reader.fd, source::attach, readers.index_of(reader), EPOLLOUT);
    result = readiness::full;
  }
  return result;
}

void copy_to_readers(std::uint32_t container, std::uint32_t stream,
                     const char* data, std::size_t size) {
  for (auto& reader : readers)
    if (reads(reader, container, stream)
        && kernel_retry(__NR_write, reader.fd, data, size) < 0)
      close_watched(reader.fd);
}

/// Who starts a container to talk to it attaches a moment later: until then its
/// output is kept, the newest of it if it is too much.
void keep_for_first_reader(const container& value, std::uint32_t stream,
                           output& from, const char* data, std::size_t size) {
  if ((value.flags & process_stdin_once) == 0 || from.was_read)
    return;
  if (size > first_words_max) {
    data += size - first_words_max;
    size = first_words_max;
  }
  auto* kept = first_words(containers.index_of(value), stream);
  if (from.kept + size > first_words_max) {
    const auto surplus = from.kept + size - first_words_max;
    memmove(kept, kept + surplus, from.kept - surplus);
    from.kept -= static_cast<std::uint32_t>(surplus);
  }
  memcpy(kept + from.kept, data, size);
  from.kept += static_cast<std::uint32_t>(size);
}

const char* stream_name(std::uint32_t stream) {
  return stream == 0 ? "stdout" : "stderr";
}

/// Reads once. Returns what read(2) does; 0 also when a reader is in the way.
long read_output(container& value, std::uint32_t stream) {
  auto& from = value.outputs[stream];
  const auto index = containers.index_of(value);
  const auto ready = check_readers(index, stream);
  from.waits = ready == readiness::full;
  if (from.waits) {
    unwatch(from.fd);
    return 0;
  }
  auto* room = from.lines.room();
  auto size = from.lines.room_size();
  if (ready == readiness::ready && size > whole_write_max)
    size = whole_write_max;
  const auto count = kernel_retry(__NR_read, from.fd, room, size);
  if (count <= 0)
    return count;
  const auto read = static_cast<std::size_t>(count);
  if (ready == readiness::ready)
    copy_to_readers(index, stream, room, read);
  else
    keep_for_first_reader(value, stream, from, room, read);
  from.lines.added(read, wall_now(), stream_name(stream), value.log);
  return count;
}

void resume(container& value, std::uint32_t stream) {
  auto& from = value.outputs[stream];
  if (!from.waits)
    return;
  from.waits = false;
  if (value.now == phase::ending) {
    pump_outputs(value);
    finish_if_drained(value);
  } else if (from.fd >= 0) {
    watch(from.fd, source::container_output,
          2 * containers.index_of(value) + stream, EPOLLIN);
  }
}

void remove_reader(attach_slot& reader) {
  close_watched(reader.fd);
  reader.full = false;
}

} // namespace

void open_outputs(container& value) {
  const auto index = containers.index_of(value);
  for (std::uint32_t i = 0; i < 2; ++i) {
    auto& each = value.outputs[i];
    if (each.fd < 0)
      continue;
    each.lines.use(line_buffer(index, i));
    kernel(__NR_fcntl, each.fd, F_SETFL, O_NONBLOCK);
    watch(each.fd, source::container_output, 2 * index + i, EPOLLIN);
  }
}

void on_output(container& value, std::uint32_t stream) {
  auto& from = value.outputs[stream];
  if (from.fd < 0)
    return;
  const auto count = read_output(value, stream);
  if (count > 0 || count == -EAGAIN || from.waits)
    return;
  // The end, which a terminal tells as EIO. Its readers need not wait for the
  // exit, which follows.
  if (value.now == phase::running && (value.flags & process_tty) != 0)
    unwatch(from.fd);
  else
    close_watched(from.fd);
}

void pump_outputs(container& value) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    if (value.outputs[i].fd < 0)
      continue;
    std::size_t total = 0;
    while (total < last_words_max) {
      const auto count = read_output(value, i);
      if (count <= 0)
        break;
      total += static_cast<std::size_t>(count);
    }
  }
}

void end_outputs(container& value) {
  const auto index = containers.index_of(value);
  for (std::uint32_t i = 0; i < 2; ++i) {
    value.outputs[i].lines.finish(wall_now(), stream_name(i), value.log);
    for (auto& reader : readers)
      if (reads(reader, index, i))
        remove_reader(reader);
  }
}

bool add_reader(container& value, std::uint32_t stream, int fd) {
  attach_slot* slot = nullptr;
  for (auto& each : readers)
    if (each.fd < 0)
      slot = &each;
  if (slot == nullptr)
    slot = readers.grow();
  if (slot == nullptr)
    return false;
  const auto index = containers.index_of(value);
  *slot = {fd, index, stream, false, 0};
  kernel(__NR_fcntl, fd, F_SETFL, O_NONBLOCK);
  auto& from = value.outputs[stream];
  from.was_read = true;
  if (from.kept > 0)
    kernel_retry(__NR_write, fd, first_words(index, stream), from.kept);
  from.kept = 0;
  // Errors only: the reader is gone.
  watch(fd, source::attach, readers.index_of(*slot), 0);
  return true;
}

void on_reader(attach_slot& reader, std::uint32_t events) {
  if (reader.fd < 0)
    return;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    remove_reader(reader);
  else
    watch(reader.fd, source::attach, readers.index_of(reader), 0);
  reader.full = false;
  resume(containers[reader.of], reader.stream);
}

int expire_readers() {
  std::int64_t wait = -1;
  for (auto& reader : readers) {
    if (reader.fd < 0 || !reader.full)
      continue;
    const auto left = reader.full_since + reader_patience - mono_now();
    if (left <= 0) {
      remove_reader(reader);
      resume(containers[reader.of], reader.stream);
    } else if (wait < 0 || left < wait) {
      wait = left;
    }
  }
  return wait < 0 ? -1 : static_cast<int>(wait / 1'000'000) + 1;
}

} // namespace troupe::shim

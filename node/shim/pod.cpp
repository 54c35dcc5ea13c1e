#include "node/shim/pod.hpp"

#include <sys/epoll.h>

namespace troupe::shim {

constinit pod self;
slots<container, containers_max> containers;
slots<exec_slot, execs_max> execs;
slots<attach_slot, attaches_max> readers;

namespace {

char line_buffers[containers_max][2][line_splitter::size_max];
char first_words_of[containers_max][2][first_words_max];

} // namespace

char* line_buffer(std::uint32_t container, std::uint32_t stream) {
  return line_buffers[container][stream];
}

char* first_words(std::uint32_t container, std::uint32_t stream) {
  return first_words_of[container][stream];
}

void watch(int fd, source what, std::uint32_t index, std::uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 =
      std::uint64_t{static_cast<std::uint32_t>(what)} << 32 | index;
  if (kernel(__NR_epoll_ctl, self.poll, EPOLL_CTL_ADD, fd, &event) == -EEXIST)
    kernel(__NR_epoll_ctl, self.poll, EPOLL_CTL_MOD, fd, &event);
}

void unwatch(int fd) {
  epoll_event unused = {};
  kernel(__NR_epoll_ctl, self.poll, EPOLL_CTL_DEL, fd, &unused);
}

void close_watched(int& fd) {
  if (fd >= 0)
    unwatch(fd);
  close_descriptor(fd);
}

container* find_container(const char* id) {
  for (auto& each : containers)
    if (each.now != phase::unused && same(each.id, id))
      return &each;
  return nullptr;
}

exec_slot* find_exec(std::uint64_t id) {
  for (auto& each : execs)
    if (each.used && each.id == id)
      return &each;
  return nullptr;
}

const container* next_started(std::uint32_t after) {
  const container* next = nullptr;
  for (const auto& each : containers)
    if (each.now != phase::unused && each.now != phase::starting
        && each.order > after && (next == nullptr || each.order < next->order))
      next = &each;
  return next;
}

bool is_alive(const container& value) {
  return value.now == phase::starting || value.now == phase::running;
}

} // namespace troupe::shim

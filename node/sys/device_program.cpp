#include "node/sys/device_program.hpp"

#include "node/sys/os_error.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace troupe::sys {

namespace {

long call(bpf_cmd command, bpf_attr& with) {
  return ::syscall(SYS_bpf, command, &with, sizeof(with));
}

} // namespace

result<unique_fd> load_device_program(std::span<const bpf_insn> program) {
  bpf_attr with = {};
  with.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  with.insns = reinterpret_cast<std::uintptr_t>(program.data());
  with.insn_cnt = static_cast<std::uint32_t>(program.size());
  // It calls nothing of the kernel's: any license will do.
  with.license = reinterpret_cast<std::uintptr_t>("");
  unique_fd loaded{static_cast<int>(call(BPF_PROG_LOAD, with))};
  if (!loaded)
    return os_error("load", "a BPF program for devices");
  return loaded;
}

status_result attach_device_program(const unique_fd& group,
                                    const unique_fd& program) {
  bpf_attr with = {};
  with.target_fd = static_cast<std::uint32_t>(group.get());
  with.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  with.attach_type = BPF_CGROUP_DEVICE;
  if (call(BPF_PROG_ATTACH, with) != 0)
    return os_error("attach", "a BPF program for devices");
  return unit{};
}

} // namespace troupe::sys

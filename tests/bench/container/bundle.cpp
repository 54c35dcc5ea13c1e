#include "tests/bench/container/bundle.hpp"

#include "node/sandbox/seccomp_calls.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <span>

namespace troupe::bench {

namespace {

constexpr const char* capabilities[] = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE"};
constexpr const char* masked[] = {
    "/proc/asound",     "/proc/acpi",        "/proc/interrupts",
    "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
    "/proc/scsi",       "/sys/firmware",     "/sys/devices/virtual/powercap"};
constexpr const char* read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq",
                                     "/proc/sys", "/proc/sysrq-trigger"};
constexpr std::uint64_t files_max = 4096;

std::string quoted(std::span<const char* const> names) {
  std::string out;
  for (const auto* name : names)
    out += (out.empty() ? "\"" : ",\"") + std::string{name} + "\"";
  return "[" + out + "]";
}

/// What both sides let a container call.
std::string profile_text() {
  return R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":[)"
         R"("SCMP_ARCH_X86_64"],"syscalls":[{"action":"SCMP_ACT_ALLOW",)"
         R"("names":)"
         + quoted(sandbox::usual_calls()) + "}]}";
}

std::string mount(const char* at, const char* type, const char* options) {
  return std::string{R"({"destination":")"} + at + R"(","type":")" + type
         + R"(","source":")" + type + R"(","options":[)" + options + "]}";
}

std::string process_text() {
  const auto each = quoted(capabilities);
  return R"("process":{"user":{"uid":0,"gid":0},"args":["/bin/true"],)"
         R"("env":["PATH=/bin"],"cwd":"/","noNewPrivileges":false,)"
         R"("rlimits":[{"type":"RLIMIT_NOFILE","soft":)"
         + std::to_string(files_max) + R"(,"hard":)" + std::to_string(files_max)
         + R"(}],"capabilities":{"bounding":)" + each + R"(,"effective":)"
         + each + R"(,"permitted":)" + each + "}}";
}

std::string mounts_text() {
  return R"("mounts":[)" + mount("/proc", "proc", "") + ","
         + mount("/dev", "tmpfs", R"("nosuid","mode=755","size=65536k")") + ","
         + mount("/dev/pts", "devpts", R"("newinstance","ptmxmode=0666")") + ","
         + mount("/dev/shm", "tmpfs", R"("mode=1777","size=65536k")") + ","
         + mount("/dev/mqueue", "mqueue", "") + ","
         + mount("/sys", "sysfs", R"("ro")") + ","
         + mount("/sys/fs/cgroup", "cgroup", R"("ro")") + "]";
}

std::string resources_text() {
  const auto wanted = common_limits();
  return R"("resources":{"devices":[{"allow":false,"access":"rwm"}],)"
         R"("memory":{"limit":)"
         + std::to_string(*wanted.memory_max_bytes) + R"(},"cpu":{"shares":)"
         + std::to_string(*wanted.cpu_shares) + R"(,"quota":)"
         + std::to_string(*wanted.cpu_quota_us) + R"(,"period":)"
         + std::to_string(*wanted.cpu_period_us) + R"(},"pids":{"limit":)"
         + std::to_string(*wanted.pids_max) + "}}";
}

} // namespace

cgroup::limits common_limits() {
  cgroup::limits out;
  out.cpu_shares = 512;
  out.cpu_quota_us = 100'000;
  out.cpu_period_us = 100'000;
  out.memory_max_bytes = 64 << 20;
  out.pids_max = 64;
  return out;
}

void make_bundle(const std::string& path, const std::string& group) {
  const auto root = path + "/rootfs";
  for (const auto* name : {"/bin", "/proc", "/sys", "/dev", "/tmp"})
    std::filesystem::create_directories(root + name);
  std::filesystem::copy_file("/bin/busybox", root + "/bin/busybox");
  std::filesystem::create_symlink("busybox", root + "/bin/true");
  std::ofstream{path + "/config.json"}
      << R"({"ociVersion":"1.0.2","root":{"path":"rootfs"},"hostname":"web",)"
      << process_text() << "," << mounts_text()
      << R"(,"linux":{"cgroupsPath":")" << group << R"(",)" << resources_text()
      << R"(,"seccomp":)" << profile_text() << R"(,"maskedPaths":)"
      << quoted(masked) << R"(,"readonlyPaths":)" << quoted(read_only)
      << R"(,"namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},)"
      << R"({"type":"mount"},{"type":"cgroup"},{"type":"network","path":")"
      << path << R"(/netns"}]}})";
}

sandbox::sandbox_spec make_pod(const std::string& path,
                               const std::string& name) {
  sandbox::sandbox_spec out;
  out.pod_uid = name;
  out.hostname = "web";
  out.netns_path = path + "/netns";
  out.directory = path + "/" + name;
  return out;
}

sandbox::container_spec make_container(const std::string& path,
                                       const std::string& id) {
  sandbox::container_spec out;
  out.id = id;
  out.rootfs.layers = {path + "/rootfs"};
  out.rootfs.upper = path + "/run/" + id + "/upper";
  out.rootfs.work = path + "/run/" + id + "/work";
  out.args = {"/bin/true"};
  out.env = {"PATH=/bin"};
  out.rlimits = {{RLIMIT_NOFILE, files_max, files_max}};
  out.log.path = path + "/logs/" + id + "/0.log";
  out.security.seccomp = sandbox::seccomp_profile::own;
  out.security.seccomp_text = profile_text();
  out.security.masked_paths = {std::begin(masked), std::end(masked)};
  out.security.read_only_paths = {std::begin(read_only), std::end(read_only)};
  return out;
}

} // namespace troupe::bench

// How long a container takes from the request to its end: a static `true`
// through a pod's shim, through `crun run` where crun is installed, and by the
// kernel's calls alone, which nobody can be faster than. All join the same
// network namespace and run in turns. Prints medians in milliseconds, ratios,
// and what the shim's memory is.
//
//     container_bench [runs]
#include "node/sandbox/sandbox.hpp"
#include "node/sys/file_tree.hpp"
#include "node/sys/netns.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::sandbox;
using std::chrono_literals::operator""s;
using clock_type = std::chrono::steady_clock;

double milliseconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - begin)
      .count();
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      part * static_cast<double>(values.size() - 1))];
}

/// Removes its directory and what is mounted there.
struct place {
  std::string path;

  ~place() {
    static_cast<void>(sys::unpin_netns(path + "/netns"));
    static_cast<void>(sys::delete_tree(path));
  }
};

std::string make_bundle(const std::string& path) {
  const auto root = path + "/rootfs";
  for (const auto* name : {"/bin", "/proc", "/sys", "/dev", "/tmp"})
    std::filesystem::create_directories(root + name);
  std::filesystem::copy_file("/bin/busybox", root + "/bin/busybox");
  std::filesystem::create_symlink("busybox", root + "/bin/true");
  const auto mount = [](const char* at, const char* type, const char* options) {
    return std::string{R"({"destination":")"} + at + R"(","type":")" + type
           + R"(","source":")" + type + R"(","options":[)" + options + "]}";
  };
  std::ofstream{path + "/config.json"}
      << R"({"ociVersion":"1.0.2","root":{"path":"rootfs"},"hostname":"web",)"
      << R"("process":{"user":{"uid":0,"gid":0},"args":["/bin/true"],)"
      << R"("env":["PATH=/bin"],"cwd":"/"},"mounts":[)"
      << mount("/proc", "proc", "") << ","
      << mount("/dev", "tmpfs", R"("nosuid","mode=755","size=65536k")") << ","
      << mount("/dev/pts", "devpts", R"("newinstance","ptmxmode=0666")") << ","
      << mount("/dev/shm", "tmpfs", R"("mode=1777")") << ","
      << mount("/dev/mqueue", "mqueue", "") << ","
      << mount("/sys", "sysfs", R"("ro")") << "],"
      << R"("linux":{"namespaces":[{"type":"pid"},{"type":"ipc"},)"
      << R"({"type":"uts"},{"type":"mount"},{"type":"cgroup"},)"
      << R"({"type":"network","path":")" << path << R"(/netns"}]}})";
  return root;
}

double run_crun(const std::string& path, int run) {
  std::vector<std::string> text{"crun",
                                "--root",
                                path + "/crun",
                                "run",
                                "-b",
                                path,
                                "bench-" + std::to_string(run)};
  std::vector<char*> args;
  for (auto& each : text)
    args.push_back(each.data());
  args.push_back(nullptr);
  const auto begin = clock_type::now();
  pid_t pid = 0;
  int status = 0;
  if (posix_spawnp(&pid, "crun", nullptr, nullptr, args.data(), environ) != 0
      || waitpid(pid, &status, 0) != pid || status != 0)
    return -1;
  return milliseconds_since(begin);
}

/// What happens in the new process; returns only where a call failed.
void become_container(const std::string& root, const std::string& options,
                      int netns) {
  const auto at = [&](const char* name) { return root + name; };
  const auto put = [&](const char* type, const char* where, unsigned long flags,
                       const char* data) {
    const auto target = at(where);
    mkdir(target.c_str(), 0755);
    return mount(type, target.c_str(), type, flags, data) == 0;
  };
  if (setns(netns, CLONE_NEWNET) != 0
      || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
      || mount("overlay", root.c_str(), "overlay", 0, options.c_str()) != 0
      || !put("proc", "/proc", 0, nullptr)
      || !put("tmpfs", "/dev", MS_NOSUID, "mode=755,size=65536k")
      || !put("devpts", "/dev/pts", 0, "newinstance,ptmxmode=0666")
      || !put("tmpfs", "/dev/shm", 0, "mode=1777")
      || !put("mqueue", "/dev/mqueue", 0, nullptr)
      || !put("sysfs", "/sys", MS_RDONLY, nullptr) || sethostname("web", 3) != 0
      || chdir(root.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0
      || umount2(".", MNT_DETACH) != 0)
    return;
  execl("/bin/true", "/bin/true", nullptr);
}

/// The same namespaces and mounts by bare calls: no seccomp filter, cgroup,
/// capability, device, log or record.
double run_kernel(const std::string& path, int run) {
  const auto place = path + "/kernel/" + std::to_string(run);
  for (const auto* name : {"/upper", "/work", "/root"})
    std::filesystem::create_directories(place + name);
  const auto options = "lowerdir=" + path + "/rootfs,upperdir=" + place
                       + "/upper,workdir=" + place + "/work";
  const auto root = place + "/root";
  const auto netns = open((path + "/netns").c_str(), O_RDONLY | O_CLOEXEC);
  clone_args args{};
  args.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS
               | CLONE_NEWCGROUP;
  args.exit_signal = SIGCHLD;
  const auto begin = clock_type::now();
  const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof args));
  if (pid == 0) {
    become_container(root, options, netns);
    _exit(127);
  }
  int status = -1;
  const auto ended = pid > 0 && waitpid(pid, &status, 0) == pid;
  const auto took = milliseconds_since(begin);
  close(netns);
  return ended && status == 0 ? took : -1;
}

/// One container at a time; an exit may come before its start has returned.
struct bench_pod {
  std::unique_ptr<sandbox_host> host;
  std::promise<exit_status> ended;
  std::unique_ptr<pod_sandbox> pod;

  explicit bench_pod(const std::string& path) {
    auto opened = sandbox_host::open();
    if (!opened)
      return;
    host = std::move(*opened);
    sandbox_spec spec;
    spec.pod_uid = "bench";
    spec.hostname = "web";
    spec.netns_path = path + "/netns";
    spec.directory = path + "/sandbox";
    auto made = pod_sandbox::create(
        *host, spec,
        [this](const std::string&, const sandbox_event& event) {
          if (const auto* exited = std::get_if<container_exited>(&event))
            ended.set_value(exited->status);
        },
        10s);
    if (made)
      pod = std::move(*made);
  }

  ~bench_pod() {
    if (pod)
      static_cast<void>(pod->destroy(10s));
  }

  /// Milliseconds until it had executed and until its end was known.
  std::pair<double, double> run(const std::string& path, int number) {
    ended = {};
    container_spec spec;
    spec.id = "bench-" + std::to_string(number);
    spec.rootfs.layers = {path + "/rootfs"};
    spec.rootfs.upper = path + "/run/" + spec.id + "/upper";
    spec.rootfs.work = path + "/run/" + spec.id + "/work";
    spec.args = {"/bin/true"};
    spec.env = {"PATH=/bin"};
    spec.log.path = path + "/logs/" + spec.id + "/0.log";
    auto end = ended.get_future();
    const auto begin = clock_type::now();
    if (!pod->start_container(std::move(spec), 10s))
      return {-1, -1};
    const auto started = milliseconds_since(begin);
    if (end.wait_for(10s) != std::future_status::ready)
      return {-1, -1};
    return {started, milliseconds_since(begin)};
  }
};

void print_memory(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Rss:") || line.starts_with("Pss:")
        || line.starts_with("Private_Dirty:"))
      std::printf("shim  %s\n", line.c_str());
}

void print_times(const char* name, const std::vector<double>& values) {
  std::printf("%-14s median %6.2f ms  p90 %6.2f ms\n", name,
              percentile(values, 0.5), percentile(values, 0.9));
}

int measure(const std::string& path, int runs) {
  bench_pod ours{path};
  if (!ours.pod) {
    std::puts("no sandbox: is this root?");
    return 1;
  }
  std::vector<double> started, ended, kernel, crun;
  for (int i = 0; i < runs; ++i) {
    const auto [start, end] = ours.run(path, i);
    if (end < 0) {
      std::puts("a container did not run");
      return 1;
    }
    started.push_back(start);
    ended.push_back(end);
    if (const auto least = run_kernel(path, i); least >= 0)
      kernel.push_back(least);
    if (const auto other = run_crun(path, i); other >= 0)
      crun.push_back(other);
  }
  print_times("shim: started", started);
  print_times("shim: ended", ended);
  const auto median = percentile(ended, 0.5);
  if (!kernel.empty()) {
    print_times("kernel: ended", kernel);
    std::printf("kernel / shim  %.2f\n", percentile(kernel, 0.5) / median);
  }
  if (!crun.empty()) {
    print_times("crun: ended", crun);
    std::printf("shim / crun    %.2f\n", median / percentile(crun, 0.5));
  }
  if (const auto state = ours.pod->state(5s))
    print_memory(state->shim_pid);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 100;
  char path[] = "/tmp/troupe-container-bench-XXXXXX";
  if (runs < 1 || mkdtemp(path) == nullptr)
    return 1;
  const place here{path};
  make_bundle(path);
  if (!sys::netns::open_or_create(here.path + "/netns"))
    return 1;
  // crun refuses a hybrid cgroup layout: hide its v2 part, from us alone.
  if (unshare(CLONE_NEWNS) == 0
      && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0)
    umount2("/sys/fs/cgroup/unified", MNT_DETACH);
  return measure(here.path, runs);
}

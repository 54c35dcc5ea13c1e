// How long a container takes from the request to its end: a static `true`
// through our shim and through `crun run`, where crun is installed, with the
// same namespaces, mounts, limits, seccomp profile and capabilities; and by the
// kernel's bare calls. All join the same network namespace and run in turns.
// See README.md.
//
//     container_bench [RUNS]
#include "node/cgroup/cgroup_manager.hpp"
#include "node/sandbox/sandbox.hpp"
#include "node/sys/file_tree.hpp"
#include "node/sys/netns.hpp"
#include "tests/bench/container/bare_container.hpp"
#include "tests/bench/container/bundle.hpp"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::bench;
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

std::string base_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::unique_ptr<cgroup::cgroup_manager> open_groups(const std::string& path) {
  auto opened = cgroup::open_cgroup_manager({.base = base_of(path)});
  return opened ? std::move(*opened) : nullptr;
}

/// Removes its directory, what is mounted there, and its cgroups.
struct place {
  std::string path;

  ~place() {
    if (const auto groups = open_groups(path))
      static_cast<void>(groups->remove("", 5s));
    // crun leaves its group's parent, in hierarchies that are not ours too.
    std::error_code ignored;
    for (const auto& one :
         std::filesystem::directory_iterator{"/sys/fs/cgroup", ignored})
      std::filesystem::remove(one.path() / base_of(path), ignored);
    static_cast<void>(sys::unpin_netns(path + "/netns"));
    static_cast<void>(sys::delete_tree(path));
  }
};

/// A pod and its containers, one at a time; an exit may come before its start
/// has returned.
class bench_pod {
public:
  bench_pod(sandbox_host& host, cgroup::cgroup_manager& groups,
            const std::string& path, const std::string& name)
      : groups_{&groups}, path_{path}, name_{name} {
    if (!groups.ensure(name, common_limits()))
      return;
    auto made = pod_sandbox::create(
        host, make_pod(path, name),
        [this](const std::string&, const sandbox_event& event) {
          if (const auto* exited = std::get_if<container_exited>(&event))
            ended_.set_value(exited->status);
        },
        10s);
    if (made)
      pod_ = std::move(*made);
  }

  /// Milliseconds until it had executed and until its end was known and its
  /// group removed; negative where it failed.
  std::pair<double, double> run(int number) {
    constexpr std::pair<double, double> failed{-1, -1};
    if (!pod_)
      return failed;
    ended_ = {};
    auto spec = make_container(path_, "c" + std::to_string(number));
    const auto group = name_ + "/" + spec.id;
    auto end = ended_.get_future();
    const auto begin = clock_type::now();
    if (!groups_->ensure(group, common_limits())
        || !groups_->restrict_devices(group, cgroup::usual_device_rules()))
      return failed;
    auto entry = groups_->entry(group);
    if (!entry)
      return failed;
    spec.cgroup = {std::move(entry->procs_files), std::move(entry->directory)};
    if (!pod_->start_container(std::move(spec), 10s))
      return failed;
    const auto started = milliseconds_since(begin);
    if (end.wait_for(10s) != std::future_status::ready
        || !groups_->remove(group, 10s))
      return failed;
    return {started, milliseconds_since(begin)};
  }

  bool destroy() {
    return pod_ && pod_->destroy(10s) && groups_->remove(name_, 10s);
  }

  /// 0: none.
  pid_t shim() const {
    const auto state = pod_->state(5s);
    return state ? state->shim_pid : 0;
  }

private:
  cgroup::cgroup_manager* groups_;
  std::string path_;
  std::string name_;
  std::promise<exit_status> ended_;
  std::unique_ptr<pod_sandbox> pod_;
};

/// A pod from nothing to nothing.
double run_pod(sandbox_host& host, cgroup::cgroup_manager& groups,
               const std::string& path, int run) {
  const auto begin = clock_type::now();
  bench_pod pod{host, groups, path, "pod" + std::to_string(run)};
  if (pod.run(0).second < 0 || !pod.destroy())
    return -1;
  return milliseconds_since(begin);
}

double run_process(std::vector<std::string> text) {
  std::vector<char*> args;
  for (auto& each : text)
    args.push_back(each.data());
  args.push_back(nullptr);
  const auto begin = clock_type::now();
  pid_t pid = 0;
  int status = 0;
  if (posix_spawnp(&pid, args[0], nullptr, nullptr, args.data(), environ) != 0
      || waitpid(pid, &status, 0) != pid || status != 0)
    return -1;
  return milliseconds_since(begin);
}

void print_memory(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Rss:") || line.starts_with("Pss:"))
      std::printf("a shim's memory      %s\n", line.c_str());
}

void print_times(const char* name, const std::vector<double>& values,
                 double peer = 0) {
  const auto median = percentile(values, 0.5);
  std::printf("%-32s p50 %6.2f ms  p90 %6.2f ms  p99 %6.2f ms", name, median,
              percentile(values, 0.9), percentile(values, 0.99));
  if (peer > 0)
    std::printf("  %.2f of crun", median / peer);
  std::puts("");
}

struct times {
  std::vector<double> bare, started, again, pod, spawned, crun;
};

bool measure_once(sandbox_host& host, cgroup::cgroup_manager& groups,
                  bench_pod& standing, const std::string& path, int run,
                  times& out) {
  const auto number = std::to_string(run);
  const auto keep = [](double value, std::vector<double>& values) {
    values.push_back(value);
    return value >= 0;
  };
  const auto [start, end] = standing.run(run);
  out.started.push_back(start);
  // crun: in a process of its own, as its users have it; so is `--once`.
  const auto crun = run_process(
      {"crun", "--root", path + "/crun", "run", "-b", path, "b" + number});
  if (crun >= 0)
    out.crun.push_back(crun);
  return keep(end, out.again) && keep(run_bare_container(path, run), out.bare)
         && keep(run_pod(host, groups, path, run), out.pod)
         && keep(run_process({"/proc/self/exe", "--once", path, number}),
                 out.spawned);
}

int measure(const std::string& path, int runs) {
  auto host = sandbox_host::open();
  const auto groups = open_groups(path);
  if (!host || !groups) {
    std::puts("no sandbox: is this root?");
    return 1;
  }
  bench_pod standing{**host, *groups, path, "standing"};
  times found;
  for (int i = 0; i < runs; ++i)
    if (!measure_once(**host, *groups, standing, path, i, found)) {
      std::puts("a container did not run");
      return 1;
    }
  const auto peer = found.crun.empty() ? 0 : percentile(found.crun, 0.5);
  print_times("bare kernel calls", found.bare, peer);
  print_times("in a pod that runs: started", found.started, peer);
  print_times("in a pod that runs: ended", found.again, peer);
  print_times("with its pod: all gone", found.pod, peer);
  print_times("the same, a process of its own", found.spawned, peer);
  if (found.crun.empty())
    std::puts("crun run                         not installed, or failed");
  else
    print_times("crun run", found.crun, peer);
  print_memory(standing.shim());
  return standing.destroy() ? 0 : 1;
}

int run_once(const std::string& path, int run) {
  auto host = sandbox_host::open();
  const auto groups = open_groups(path);
  return host && groups && run_pod(**host, *groups, path, 1'000'000 + run) >= 0
             ? 0
             : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--once") == 0)
    return run_once(argv[2], std::atoi(argv[3]));
  const int runs = argc > 1 ? std::atoi(argv[1]) : 100;
  char path[] = "/tmp/troupe-container-bench-XXXXXX";
  if (runs < 1 || mkdtemp(path) == nullptr)
    return 1;
  const place here{path};
  make_bundle(here.path, "/" + base_of(here.path) + "/crun");
  if (!sys::netns::open_or_create(here.path + "/netns"))
    return 1;
  // crun refuses a hybrid cgroup layout: hide its v2 part, from us alone.
  if (unshare(CLONE_NEWNS) == 0
      && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0)
    umount2("/sys/fs/cgroup/unified", MNT_DETACH);
  return measure(here.path, runs);
}

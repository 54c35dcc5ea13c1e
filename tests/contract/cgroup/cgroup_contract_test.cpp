#include "node/cgroup/cgroup_manager.hpp"
#include "node/cgroup/group_files.hpp"
#include "node/cgroup/hierarchies.hpp"
#include "node/cgroup/patience.hpp"
#include "tests/contract/cgroup/group_process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace troupe;
using namespace troupe::cgroup;
using namespace std::chrono_literals;

namespace {

constexpr duration deadline = 20s;
constexpr std::int64_t mib = 1 << 20;

/// The layouts that this machine has.
std::vector<layout> present_layouts() {
  const auto table = read_control("/proc/self/mountinfo");
  REQUIRE(table);
  const auto found = find_hierarchies(*table, "/sys/fs/cgroup");
  std::vector<layout> all;
  for (const auto kind : {layout::v2, layout::hybrid, layout::v1}) {
    // Beside v1 limits a v2 hierarchy has no cgroup controllers.
    if (kind == layout::v2 && !found.v1.empty())
      continue;
    if (check_layout(found, kind))
      all.push_back(kind);
  }
  return all;
}

/// A manager with a base of its own, which is gone afterwards.
class world {
public:
  explicit world(layout kind,
                 const std::string& mountinfo = "/proc/self/mountinfo")
      : base_("troupe-test-" + std::to_string(::getpid())) {
    auto opened = open_cgroup_manager(
        {.base = base_ + "/node", .mountinfo = mountinfo, .use = kind});
    REQUIRE(opened);
    manager_ = std::move(*opened);
  }

  ~world() {
    CHECK(manager_->kill("", deadline));
    CHECK(manager_->remove("", deadline));
  }

  cgroup_manager& operator*() { return *manager_; }
  cgroup_manager* operator->() { return manager_.get(); }

  entry_points entry(std::string_view group) {
    auto points = manager_->entry(group);
    REQUIRE(points);
    return std::move(*points);
  }

  const std::string& base() const { return base_; }

private:
  std::string base_;
  std::unique_ptr<cgroup_manager> manager_;
};

/// Waits until `condition` holds.
template <class F>
bool eventually(F condition) {
  const auto until = patience::lasting(deadline);
  REQUIRE(until);
  while (!condition()) {
    if (until->over())
      return false;
    until->wait({}, 2ms);
  }
  return true;
}

std::uint64_t pids_in(world& here, const char* group) {
  const auto pids = here->processes(group);
  REQUIRE(pids);
  return pids->size();
}

int allocate_without_end() {
  constexpr std::size_t piece = 1 << 20;
  for (;;) {
    void* memory = ::mmap(nullptr, piece, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
      return 1;
  }
}

int burn() {
  for (;;)
    static_cast<void>(::getppid());
}

/// Each process forks for as long as it may: the group outlives any of them.
int fork_without_end() {
  ::signal(SIGCHLD, SIG_IGN);
  for (;;)
    ::fork();
}

/// Who keeps groups from devices: this machine's layouts, and a hybrid one
/// without the v1 controller, where a program of the v2 hierarchy does.
struct guarded_layout {
  layout kind;
  bool by_program;
};

std::vector<guarded_layout> guarded_layouts() {
  std::vector<guarded_layout> all;
  for (const auto kind : present_layouts()) {
    all.push_back({kind, kind == layout::v2});
    if (kind == layout::hybrid)
      all.push_back({kind, true});
  }
  return all;
}

/// The mount table without what restricts devices on v1.
class table_without_devices {
public:
  table_without_devices() {
    const auto table = read_control("/proc/self/mountinfo");
    REQUIRE(table);
    std::istringstream lines{*table};
    std::ofstream file{path_};
    for (std::string line; std::getline(lines, line);)
      if (!line.ends_with(",devices"))
        file << line << '\n';
  }

  ~table_without_devices() { CHECK(::unlink(path_.c_str()) == 0); }

  const std::string& path() const { return path_; }

private:
  std::string path_ = "/tmp/troupe-mountinfo-" + std::to_string(::getpid());
};

/// A node for a device of every kernel, to be opened by processes of groups.
class device_node {
public:
  device_node() { REQUIRE(::mknod(path_.c_str(), S_IFCHR | 0600, log_) == 0); }
  ~device_node() { CHECK(::unlink(path_.c_str()) == 0); }

  /// What a process in the group is told: the sum of what it may do.
  int use(world& here, const char* group, int flags) const {
    const auto other = path_ + "-made";
    group_process user{
        here.entry(group), [&] {
          const bool makes = ::mknod(other.c_str(), S_IFCHR, log_) == 0;
          ::unlink(other.c_str());
          return (::open("/dev/null", O_RDWR) >= 0 ? opens_null : 0)
                 + (::open(path_.c_str(), flags) >= 0 ? opens_log : 0)
                 + (makes ? makes_log : 0);
        }};
    REQUIRE(user.ends_within(deadline));
    return user.exit_code();
  }

  static constexpr int opens_null = 1;
  static constexpr int opens_log = 2;
  static constexpr int makes_log = 4;

private:
  const dev_t log_ = makedev(1, 11); // /dev/kmsg
  std::string path_ = "/tmp/troupe-device-" + std::to_string(::getpid());
};

/// How many children a process can have: the answer is its exit code.
int count_children() {
  int children = 0;
  std::vector<pid_t> all;
  for (; children < 50; ++children) {
    const auto pid = ::fork();
    if (pid == 0)
      return stay_until_killed();
    if (pid < 0)
      break;
    all.push_back(pid);
  }
  const bool refused = errno == EAGAIN;
  for (const auto pid : all)
    ::kill(pid, SIGKILL);
  return refused ? children : 98;
}

} // namespace

TEST_CASE("some layout is there") {
  CHECK_FALSE(present_layouts().empty());
}

TEST_CASE("groups are made, listed and removed") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  CHECK(here->kind() == kind);
  CHECK(here->children("")->empty());
  REQUIRE(here->ensure("kubepods/besteffort/pod2/web", {}));
  REQUIRE(here->ensure("kubepods/besteffort/pod1", {}));
  REQUIRE(here->ensure("kubepods/besteffort/pod1", {}));
  CHECK(*here->children("kubepods/besteffort")
        == std::vector<std::string>{"pod1", "pod2"});
  CHECK(*here->children("kubepods/besteffort/pod2")
        == std::vector<std::string>{"web"});
  CHECK_FALSE(*here->populated("kubepods"));
  CHECK(here->remove("kubepods/besteffort/pod2", deadline));
  CHECK(here->remove("kubepods/besteffort/pod2", deadline));
  CHECK(*here->children("kubepods/besteffort")
        == std::vector<std::string>{"pod1"});
  CHECK_FALSE(here->ensure("../out", {}));
  CHECK(here->read_limits("missing").error().code == errc::not_found);
  CHECK(here->entry("missing").error().code == errc::not_found);
  CHECK(here->kill("missing", deadline));
}

TEST_CASE("limits are set and read") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  const limits wanted{.cpu_shares = 512,
                      .cpu_quota_us = 20000,
                      .cpu_period_us = 50000,
                      .memory_max_bytes = 32 * mib,
                      .memory_oom_group = true,
                      .pids_max = 12,
                      .cpuset_cpus = "0",
                      .cpuset_mems = "0"};
  REQUIRE(here->ensure("pod/web", wanted));
  const auto now = here->read_limits("pod/web");
  REQUIRE(now);
  // Weights are coarser than shares.
  CHECK(*now->cpu_shares >= 500);
  CHECK(*now->cpu_shares <= 512);
  CHECK(now->cpu_quota_us == wanted.cpu_quota_us);
  CHECK(now->cpu_period_us == wanted.cpu_period_us);
  CHECK(now->memory_max_bytes == wanted.memory_max_bytes);
  CHECK(now->pids_max == wanted.pids_max);
  CHECK(now->cpuset_cpus == "0");
  if (kind == layout::v2)
    CHECK(now->memory_oom_group == true);
  REQUIRE(here->ensure("pod/web", {.cpu_quota_us = unlimited,
                                   .memory_max_bytes = unlimited,
                                   .pids_max = unlimited}));
  const auto then = here->read_limits("pod/web");
  CHECK(then->cpu_quota_us == unlimited);
  CHECK(then->memory_max_bytes == unlimited);
  CHECK(then->pids_max == unlimited);
}

TEST_CASE("a pod and its containers change together, both ways") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  const auto both = [&](std::int64_t quota, std::uint64_t period,
                        std::int64_t memory) {
    const limits wanted{.cpu_quota_us = quota,
                        .cpu_period_us = period,
                        .memory_max_bytes = memory};
    CHECK(here->update({{"pod/web", wanted}, {"pod", wanted}}));
    CHECK(here->read_limits("pod")->cpu_quota_us == quota);
    CHECK(here->read_limits("pod/web")->cpu_quota_us == quota);
    CHECK(here->read_limits("pod/web")->memory_max_bytes == memory);
  };
  REQUIRE(here->ensure("pod", {}));
  REQUIRE(here->ensure("pod/web", {}));
  both(20000, 100000, 32 * mib);
  both(80000, 100000, 64 * mib);
  both(10000, 100000, 16 * mib);
  both(9000, 10000, 16 * mib);
  both(unlimited, 100000, unlimited);
}

TEST_CASE("processes enter, are counted and killed") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {}));
  REQUIRE(here->ensure("pod/job", {}));
  group_process web{here.entry("pod/web"), stay_until_killed};
  group_process job{here.entry("pod/job"), stay_until_killed};
  CHECK(*here->populated("pod"));
  CHECK(*here->processes("pod/web") == std::vector<pid_t>{web.pid()});
  CHECK(pids_in(here, "pod") == 2);
  CHECK(here->read_usage("pod/web")->pids == 1);
  // Nothing is removed that lives.
  CHECK(here->remove("pod/web", 10ms).error().code == errc::expired);
  REQUIRE(here->kill("pod", deadline));
  CHECK_FALSE(*here->populated("pod"));
  REQUIRE(web.ends_within(deadline));
  CHECK(web.exit_code() == 137);
  CHECK(job.ends_within(deadline));
  CHECK(here->remove("pod", deadline));
}

TEST_CASE("a process joins a group that was divided further") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web/empty", {}));
  REQUIRE(here->ensure("pod/web/init", {}));
  group_process init{here.entry("pod/web/init"), stay_until_killed};
  group_process exec{here.entry("pod/web"), stay_until_killed};
  CHECK(pids_in(here, "pod/web") == 2);
  REQUIRE(here->kill("pod/web", deadline));
  CHECK(init.ends_within(deadline));
  CHECK(exec.ends_within(deadline));
}

TEST_CASE("frozen groups stand still, thaw and die") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {}));
  group_process web{here.entry("pod/web"), burn};
  const auto used = [&] { return here->read_usage("pod/web")->cpu_ns; };
  REQUIRE(here->freeze("pod/web", deadline));
  const auto before = used();
  CHECK_FALSE(web.ends_within(20ms));
  CHECK(used() - before < 5'000'000);
  REQUIRE(here->thaw("pod/web", deadline));
  CHECK(eventually([&] { return used() > before + 10'000'000; }));
  // A frozen container does not keep its pod from being killed.
  REQUIRE(here->freeze("pod/web", deadline));
  REQUIRE(here->kill("pod", deadline));
  CHECK(web.ends_within(deadline));
}

TEST_CASE("a process that takes too much memory is killed and counted") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {.memory_max_bytes = 32 * mib}));
  CHECK(*here->oom_kills("pod/web") == 0);
  group_process web{here.entry("pod/web"), allocate_without_end};
  REQUIRE(web.ends_within(deadline));
  CHECK(web.exit_code() == 137);
  CHECK(eventually([&] { return *here->oom_kills("pod/web") == 1; }));
}

TEST_CASE("a group dies of its memory as a whole, on v2") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure(
      "pod/web", {.memory_max_bytes = 32 * mib, .memory_oom_group = true}));
  group_process idle{here.entry("pod/web"), stay_until_killed};
  group_process web{here.entry("pod/web"), allocate_without_end};
  REQUIRE(web.ends_within(deadline));
  CHECK(*here->oom_kills("pod/web") > 0);
  if (kind == layout::v2)
    CHECK(idle.ends_within(deadline));
  else
    CHECK(pids_in(here, "pod/web") == 1);
}

TEST_CASE("the pod's limit counts in the container that was killed") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod", {.memory_max_bytes = 32 * mib}));
  REQUIRE(here->ensure("pod/web", {}));
  group_process web{here.entry("pod/web"), allocate_without_end};
  REQUIRE(web.ends_within(deadline));
  CHECK(web.exit_code() == 137);
  CHECK(eventually([&] { return *here->oom_kills("pod/web") == 1; }));
}

TEST_CASE("memory in use is counted") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {.memory_max_bytes = 64 * mib}));
  group_process web{here.entry("pod/web"), [] {
                      constexpr std::size_t size = 8 << 20;
                      ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
                      return stay_until_killed();
                    }};
  CHECK(eventually([&] {
    const auto now = here->read_usage("pod/web");
    return now && now->memory_rss_bytes >= 7 * mib
           && now->memory_working_set_bytes >= now->memory_rss_bytes
           && now->memory_bytes >= now->memory_working_set_bytes
           && now->page_faults > 0;
  }));
}

TEST_CASE("a quota throttles") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {.cpu_quota_us = 5000}));
  group_process web{here.entry("pod/web"), burn};
  CHECK(eventually([&] {
    const auto now = here->read_usage("pod/web");
    return now && now->cpu_throttled >= 2 && now->cpu_throttled_ns > 0
           && now->cpu_periods >= now->cpu_throttled;
  }));
}

TEST_CASE("no more processes than allowed") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {.pids_max = 5}));
  group_process web{here.entry("pod/web"), count_children};
  REQUIRE(web.ends_within(deadline));
  CHECK(web.exit_code() == 4);
}

TEST_CASE("a fork bomb dies with all its branches") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod", {.cpu_quota_us = 50000, .pids_max = 100}));
  REQUIRE(here->ensure("pod/web", {}));
  group_process web{here.entry("pod/web"), fork_without_end};
  REQUIRE(eventually([&] { return pids_in(here, "pod") == 100; }));
  REQUIRE(here->kill("pod", deadline));
  CHECK(pids_in(here, "pod") == 0);
  CHECK(web.ends_within(deadline));
  CHECK(here->remove("pod", deadline));
}

TEST_CASE("another manager finds the groups of one that died") {
  const auto kind = GENERATE(from_range(present_layouts()));
  CAPTURE(to_string(kind));
  world here{kind};
  REQUIRE(here->ensure("pod/web", {.pids_max = 7}));
  group_process web{here.entry("pod/web"), stay_until_killed};
  auto other =
      open_cgroup_manager({.base = here.base() + "/node", .use = kind});
  REQUIRE(other);
  CHECK(*(*other)->children("") == std::vector<std::string>{"pod"});
  CHECK((*other)->read_limits("pod/web")->pids_max == 7);
  CHECK(*(*other)->populated("pod"));
  // One that knew fewer controllers made no group for the others.
  const auto devices =
      "/sys/fs/cgroup/devices/" + here.base() + "/node/pod/old";
  REQUIRE(here->ensure("pod/old", {}));
  if (::rmdir(devices.c_str()) == 0) {
    group_process old{(*other)->entry("pod/old").value(), stay_until_killed};
    CHECK((*other)->kill("pod/old", deadline));
    CHECK(old.ends_within(deadline));
  }
  // Clusters side by side do not meet.
  auto stranger =
      open_cgroup_manager({.base = here.base() + "/other", .use = kind});
  REQUIRE(stranger);
  CHECK((*stranger)->children("")->empty());
  CHECK((*stranger)->kill("", deadline));
  CHECK(*here->populated("pod"));
}

TEST_CASE("a group uses the devices it is allowed") {
  const auto guarded = GENERATE(from_range(guarded_layouts()));
  CAPTURE(to_string(guarded.kind), guarded.by_program);
  const table_without_devices table;
  const std::string info =
      guarded.by_program ? table.path() : "/proc/self/mountinfo";
  world here{guarded.kind, info};
  const device_node node;
  REQUIRE(here->ensure("pod/web", {}));
  REQUIRE(here->ensure("pod/free", {}));
  constexpr auto all =
      device_node::opens_null + device_node::opens_log + device_node::makes_log;
  CHECK(node.use(here, "pod/web", O_WRONLY) == all);
  REQUIRE(here->restrict_devices("pod/web", usual_device_rules()));
  constexpr auto usual = device_node::opens_null + device_node::makes_log;
  CHECK(node.use(here, "pod/web", O_WRONLY) == usual);
  CHECK(node.use(here, "pod/free", O_WRONLY) == all);
  // Whoever asks again, and below, too.
  auto other = open_cgroup_manager(
      {.base = here.base() + "/node", .mountinfo = info, .use = guarded.kind});
  REQUIRE(other);
  CHECK((*other)->restrict_devices("pod/web", usual_device_rules()));
  CHECK(node.use(here, "pod/web", O_WRONLY) == usual);
  REQUIRE(here->ensure("pod/web/below", {}));
  CHECK((*other)->restrict_devices("pod/web", usual_device_rules()));
  CHECK(node.use(here, "pod/web/below", O_WRONLY) == usual);
}

TEST_CASE("other devices are allowed instead") {
  const auto guarded = GENERATE(from_range(guarded_layouts()));
  CAPTURE(to_string(guarded.kind), guarded.by_program);
  const table_without_devices table;
  world here{guarded.kind,
             guarded.by_program ? table.path() : "/proc/self/mountinfo"};
  const device_node node;
  REQUIRE(here->ensure("pod/web", {}));
  REQUIRE(here->restrict_devices("pod/web", usual_device_rules()));
  REQUIRE(
      here->restrict_devices("pod/web", {{'c', 1, 11, false, true, false}}));
  CHECK(node.use(here, "pod/web", O_WRONLY) == device_node::opens_log);
  CHECK(node.use(here, "pod/web", O_RDONLY) == 0);
  REQUIRE(here->restrict_devices("pod/web", {}));
  CHECK(node.use(here, "pod/web", O_WRONLY) == 0);
  CHECK(here->restrict_devices("missing", {}).error().code == errc::not_found);
  CHECK_FALSE(here->restrict_devices("../out", {}));
}

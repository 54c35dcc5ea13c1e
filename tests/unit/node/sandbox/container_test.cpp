#include "tests/unit/node/sandbox/sandbox_world.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace troupe;
using namespace troupe::sandbox;
using Catch::Matchers::Contains;

TEST_CASE("containers end as their processes do", "[sandbox]") {
  sandbox_world world;
  CHECK(world.run(world.container("a", "true")).code == 0);
  CHECK(world.run(world.container("b", "exit 3")).code == 3);
  auto plain = world.container("c", "");
  plain.args = {"false"};
  CHECK(world.run(std::move(plain)).code == 1);
  REQUIRE(world.pod().start_container(world.container("d", "sleep 60"), 10s));
  REQUIRE(world.pod().signal("d", SIGKILL, signal_scope::main, 20s));
  const auto killed = world.wait_exit("d");
  CHECK(killed.code == 137);
  CHECK(killed.signal == SIGKILL);
  CHECK(killed.started_at.time_since_epoch().count() > 0);
  CHECK(killed.finished_at > killed.started_at);
  const auto again = world.pod().signal("d", SIGKILL, signal_scope::main, 20s);
  REQUIRE(!again);
  CHECK(again.error().code == errc::not_found);
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  REQUIRE(state->containers.size() == 4);
  CHECK(state->containers[1].id == "b");
  CHECK(state->containers[1].exit->code == 3);
}

TEST_CASE("the process is what the spec says", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container(
      "a", "id -u; id -g; id -G; pwd; echo $GREETING; cat /etc/layer; hostname;"
           "echo again >/dev/stdout; grep NoNewPrivs /proc/self/status;"
           "cat /proc/self/oom_score_adj; ulimit -n; echo $$");
  spec.env.push_back("GREETING=hello");
  spec.cwd = "/srv/made/here";
  spec.security.uid = 1000;
  spec.security.gid = 2000;
  spec.security.groups = {3000, 4000};
  spec.security.no_new_privs = true;
  spec.oom_score_adj = 500;
  spec.rlimits = {{RLIMIT_NOFILE, 777, 4'000'000}};
  CHECK(world.run(std::move(spec)).code == 0);
  CHECK(world.output("a")
        == "1000\n2000\n2000 3000 4000\n/srv/made/here\nhello\nupper layer\n"
           "web\nagain\nNoNewPrivs:\t1\n500\n777\n1\n");
}

TEST_CASE("a container sees its own system", "[sandbox]") {
  sandbox_world world;
  const auto seen = world.run_for_output(
      "ls -1 /dev; stat -c %a /dev/null /dev/shm /tmp; ls /proc | grep -c "
      "'^1$';"
      "cat /proc/timer_list /proc/keys | wc -c;"
      "(echo x >/proc/sys/kernel/domainname) 2>/dev/null || echo guarded;"
      "mkdir /sys/fs/cgroup/x 2>/dev/null || echo no cgroup;"
      "mkdir /sys/fs/cgroup/memory/x 2>/dev/null || echo none;"
      "echo y >/dev/shm/y && cat /dev/shm/y; ls /sys/class/net;"
      "readlink /proc/self/ns/mnt >/dev/null && echo fine");
  CHECK_THAT(seen,
             Contains("core\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\n"
                      "shm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n"));
  CHECK_THAT(seen,
             Contains("666\n1777\n1777\n1\n0\nguarded\nno cgroup\nnone\ny\n"));
  CHECK_THAT(seen, Contains("lo\nfine\n"));
  // Nothing of it is on the host.
  CHECK(read_file("/proc/self/mountinfo").find(world.directory() + "/run")
        == std::string::npos);
  // Two containers of a pod share memory, hostname and network, not files.
  CHECK(world.run_for_output("cat /dev/shm/y; hostname; ls /run")
        == "y\nweb\n");
  CHECK_THAT(world.run_for_output("mount | grep /dev/shm"),
             Contains("shm on /dev/shm type tmpfs (rw,nosuid,nodev,noexec,"
                      "relatime,size=65536k"));
}

TEST_CASE("paths are hidden and guarded as the spec says", "[sandbox]") {
  sandbox_world world;
  auto spec = world.container(
      "a", "cat /proc/interrupts; ls /etc; cat /proc/timer_list | wc -l;"
           "(echo x >/proc/irq/default_smp_affinity) 2>/dev/null || echo no;"
           "mkdir /tmp/x 2>&1");
  spec.security.masked_paths = {"/proc/interrupts", "/etc"};
  spec.security.read_only_paths = {"/proc/irq", "/tmp"};
  world.run(std::move(spec));
  const auto seen = world.output("a");
  CHECK(seen.substr(0, seen.find('\n')) != "0");
  CHECK_THAT(seen, Contains("\nno\nmkdir: can't create directory '/tmp/x': "
                            "Read-only file system\n"));
  CHECK_THAT(seen, !Contains("CPU0"));
  CHECK_THAT(seen, !Contains("layer"));
}

TEST_CASE("capabilities and system calls are few", "[sandbox]") {
  sandbox_world world;
  const auto usual = world.run_for_output(
      "touch /tmp/f; chown 5 /tmp/f && echo chown;"
      "mount -t tmpfs x /tmp 2>&1; unshare -n true 2>&1;"
      "chroot / true && echo chroot; grep CapEff /proc/self/status;"
      "grep Seccomp: /proc/self/status");
  CHECK_THAT(usual, Contains("chown\n"));
  CHECK_THAT(usual, Contains("chroot\n"));
  CHECK_THAT(usual, Contains("CapEff:\t00000000a80425fb\n"));
  CHECK_THAT(usual, Contains("Seccomp:\t2\n"));
  CHECK_THAT(usual, Contains("mount: permission denied"));
  CHECK_THAT(usual, Contains("unshare: unshare(0x40000000): Operation not "
                             "permitted"));
  auto dropped = world.container(
      "dropped", "touch /tmp/f; chown 5 /tmp/f 2>&1; grep CapBnd "
                 "/proc/self/status");
  dropped.security.capabilities = {{"NET_ADMIN"}, {"ALL"}};
  world.run(std::move(dropped));
  CHECK_THAT(world.output("dropped"), Contains("Operation not permitted"));
  CHECK_THAT(world.output("dropped"), Contains("CapBnd:\t0000000000001000\n"));
  auto privileged = world.container(
      "privileged", "mount -t tmpfs x /tmp && echo mounted; ls /dev | grep -c "
                    "loop-control; grep Seccomp: /proc/self/status");
  privileged.security.privileged = true;
  world.run(std::move(privileged));
  CHECK_THAT(world.output("privileged"), Contains("mounted\n"));
  CHECK_THAT(world.output("privileged"), Contains("Seccomp:\t0\n"));
  auto user = world.container("user", "grep CapEff /proc/self/status");
  user.security.uid = 1000;
  world.run(std::move(user));
  CHECK(world.output("user") == "CapEff:\t0000000000000000\n");
}

TEST_CASE("a container has a seccomp profile of its own", "[sandbox]") {
  sandbox_world world;
  const auto start = [&](const std::string& id, const std::string& script,
                         const std::string& profile) {
    auto spec = world.container(id, script);
    spec.security.seccomp = seccomp_profile::own;
    spec.security.seccomp_text = profile;
    return spec;
  };
  const std::string no_directories =
      R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
           "errnoRet": 30}]})";
  const auto script = "mkdir /tmp/x 2>&1; touch /tmp/y && echo y;"
                      "grep -E 'CapPrm|CapEff|Seccomp:' /proc/self/status";
  const auto refused = std::string{"mkdir: can't create directory '/tmp/x': "
                                   "Read-only file system\ny\n"};
  world.run(start("root", script, no_directories));
  CHECK(world.output("root")
        == refused
               + "CapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n"
                 "Seccomp:\t2\n");
  // Another user's, with and without a way to gain privileges.
  const auto none = refused
                    + "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
                      "Seccomp:\t2\n";
  for (const bool no_new_privs : {false, true}) {
    const auto id = no_new_privs ? "locked" : "user";
    auto spec = start(id, script, no_directories);
    spec.security.uid = 1000;
    spec.security.no_new_privs = no_new_privs;
    world.run(std::move(spec));
    CHECK(world.output(id) == none);
  }
  auto kept = start("kept", "sleep 600", no_directories);
  REQUIRE(world.pod().start_container(std::move(kept), 10s));
  auto exec = world.exec("kept", "mkdir /tmp/x 2>&1");
  exec.security.seccomp = seccomp_profile::own;
  exec.security.seccomp_text = no_directories;
  auto process = world.pod().exec(std::move(exec), 10s);
  REQUIRE(process);
  CHECK_THAT(read_to_end(process->out.get()), Contains("Read-only"));
  const auto wrong = world.pod().start_container(
      start("wrong", "true", R"({"defaultAction": "x"})"), 10s);
  REQUIRE(!wrong);
  CHECK(wrong.error().message
        == "seccomp profile: defaultAction: \"x\" is no action");
}

TEST_CASE("a profile allows what the program needs, no more", "[sandbox]") {
  sandbox_world world;
  const auto spec_with = [&](const std::string& id, const std::string& names) {
    auto spec = world.container(id, "");
    spec.args = {"true"};
    spec.security.uid = 1000;
    spec.security.seccomp = seccomp_profile::own;
    spec.security.seccomp_text =
        R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": [)"
        + names + R"(], "action": "SCMP_ACT_ALLOW"}]})";
    return spec;
  };
  // None of what made the process what it is.
  const auto program =
      R"("execve", "arch_prctl", "brk", "exit_group", "getrandom", "getuid",
         "mprotect", "prlimit64", "readlink", "readlinkat", "rseq",
         "set_robust_list", "set_tid_address")";
  CHECK(world.run(spec_with("little", program)).code == 0);
  // Not even an end in good order.
  CHECK(world.run(spec_with("nothing", R"("read")")).signal != 0);
}

TEST_CASE("files are mounted where they belong", "[sandbox]") {
  sandbox_world world;
  const auto volume = world.directory() + "/volume";
  std::filesystem::create_directories(volume + "/sub");
  std::ofstream{volume + "/hosts"} << "127.0.0.1 localhost\n";
  auto spec = world.container(
      "a",
      "cat /etc/hosts; echo z >/data/z; touch /ro/z 2>&1; ls /deep/in/here;"
      "touch /etc/z 2>&1; echo t >/scratch/t && cat /scratch/t;"
      "cat /etc/resolv.conf; stat -c %a /scratch");
  // A link that leads to nothing inside, and to something outside.
  std::filesystem::create_directories(world.directory() + "/layers/1/etc");
  std::filesystem::create_symlink(
      "/run/resolve/conf", world.directory() + "/layers/1/etc/resolv.conf");
  spec.rootfs.read_only = true;
  const auto bind = [&](const std::string& from, const std::string& to,
                        bool read_only) {
    spec.mounts.push_back({bind_source{volume + from}, to, read_only});
  };
  bind("/hosts", "/etc/hosts", false);
  bind("", "/data", false);
  bind("", "/ro", true);
  bind("/sub", "/deep/in/here", false);
  bind("/hosts", "/etc/resolv.conf", true);
  spec.mounts.push_back({tmpfs_source{65536, 0700}, "/scratch"});
  world.run(std::move(spec));
  CHECK(world.output("a")
        == "127.0.0.1 localhost\ntouch: /ro/z: Read-only file system\n"
           "touch: /etc/z: Read-only file system\nt\n127.0.0.1 localhost\n"
           "700\n");
  CHECK(read_file(volume + "/z") == "z\n");
  CHECK(!std::filesystem::exists("/run/resolve"));
}

TEST_CASE("a path is found while others rename", "[sandbox]") {
  sandbox_world world;
  const auto volume = world.directory() + "/volume";
  std::filesystem::create_directories(volume);
  std::filesystem::create_directories(world.directory() + "/layers/1/var");
  std::filesystem::create_symlink("../run",
                                  world.directory() + "/layers/1/var/run");
  REQUIRE(world.pod().start_container(world.container("a", "true"), 10s));
  std::jthread renamer{[&](std::stop_token stop) {
    const auto one = volume + "/one";
    const auto other = volume + "/other";
    std::ofstream{one} << "x";
    while (!stop.stop_requested()) {
      std::rename(one.c_str(), other.c_str());
      std::rename(other.c_str(), one.c_str());
    }
  }};
  for (int i = 0; i < 20; ++i) {
    auto spec = world.container("b" + std::to_string(i), "true");
    for (int j = 0; j < 10; ++j)
      spec.mounts.push_back(
          {bind_source{volume}, "/var/run/" + std::to_string(j), true});
    const auto started = world.pod().start_container(std::move(spec), 20s);
    INFO((started ? "" : started.error().message));
    CHECK(started);
  }
}

TEST_CASE("what cannot start says why", "[sandbox]") {
  sandbox_world world;
  const auto fail = [&](auto change) {
    auto spec = world.container("x", "true");
    change(spec);
    const auto started = world.pod().start_container(std::move(spec), 10s);
    return started ? "it started" : started.error().message;
  };
  CHECK(fail([](auto& spec) { spec.args = {"foo"}; })
        == "exec: \"foo\": executable file not found in $PATH");
  CHECK(fail([](auto& spec) { spec.args = {"/foo"}; })
        == "exec: \"/foo\": stat /foo: no such file or directory");
  CHECK(fail([](auto& spec) { spec.args = {"/etc/plain"}; })
        == "exec: \"/etc/plain\": permission denied");
  CHECK(fail([](auto& spec) { spec.args.clear(); }) == "no command specified");
  CHECK(fail([](auto& spec) { spec.security.capabilities.add = {"FLY"}; })
        == "unknown capability \"FLY\"");
  CHECK_THAT(fail([](auto& spec) {
               spec.mounts.push_back({bind_source{"/no/such"}, "/x"});
             }),
             Contains("mount /x: bind /no/such"));
  CHECK(fail([](auto& spec) { spec.cwd = "/etc/plain"; })
        == "chdir to cwd (\"/etc/plain\") failed: not a directory");
  const auto state = world.pod().state(20s);
  REQUIRE(state);
  CHECK(state->containers.empty());
  CHECK(world.run(world.container("x", "true")).code == 0);
}

TEST_CASE("containers share processes when asked to", "[sandbox]") {
  sandbox_world world;
  auto shared = world.pod_spec();
  shared.share_pid = true;
  shared.sysctls = {{"net.core.somaxconn", "1234"}, {"kernel.shmmni", "99"}};
  auto pod = pod_sandbox::create(world.host(), shared, world.collect(), 10s);
  REQUIRE(pod);
  world.holder() = std::move(*pod);
  REQUIRE(
      world.pod().start_container(world.container("a", "exec sleep 600"), 10s));
  const auto seen = world.run_for_output(
      "ps | grep -c '[s]leep 600'; echo $$; cat /proc/sys/net/core/somaxconn "
      "/proc/sys/kernel/shmmni; ls /proc/1/root/ 2>&1; kill -9 1; echo still");
  CHECK_THAT(seen, Contains("1234\n99\n"));
  CHECK_THAT(seen, Contains("Permission denied"));
  CHECK_THAT(seen, Contains("still\n"));
  CHECK(seen.substr(0, 2) == "1\n");
  CHECK(seen.substr(2, 2) != "1\n");
  const auto pid = world.pod().state(20s)->containers.at(0).pid;
  REQUIRE(world.pod().destroy(10s));
  CHECK(eventually([&] { return !is_alive(pid); }));
  CHECK(!std::filesystem::exists(shared.directory));
}

TEST_CASE("no path leads out through descriptors", "[sandbox]") {
  sandbox_world world;
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  for (int fd = 3; fd < 40; ++fd) {
    const auto path = "/proc/self/fd/" + std::to_string(fd);
    auto spec = world.container("x" + std::to_string(fd), "true");
    spec.cwd = path;
    CHECK(!world.pod().start_container(std::move(spec), 10s));
    auto exec = world.exec("a", "true");
    exec.cwd = path;
    CHECK(!world.pod().exec(std::move(exec), 10s));
  }
  CHECK(world.run_for_output("ls /proc/self/fd | wc -l") == "4\n");
}

TEST_CASE("a pod may share the host's namespaces", "[sandbox]") {
  sandbox_world world;
  auto shared = world.pod_spec();
  shared.host_network = shared.host_pid = shared.host_ipc = true;
  shared.netns_path.clear();
  auto pod = pod_sandbox::create(world.host(), shared, world.collect(), 10s);
  REQUIRE(pod);
  world.holder() = std::move(*pod);
  const auto seen = world.run_for_output(
      "hostname; readlink /proc/self/ns/net; readlink /proc/self/ns/ipc;"
      "readlink /proc/self/ns/pid");
  std::string host = read_file("/proc/sys/kernel/hostname");
  for (const auto* each : {"net", "ipc", "pid"})
    host += std::filesystem::read_symlink(std::string{"/proc/self/ns/"} + each)
                .string()
            + "\n";
  CHECK(seen == host);
  // No first process of a namespace: the signal does what it does.
  REQUIRE(world.pod().start_container(world.container("a", "sleep 600"), 10s));
  const auto pid = world.pod().state(20s)->containers.back().pid;
  REQUIRE(world.pod().signal("a", SIGTERM, signal_scope::all, 20s));
  CHECK(world.wait_exit("a").signal == SIGTERM);
  CHECK(!is_alive(pid));
}

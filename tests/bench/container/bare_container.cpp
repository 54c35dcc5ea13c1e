#include "tests/bench/container/bare_container.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace troupe::bench {

namespace {

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

} // namespace

double run_bare_container(const std::string& path, int run) {
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
  const auto begin = std::chrono::steady_clock::now();
  const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof args));
  if (pid == 0) {
    become_container(root, options, netns);
    _exit(127);
  }
  int status = -1;
  const auto ended = pid > 0 && waitpid(pid, &status, 0) == pid;
  const auto took = std::chrono::duration<double, std::milli>(
                        std::chrono::steady_clock::now() - begin)
                        .count();
  close(netns);
  return ended && status == 0 ? took : -1;
}

} // namespace troupe::bench

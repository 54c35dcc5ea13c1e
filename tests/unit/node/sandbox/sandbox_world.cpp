#include "tests/unit/node/sandbox/sandbox_world.hpp"

#include "node/sys/file_tree.hpp"
#include "node/sys/netns.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::sandbox {

namespace fs = std::filesystem;

namespace {

std::string make_temporary() {
  char path[] = "/tmp/troupe-sandbox-XXXXXX";
  REQUIRE(mkdtemp(path) != nullptr);
  return path;
}

/// Two layers: the programs, and a few files over it.
void make_image(const fs::path& base) {
  const auto programs = base / "layers/0";
  for (const auto* name : {"bin", "etc", "tmp", "proc", "root", "run"})
    fs::create_directories(programs / name);
  fs::permissions(programs / "tmp", fs::perms::all | fs::perms::sticky_bit);
  fs::copy_file("/bin/busybox", programs / "bin/busybox");
  for (const auto* name :
       {"sh",    "true",  "false",    "cat",    "echo",     "id",    "ls",
        "mount", "chown", "kill",     "sleep",  "touch",    "mkdir", "stat",
        "yes",   "head",  "env",      "pwd",    "hostname", "ps",    "stty",
        "tty",   "ipcs",  "readlink", "dd",     "unshare",  "grep",  "wc",
        "seq",   "test",  "rm",       "ulimit", "printf",   "chroot"})
    fs::create_symlink("busybox", programs / "bin" / name);
  const auto files = base / "layers/1";
  fs::create_directories(files / "etc");
  std::ofstream{files / "etc/layer"} << "upper layer\n";
  std::ofstream{files / "etc/plain"} << "no program\n";
}

} // namespace

sandbox_world::sandbox_world() : sandbox_world(make_temporary()) {
  make_image(directory_);
  REQUIRE(sys::netns::open_or_create(directory_ + "/netns"));
}

sandbox_world::sandbox_world(std::string directory)
    : directory_(std::move(directory)) {
  auto host = sandbox_host::open();
  REQUIRE(host);
  host_ = std::move(*host);
}

sandbox_world::~sandbox_world() {
  if (pod_)
    static_cast<void>(pod_->destroy(10s));
  pod_.reset();
  host_.reset();
  CHECK(sys::unpin_netns(directory_ + "/netns"));
  CHECK(sys::delete_tree(directory_));
}

sandbox_spec sandbox_world::pod_spec() const {
  sandbox_spec spec;
  spec.pod_uid = "7c1f8c9e-0000-4000-8000-000000000001";
  spec.ns = "default";
  spec.name = "web";
  spec.hostname = "web";
  spec.netns_path = directory_ + "/netns";
  spec.directory = directory_ + "/sandbox";
  return spec;
}

container_spec sandbox_world::container(const std::string& id,
                                        const std::string& script) const {
  container_spec spec;
  spec.id = id;
  spec.rootfs.layers = {directory_ + "/layers/0", directory_ + "/layers/1"};
  spec.rootfs.upper = directory_ + "/run/" + id + "/upper";
  spec.rootfs.work = directory_ + "/run/" + id + "/work";
  spec.args = {"sh", "-c", script};
  spec.env = {"PATH=/bin", "HOME=/root"};
  spec.security.masked_paths = {"/proc/timer_list", "/proc/keys",
                                "/sys/firmware", "/no/such"};
  spec.security.read_only_paths = {"/proc/sys", "/proc/bus", "/no/such"};
  spec.log.path = directory_ + "/logs/" + id + "/0.log";
  return spec;
}

exec_spec sandbox_world::exec(const std::string& container,
                              const std::string& script) const {
  exec_spec spec;
  spec.container_id = container;
  spec.args = {"sh", "-c", script};
  spec.env = {"PATH=/bin"};
  return spec;
}

event_callback sandbox_world::collect() {
  return [this](const std::string&, const sandbox_event& event) {
    std::lock_guard lock{mutex_};
    if (const auto* exited = std::get_if<container_exited>(&event))
      exits_[exited->id] = exited->status;
    else if (const auto* exec = std::get_if<exec_exited>(&event))
      execs_[exec->exec_id] = exec->status;
    else
      lost_ = true;
    came_.notify_all();
  };
}

pod_sandbox& sandbox_world::pod() {
  if (!pod_) {
    auto made = pod_sandbox::create(*host_, pod_spec(), collect(), 10s);
    if (!made)
      FAIL(made.error().message);
    pod_ = std::move(*made);
  }
  return *pod_;
}

exit_status sandbox_world::run(container_spec spec) {
  const auto id = spec.id;
  const auto started = pod().start_container(std::move(spec), 10s);
  if (!started)
    FAIL(started.error().message);
  CHECK(started->pid > 1);
  return wait_exit(id);
}

exit_status sandbox_world::wait_exit(const std::string& id) {
  std::unique_lock lock{mutex_};
  REQUIRE(came_.wait_for(lock, 20s, [&] { return exits_.contains(id); }));
  return exits_[id];
}

exit_status sandbox_world::wait_exec(std::uint64_t exec_id) {
  std::unique_lock lock{mutex_};
  REQUIRE(came_.wait_for(lock, 20s, [&] { return execs_.contains(exec_id); }));
  return execs_[exec_id];
}

bool sandbox_world::wait_lost() {
  std::unique_lock lock{mutex_};
  return came_.wait_for(lock, 20s, [&] { return lost_; });
}

std::string sandbox_world::log(const std::string& id) const {
  return read_file(directory_ + "/logs/" + id + "/0.log");
}

std::string sandbox_world::output(const std::string& id) const {
  std::istringstream lines{log(id)};
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields{line};
    std::string time, stream, tag;
    fields >> time >> stream >> tag;
    all += line.substr(time.size() + stream.size() + tag.size() + 3);
    all += tag == "F" ? "\n" : "";
  }
  return all;
}

std::string sandbox_world::run_for_output(const std::string& script) {
  const auto id = "run-" + std::to_string(++runs_);
  run(container(id, script));
  return output(id);
}

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

namespace {

/// Appends what comes next; false at the end, or when nothing came.
bool read_more(int fd, std::string& text) {
  pollfd one{fd, POLLIN, 0};
  if (poll(&one, 1, 10'000) != 1)
    return false;
  char part[4096];
  const auto count = read(fd, part, sizeof(part));
  if (count > 0)
    text.append(part, static_cast<std::size_t>(count));
  return count > 0;
}

} // namespace

std::string read_to_end(int fd) {
  std::string text;
  while (read_more(fd, text))
    ;
  return text;
}

std::string read_until(int fd, const std::string& wanted) {
  std::string text;
  while (text.find(wanted) == std::string::npos && read_more(fd, text))
    ;
  return text;
}

void write_text(int fd, const std::string& text) {
  CHECK(write(fd, text.data(), text.size())
        == static_cast<ssize_t>(text.size()));
}

bool eventually(const std::function<bool()>& condition) {
  for (int round = 0; round < 1000; ++round) {
    if (condition())
      return true;
    poll(nullptr, 0, 10);
  }
  return condition();
}

bool is_alive(pid_t pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end != std::string::npos && stat[name_end + 2] != 'Z';
}

} // namespace troupe::sandbox

#include "tests/e2e/cli/cluster_under_test.hpp"

#include "bootstrap/process/child.hpp"
#include "runtime/base/clock.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::testing {

namespace {

std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

std::string quote(const std::string& text) {
  std::string out = "'";
  for (char c : text)
    out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

outcome run_shell(const std::string& script, const std::string& scratch) {
  const auto out = scratch + "/stdout";
  const auto err = scratch + "/stderr";
  const int status = std::system(
      (script + " >" + quote(out) + " 2>" + quote(err) + " </dev/null")
          .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, slurp(out), slurp(err)};
}

int pid_of(const nlohmann::json& status, const char* which) {
  const auto& process = status.at(which);
  return process.is_null() ? 0 : process.at("pid").get<int>();
}

} // namespace

cluster_under_test::cluster_under_test() {
  char name[] = "/tmp/troupe-e2e-XXXXXX";
  home_ = mkdtemp(name);
  directory_ = home_ + "/clusters";
}

cluster_under_test::~cluster_under_test() {
  run({"down", "--all"});
  std::filesystem::remove_all(home_);
}

std::string
cluster_under_test::command(const std::vector<std::string>& arguments) const {
  auto script = "HOME=" + quote(home_) + " TROUPE_DIR=" + quote(directory_)
                + " TROUPE_UPLINK=" + uplink + " exec " + quote(TROUPE_PROGRAM);
  for (const auto& argument : arguments)
    script += " " + quote(argument);
  // Most of these tests are about processes and state: nodes have tests of
  // their own.
  if (!arguments.empty() && arguments.front() == "up"
      && std::ranges::find(arguments, "--nodes") == arguments.end())
    script += " --nodes 0";
  return script;
}

outcome
cluster_under_test::run(const std::vector<std::string>& arguments) const {
  return run_shell(command(arguments), home_);
}

int cluster_under_test::start(const std::vector<std::string>& arguments,
                              const std::string& file) const {
  process::child_spec what;
  what.program = "/bin/sh";
  what.arguments = {"sh", "-c", command(arguments)};
  what.log_file = file;
  const auto pid = process::spawn(what);
  return pid ? *pid : 0;
}

nlohmann::json cluster_under_test::status(const std::string& name) const {
  return nlohmann::json::parse(
      run({"status", "--name", name, "--output", "json"}).out);
}

int cluster_under_test::server_pid() const {
  return status().at("processes").at(0).at("pid").get<int>();
}

int cluster_under_test::supervisor_pid() const {
  return pid_of(status(), "supervisor");
}

std::string cluster_under_test::api(const std::string& method,
                                    const std::string& path,
                                    const std::string& body) const {
  const auto pki = directory_ + "/default/pki/";
  auto script = "curl -sS --max-time 20 --cacert " + quote(pki + "ca.crt")
                + " --cert " + quote(pki + "admin.crt") + " --key "
                + quote(pki + "admin.key") + " -X " + method;
  if (!body.empty())
    script +=
        " -H 'Content-Type: application/json' --data-binary " + quote(body);
  const auto record =
      nlohmann::json::parse(slurp(directory_ + "/default/cluster.json"));
  return run_shell(script + " https://127.0.0.1:"
                       + std::to_string(record.at("port").get<int>()) + path,
                   home_)
      .out;
}

std::vector<int> cluster_under_test::processes() const {
  std::vector<int> out;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const auto pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0
        && slurp(entry.path().string() + "/cmdline").find(directory_)
               != std::string::npos)
      out.push_back(pid);
  }
  return out;
}

std::optional<int> end_of(int pid) {
  int status = 0;
  if (!eventually([&] { return waitpid(pid, &status, WNOHANG) == pid; }))
    return std::nullopt;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = mono_now() + std::chrono::seconds{30};
  while (!condition()) {
    if (mono_now() >= deadline)
      return false;
    poll(nullptr, 0, 20);
  }
  return true;
}

} // namespace troupe::testing

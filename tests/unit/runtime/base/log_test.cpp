#include "runtime/base/log.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace troupe;

namespace {

std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

/// Whether the words stand in the text, in that order, a line each.
bool has_lines(const std::string& text, const std::vector<std::string>& words) {
  std::istringstream in{text};
  std::string line;
  for (const auto& word : words)
    if (!std::getline(in, line) || line.find(word) == line.npos)
      return false;
  return !std::getline(in, line);
}

} // namespace

TEST_CASE("a log is opened anew by its name, with standard error") {
  char name[] = "/tmp/troupe-log-XXXXXX";
  const std::string directory = mkdtemp(name);
  const auto file = directory + "/log";
  // Another process, for a log is the process's.
  const auto pid = fork();
  if (pid == 0) {
    open_log(log_level::info, file);
    log_info("test", "one");
    std::filesystem::rename(file, file + ".1");
    log_info("test", "two");
    [[maybe_unused]] auto n = write(STDERR_FILENO, "raw two\n", 8);
    reopen_log();
    log_info("test", "three");
    n = write(STDERR_FILENO, "raw three\n", 10);
    // What cannot be opened leaves the log where it is.
    std::filesystem::rename(directory, directory + ".moved");
    reopen_log();
    std::filesystem::rename(directory + ".moved", directory);
    _exit(0);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  CHECK(status == 0);
  CHECK(has_lines(slurp(file + ".1"), {"test: one", "test: two", "raw two"}));
  CHECK(has_lines(slurp(file),
                  {"test: three", "raw three", "log: cannot open " + file}));
  std::filesystem::remove_all(directory);
}

#include "runtime/base/log.hpp"

#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace troupe {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      break;
  }
  return spdlog::level::err;
}

spdlog::logger make_stderr_logger() {
  spdlog::logger logger{"troupe",
                        std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  logger.set_level(spdlog::level::warn);
  return logger;
}

spdlog::logger& logger() {
  static spdlog::logger instance = make_stderr_logger();
  return instance;
}

std::string& log_file() {
  static std::string instance;
  return instance;
}

/// Libraries that complain, and sanitizers, write to standard error.
bool redirect_output(const std::string& file) {
  constexpr mode_t owner_only = 0600;
  const int to =
      open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, owner_only);
  if (to < 0)
    return false;
  const bool done =
      dup2(to, STDOUT_FILENO) >= 0 && dup2(to, STDERR_FILENO) >= 0;
  close(to);
  return done;
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    } else {
      constexpr char digits[] = "0123456789abcdef";
      out += "\\x";
      out += digits[(c >> 4) & 15];
      out += digits[c & 15];
    }
  }
  return out;
}

} // namespace

void open_log(log_level least, const std::string& file) {
  auto& instance = logger();
  instance.set_level(to_spdlog(least));
  instance.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %L %v",
                       spdlog::pattern_time_type::utc);
  instance.flush_on(spdlog::level::info);
  log_file() = file;
  reopen_log();
}

void reopen_log() {
  const auto& file = log_file();
  if (!file.empty() && !redirect_output(file))
    log_warning("log", "cannot open " + file + ": "
                           + std::generic_category().message(errno));
}

void log(log_level level, std::string_view component, std::string_view text) {
  auto& instance = logger();
  if (instance.should_log(to_spdlog(level)))
    instance.log(to_spdlog(level), "{}: {}", component, escape(text));
}

} // namespace troupe

#pragma once

#include <string>
#include <string_view>

namespace troupe {

enum class log_level { debug, info, warning, error };

/// Where the log of this process goes, and with it its standard output and
/// error: to the end of `file`, or where they went before when it is empty.
/// Call once, first thing in `main`; before that only warnings reach stderr.
void open_log(log_level least, const std::string& file);

/// Opens the file by its name again, for it may have been moved away; the log
/// stays where it is when that fails. Nothing without a file.
void reopen_log();

/// One line: time, level, component, text. Safe from any thread. Control
/// characters in `text` are escaped, for some of it comes from outside.
void log(log_level level, std::string_view component, std::string_view text);

inline void log_debug(std::string_view component, std::string_view text) {
  log(log_level::debug, component, text);
}

inline void log_info(std::string_view component, std::string_view text) {
  log(log_level::info, component, text);
}

inline void log_warning(std::string_view component, std::string_view text) {
  log(log_level::warning, component, text);
}

inline void log_error(std::string_view component, std::string_view text) {
  log(log_level::error, component, text);
}

} // namespace troupe

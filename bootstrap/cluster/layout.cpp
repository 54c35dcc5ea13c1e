#include "bootstrap/cluster/layout.hpp"

#include "messages/base/utf8.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace troupe::cluster {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// JSON, YAML and the settings of the bus all have to hold the path.
bool is_writable_text(const std::string& path) {
  return is_utf8(path) && std::ranges::none_of(path, [](char c) {
           return c == '"' || c == '\\' || c == '\x7f'
                  || static_cast<unsigned char>(c) < ' ';
         });
}

result<std::string> absolute_base(const std::string& base) {
  if (base.empty())
    return default_base(this_user());
  std::error_code failed;
  auto path = std::filesystem::absolute(base, failed).lexically_normal();
  if (failed)
    return error{errc::invalid_argument,
                 "--dir '" + base + "': " + failed.message()};
  auto text = path.string();
  while (text.size() > 1 && text.ends_with('/'))
    text.pop_back();
  if (!is_writable_text(text))
    return error{errc::invalid_argument,
                 "clusters cannot be kept in '" + text
                     + "': their files could not name it (it must be UTF-8 "
                       "without control characters, '\"' and '\\'); choose "
                       "another --dir"};
  return text;
}

} // namespace

user_environment this_user() {
  return {geteuid() == 0, variable("HOME"), variable("XDG_STATE_HOME")};
}

result<std::string> default_base(const user_environment& user) {
  if (user.root)
    return std::string{"/var/lib/troupe"};
  // The XDG specification: paths that are not absolute are to be ignored.
  if (user.xdg_state_home.starts_with('/'))
    return user.xdg_state_home + "/troupe";
  if (user.home.starts_with('/'))
    return user.home + "/.local/state/troupe";
  return error{errc::not_found,
               "neither HOME nor XDG_STATE_HOME is set: say where clusters are "
               "kept with --dir"};
}

result<layout> find_layout(const std::string& base, const std::string& name) {
  auto found = absolute_base(base);
  if (!found)
    return found.error();
  return layout{*found + "/" + name};
}

result<std::vector<std::string>> list_clusters(const std::string& base) {
  auto found = absolute_base(base);
  if (!found)
    return found.error();
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator it{*found, failed}, end;
       !failed && it != end; it.increment(failed)) {
    layout candidate{it->path().string()};
    std::error_code ignored;
    if (std::filesystem::exists(candidate.cluster_file(), ignored)
        || std::filesystem::exists(candidate.lock_file(), ignored))
      names.push_back(it->path().filename().string());
  }
  if (failed && failed != std::errc::no_such_file_or_directory)
    return error{errc::io_error, *found + ": " + failed.message()};
  std::ranges::sort(names);
  return names;
}

} // namespace troupe::cluster

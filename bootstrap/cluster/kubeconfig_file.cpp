#include "bootstrap/cluster/kubeconfig_file.hpp"

#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/layout.hpp"

#include <filesystem>

namespace troupe::cluster {

namespace {

error in_file(const std::string& path, const error& why) {
  return {why.code, path + ": " + why.message};
}

} // namespace

result<std::string> resolve_path(const std::string& path) {
  std::error_code failed;
  auto absolute = std::filesystem::absolute(path, failed);
  if (!failed)
    absolute = std::filesystem::weakly_canonical(absolute, failed);
  if (failed)
    return error{errc::invalid_argument, path + ": " + failed.message()};
  return absolute.string();
}

result<std::string> user_kubeconfig() {
  const auto home = this_user().home;
  if (home.empty())
    return error{errc::not_found,
                 "HOME is not set: name the file with --kubeconfig"};
  return resolve_path(home + "/.kube/config");
}

status_result check_file(const std::string& path) {
  auto text = read_file(path);
  if (!text)
    return text.error().code == errc::not_found ? status_result{unit{}}
                                                : text.error();
  if (auto read = add_to_kubeconfig(*text, {}); !read)
    return in_file(path, read.error());
  return unit{};
}

status_result add_to_file(const std::string& path, const access& value) {
  auto text = read_file(path);
  if (!text && text.error().code != errc::not_found)
    return text.error();
  auto changed = add_to_kubeconfig(text ? *text : std::string{}, value);
  if (!changed)
    return in_file(path, changed.error());
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(),
                                      failed);
  if (failed)
    return error{errc::io_error, path + ": " + failed.message()};
  return write_file(path, *changed);
}

status_result refresh_in_file(const std::string& path, const access& value) {
  auto text = read_file(path);
  if (!text)
    return text.error().code == errc::not_found ? status_result{unit{}}
                                                : text.error();
  auto changed = refresh_kubeconfig(*text, value);
  if (!changed)
    return in_file(path, changed.error());
  return *changed == *text ? status_result{unit{}} : write_file(path, *changed);
}

status_result remove_from_file(const std::string& path,
                               const std::string& name) {
  auto text = read_file(path);
  if (!text)
    return text.error().code == errc::not_found ? status_result{unit{}}
                                                : text.error();
  auto changed = remove_from_kubeconfig(*text, name);
  if (!changed)
    return in_file(path, changed.error());
  return changed->empty() ? remove_tree(path) : write_file(path, *changed);
}

} // namespace troupe::cluster

#include "node/sandbox/container_plan.hpp"

#include <algorithm>

namespace troupe::sandbox {

namespace {

error invalid(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

bool is_id(std::string_view id) {
  constexpr std::string_view others = "_.-";
  return !id.empty() && id.size() <= container_id_size_max
         && std::all_of(id.begin(), id.end(), [&](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9')
                     || others.find(c) != std::string_view::npos;
            });
}

/// Absolute, without zeros, as long as the kernel takes.
bool is_path(std::string_view path) {
  return path.starts_with('/') && path.size() < 4096
         && path.find('\0') == std::string_view::npos;
}

status_result check_process(const std::vector<std::string>& args,
                            const std::vector<std::string>& env,
                            const std::string& cwd,
                            const security_spec& security) {
  if (args.empty() || args.front().empty())
    return invalid("no command specified");
  std::size_t size = 0;
  for (const auto* list : {&args, &env})
    for (const auto& text : *list) {
      size += text.size() + 1;
      if (text.find('\0') != std::string::npos)
        return invalid("an argument or variable has a zero in it");
    }
  if (size > arguments_size_max)
    return error{errc::too_large, "argument list too long"};
  if (!is_path(cwd))
    return invalid("the working directory \"" + cwd + "\" is not absolute");
  if (security.groups.size() > 256)
    return error{errc::too_large, "more than 256 supplementary groups"};
  return unit{};
}

status_result check_rootfs(const rootfs_spec& rootfs) {
  if (rootfs.layers.empty() || rootfs.layers.size() > lower_layers_max)
    return invalid("an image has 1 to " + std::to_string(lower_layers_max)
                   + " layers");
  if (!is_path(rootfs.upper) || !is_path(rootfs.work))
    return invalid("a writable directory is not an absolute path");
  return unit{};
}

status_result check_paths(const security_spec& security) {
  for (const auto* list : {&security.masked_paths, &security.read_only_paths})
    for (const auto& path : *list)
      if (!is_path(path))
        return invalid("cannot mask \"" + path + "\"");
  return unit{};
}

status_result check_mounts(const std::vector<mount_spec>& mounts) {
  if (mounts.size() > mounts_max)
    return error{errc::too_large, "a container has more than "
                                      + std::to_string(mounts_max) + " mounts"};
  for (const auto& mount : mounts) {
    if (!is_path(mount.destination) || mount.destination == "/")
      return invalid("cannot mount at \"" + mount.destination + "\"");
    const auto* bind = std::get_if<bind_source>(&mount.source);
    if (bind != nullptr && !bind->descriptor && !is_path(bind->path))
      return invalid("cannot mount \"" + bind->path + "\"");
  }
  return unit{};
}

} // namespace

status_result validate(const container_spec& spec) {
  if (!is_id(spec.id))
    return invalid("\"" + spec.id + "\" is no container's id");
  if (auto checked = check_rootfs(spec.rootfs); !checked)
    return checked;
  if (auto checked = check_mounts(spec.mounts); !checked)
    return checked;
  if (auto checked = check_paths(spec.security); !checked)
    return checked;
  if (spec.oom_score_adj < -1000 || spec.oom_score_adj > 1000)
    return invalid("an OOM score adjustment is -1000 to 1000");
  const auto slash = spec.log.path.rfind('/');
  const auto name_size = spec.log.path.size() - slash - 1;
  if (!is_path(spec.log.path) || name_size == 0 || name_size > 60)
    return invalid("\"" + spec.log.path + "\" is no log's path");
  return check_process(spec.args, spec.env, spec.cwd, spec.security);
}

status_result validate(const exec_spec& spec) {
  if (!is_id(spec.container_id))
    return invalid("\"" + spec.container_id + "\" is no container's id");
  return check_process(spec.args, spec.env, spec.cwd, spec.security);
}

} // namespace troupe::sandbox

#include "node/sys/overlay.hpp"

#include "node/sys/mount_api.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/own_thread.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::sys {

namespace {

/// fsconfig(2) takes values of at most 255 octets, and some characters in
/// paths are read as overlayfs's own.
constexpr std::size_t option_size_max = 200;

/// mount(2) takes one page of options.
constexpr std::size_t options_size_max = 4095;

constexpr auto own_descriptors = "/proc/thread-self/fd";

/// Keeps directories open while their descriptors' names stand for them.
class layer_names {
public:
  /// The number of a descriptor of the directory.
  result<std::string> number(const std::string& path) {
    unique_fd opened{open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!opened)
      return os_error("open", path);
    auto name = std::to_string(opened.get());
    opened_.push_back(std::move(opened));
    return name;
  }

  /// The path itself where it is short and plain.
  result<std::string> name(const std::string& path) {
    if (path.size() <= option_size_max
        && path.find_first_of(":,\\") == std::string::npos)
      return path;
    auto name = number(path);
    return name ? "/proc/self/fd/" + *name : name;
  }

private:
  std::vector<unique_fd> opened_;
};

/// Adds the layers one by one; `unsupported` when the kernel cannot.
status_result add_lower(const unique_fd& context,
                        const std::vector<std::string>& lower,
                        layer_names& names) {
  constexpr auto key = "lowerdir+";
  const error cannot{errc::unsupported, "the kernel takes all layers at once"};
  // Kernels before 6.5 take any key and judge them all in the end, loudly.
  if (set_option(context, {"no-such-option", ""}))
    return cannot;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const auto name = names.name(lower[i]);
    if (!name)
      return name.error();
    if (set_option(context, {key, *name}))
      continue;
    return i == 0 && errno == EINVAL ? cannot
                                     : os_error("overlay the layer", lower[i]);
  }
  return unit{};
}

result<unique_fd> make_overlay_by_steps(const overlay_layers& layers) {
  auto context = open_context("overlay");
  if (!context)
    return context.error();
  layer_names names;
  if (auto added = add_lower(*context, layers.lower, names); !added)
    return added.error();
  const mount_option own[] = {{"upperdir", layers.upper},
                              {"workdir", layers.work}};
  for (const auto& [key, path] : own) {
    const auto name = names.name(path);
    if (!name)
      return name.error();
    if (!set_option(*context, {key, *name}))
      return os_error("overlay the directory", path);
  }
  return finish_mount(*context, "overlay", 0);
}

/// The options with descriptors' numbers for paths: short and plain ones.
result<std::string> joined_options(const overlay_layers& layers,
                                   layer_names& names) {
  std::string options;
  const auto add = [&](const char* before, const std::string& path) {
    const auto number = names.number(path);
    if (!number)
      return status_result{number.error()};
    options += before + *number;
    return status_result{unit{}};
  };
  for (const auto& path : layers.lower)
    if (auto done = add(options.empty() ? "lowerdir=" : ":", path); !done)
      return done.error();
  if (auto done = add(",upperdir=", layers.upper); !done)
    return done.error();
  if (auto done = add(",workdir=", layers.work); !done)
    return done.error();
  if (options.size() > options_size_max)
    return error{errc::too_large, "an overlay has too many layers"};
  return options;
}

/// In a mount namespace of the calling thread's own. The directories are
/// opened there: an overlay is made of mounts of its own namespace only.
result<unique_fd> mount_at_once(const overlay_layers& layers) {
  if (unshare(CLONE_NEWNS) != 0
      || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return os_error("make", "a mount namespace");
  layer_names names;
  const auto options = joined_options(layers, names);
  if (!options)
    return options.error();
  if (chdir(own_descriptors) != 0)
    return os_error("enter", own_descriptors);
  const auto* point = layers.work.c_str();
  if (mount("overlay", point, "overlay", 0, options->c_str()) != 0)
    return os_error("make a file system of type", "overlay");
  return clone_mount(AT_FDCWD, point, false);
}

} // namespace

result<unique_fd> make_overlay(const overlay_layers& layers) {
  auto made = make_overlay_by_steps(layers);
  if (!made && made.error().code == errc::unsupported)
    return make_overlay_at_once(layers);
  return made;
}

result<unique_fd> make_overlay_at_once(const overlay_layers& layers) {
  unique_fd mount;
  const auto done = on_own_thread([&]() -> status_result {
    auto made = mount_at_once(layers);
    if (!made)
      return made.error();
    mount = std::move(*made);
    return unit{};
  });
  if (!done)
    return done.error();
  return mount;
}

} // namespace troupe::sys

#include "node/shim/paths.hpp"

#include "node/shim/plan.hpp"
#include "node/shim/text.hpp"

#include <fcntl.h>
#include <linux/openat2.h>

namespace troupe::shim {

namespace {

constexpr std::size_t path_size_max = 4096;
constexpr int links_max = 40;

// Each time somebody on this machine renamed or mounted something while the
// kernel went through a "..": it cannot tell whether that led outside.
constexpr int look_ups_max = 10'000;

long open_path(int root, const char* path, std::uint16_t flags) {
  open_how how = {};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  if ((flags & step_no_links) != 0)
    how.resolve |= RESOLVE_NO_SYMLINKS;
  long result = 0;
  for (int i = 0; i < look_ups_max; ++i) {
    result = kernel_retry(__NR_openat2, root, path, &how, sizeof(how));
    if (result != -EAGAIN)
      break;
  }
  return result;
}

/// A path taken apart at one component.
struct split {
  char front[path_size_max]; ///< what leads there, or "."
  char name[256];
  const char* rest; ///< what follows, without leading slashes
};

/// Takes the path apart behind `at`; returns where its component ends.
const char* split_at(const char* path, const char* at, split& parts) {
  while (*at == '/')
    ++at;
  const char* end = at;
  while (*end != '\0' && *end != '/')
    ++end;
  text_writer front{parts.front};
  front.add(".").add(at == path ? "" : "/");
  front.add(path, static_cast<std::size_t>(at - path));
  text_writer{parts.name}.add(at, static_cast<std::size_t>(end - at));
  parts.rest = end;
  while (*parts.rest == '/')
    ++parts.rest;
  return end;
}

/// Makes one component. EEXIST: it is a link that leads to nothing.
long make_component(int parent, const split& parts, std::uint16_t flags) {
  if (*parts.rest != '\0' || (flags & step_make_directory) != 0)
    return kernel(__NR_mkdirat, parent, parts.name, 0755);
  const auto fd =
      kernel(__NR_openat, parent, parts.name,
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd >= 0)
    kernel(__NR_close, fd);
  return fd < 0 ? fd : 0;
}

/// Rewrites `path` so that the link at `parts` is followed.
long follow_link(int parent, const split& parts, char (&path)[path_size_max]) {
  char link[path_size_max];
  const auto size =
      kernel(__NR_readlinkat, parent, parts.name, link, sizeof(link) - 1);
  if (size <= 0)
    return size < 0 ? size : -ENOENT;
  link[size] = '\0';
  char longer[2 * path_size_max];
  text_writer out{longer};
  if (link[0] != '/')
    out.add(parts.front).add("/");
  out.add(link).add(*parts.rest != '\0' ? "/" : "").add(parts.rest);
  if (out.size() >= path_size_max)
    return -ENAMETOOLONG;
  memcpy(path, longer, out.size() + 1);
  return 0;
}

/// Makes what is missing up to the first link that leads to nothing, which is
/// put into `path` instead: then 1. 0 when all is there.
long make_missing(int root, char (&path)[path_size_max], std::uint16_t flags) {
  split parts;
  for (const char* at = path; *at != '\0';) {
    at = split_at(path, at, parts);
    if (parts.name[0] == '\0')
      return 0;
    char here[2 * path_size_max];
    text_writer{here}.add(parts.front).add("/").add(parts.name);
    if (const auto fd = open_path(root, here, flags); fd != -ENOENT) {
      if (fd < 0)
        return fd;
      kernel(__NR_close, fd);
      continue;
    }
    const auto parent = open_path(root, parts.front, flags);
    if (parent < 0)
      return parent;
    auto result = make_component(static_cast<int>(parent), parts, flags);
    if (result == -EEXIST && (flags & step_no_links) == 0) {
      result = follow_link(static_cast<int>(parent), parts, path);
      kernel(__NR_close, parent);
      return result < 0 ? result : 1;
    }
    kernel(__NR_close, parent);
    if (result < 0)
      return result;
  }
  return 0;
}

} // namespace

long open_below(int root, const char* path, std::uint16_t flags) {
  const auto found = open_path(root, path, flags);
  if (found != -ENOENT || (flags & (step_make_directory | step_make_file)) == 0)
    return found;
  if (strlen(path) >= path_size_max)
    return -ENAMETOOLONG;
  char current[path_size_max];
  text_writer{current}.add(path);
  for (int followed = 0; followed < links_max; ++followed) {
    const auto result = make_missing(root, current, flags);
    if (result < 0)
      return result;
    if (result == 0)
      return open_path(root, current, flags);
  }
  return -ELOOP;
}

long make_directories(const char* path) {
  const auto root =
      kernel(__NR_openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (root < 0)
    return root;
  const auto made =
      open_below(static_cast<int>(root), path, step_make_directory);
  kernel(__NR_close, root);
  if (made >= 0)
    kernel(__NR_close, made);
  return made < 0 ? made : 0;
}

} // namespace troupe::shim

#include "node/image/layer_unpack.hpp"

#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/layer_path.hpp"
#include "node/image/tar_reader.hpp"
#include "node/image/tree_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace troupe::image {

namespace {

error refused(std::string_view name, std::string_view why) {
  return {errc::corrupt,
          "layer entry \"" + std::string{name} + "\" " + std::string{why}};
}

std::optional<tree_entry::type> type_of(const tar_member& member) {
  using type = tree_entry::type;
  switch (archive_entry_filetype(member.entry)) {
    case AE_IFREG:
      return type::file;
    case AE_IFDIR:
      return type::directory;
    case AE_IFLNK:
      return type::symlink;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
      return type::device;
    default:
      return std::nullopt;
  }
}

void read_xattrs(archive_entry* from, tree_entry& to) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(from);
  while (archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK)
    if (name != nullptr)
      to.xattrs.emplace_back(
          name, std::string{static_cast<const char*>(value), size});
}

result<tree_entry> read_entry(const tar_member& member, std::string path) {
  tree_entry out;
  out.path = std::move(path);
  out.mode = archive_entry_mode(member.entry);
  out.uid = static_cast<uid_t>(archive_entry_uid(member.entry));
  out.gid = static_cast<gid_t>(archive_entry_gid(member.entry));
  out.modified = {archive_entry_mtime(member.entry),
                  archive_entry_mtime_nsec(member.entry)};
  if (!member.hard_link.empty()) {
    auto target = clean_layer_path(member.hard_link);
    if (!target || target->empty())
      return refused(member.name, "links out of its layer");
    out.kind = tree_entry::type::hard_link;
    out.target = std::move(*target);
    return out;
  }
  const auto kind = type_of(member);
  if (!kind)
    return refused(member.name, "is of no known type");
  out.kind = *kind;
  out.target = member.symlink;
  if (out.kind == tree_entry::type::device)
    out.device = archive_entry_rdev(member.entry);
  read_xattrs(member.entry, out);
  return out;
}

/// One entry: a whiteout or a thing.
status_result unpack_entry(tar_reader& tar, const tar_member& member,
                           tree_writer& tree) {
  auto path = clean_layer_path(member.name);
  if (!path)
    return refused(member.name, "leads out of its layer");
  const auto last = last_part(*path);
  std::string directory{parent_part(*path)};
  switch (whiteout_of(last)) {
    case whiteout_kind::metadata:
      return unit{};
    case whiteout_kind::opaque:
      return tree.hide_below(directory);
    case whiteout_kind::entry:
      if (!directory.empty())
        directory += '/';
      return tree.hide(directory.append(hidden_name(last)));
    case whiteout_kind::none:
      break;
  }
  // Devices come with the file type in their mode, pipes as one of them; a
  // socket is nothing an image can hold, so it is passed over as runtimes do.
  if (member.hard_link.empty()
      && archive_entry_filetype(member.entry) == AE_IFSOCK)
    return unit{};
  auto entry = read_entry(member, std::move(*path));
  if (!entry)
    return entry.error();
  return tree.put(*entry, [&](int fd) { return tar.copy_data(fd); });
}

} // namespace

result<std::string> unpack_layer(const unpack_job& job, std::stop_token stop) {
  auto root = open_file(job.directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!root)
    return root.error();
  auto tar = tar_reader::open(job.blob, job.size_max);
  if (!tar)
    return tar.error();
  tree_writer tree{std::move(*root), job.below};
  for (std::uint64_t count = 0;; ++count) {
    if (stop.stop_requested())
      return error{errc::unavailable, "the image service is stopping"};
    if (count == layer_entries_max)
      return error{errc::too_large, "layer has too many entries"};
    const auto member = (*tar)->next();
    if (!member)
      return member.error();
    if (!*member)
      break;
    if (auto done = unpack_entry(**tar, **member, tree); !done)
      return done.error();
  }
  tree.finish();
  return (*tar)->finish();
}

} // namespace troupe::image

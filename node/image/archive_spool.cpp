#include "node/image/archive_spool.hpp"

#include "node/image/archive_import.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/layer_path.hpp"
#include "node/image/tar_reader.hpp"
#include "node/sys/file_tree.hpp"

#include <archive_entry.h>
#include <fcntl.h>

#include <optional>

namespace troupe::image {

namespace {

constexpr unsigned link_steps_max = 8;

/// Where a symbolic link in `directory` leads, by its text alone.
std::optional<std::string> resolve(std::string directory,
                                   std::string_view target) {
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    directory = parent_part(directory);
  }
  auto rest = clean_layer_path(target);
  if (!rest)
    return std::nullopt;
  return directory.empty() ? *rest : directory + "/" + *rest;
}

} // namespace

archive_spool::archive_spool(archive_spool&& other) noexcept
    : scratch_{std::exchange(other.scratch_, {})},
      files_{std::move(other.files_)}, links_{std::move(other.links_)} {}

archive_spool::~archive_spool() {
  if (!scratch_.empty())
    static_cast<void>(remove_tree(scratch_));
}

result<archive_spool> archive_spool::open(const std::string& archive,
                                          std::string scratch,
                                          std::uint64_t size_max,
                                          const std::stop_token& stop) {
  if (auto made = sys::make_directories(scratch, 0700); !made)
    return made.error();
  archive_spool out{std::move(scratch)};
  if (auto done = out.spread(archive, size_max, stop); !done)
    return done.error();
  return out;
}

status_result archive_spool::spread(const std::string& archive,
                                    std::uint64_t size_max,
                                    const std::stop_token& stop) {
  auto tar = tar_reader::open(archive, size_max);
  if (!tar)
    return tar.error();
  for (;;) {
    const auto member = (*tar)->next();
    if (!member)
      return member.error();
    if (!*member)
      return unit{};
    if (stop.stop_requested())
      return error{errc::unavailable, "the image service is stopping"};
    if (files_.size() + links_.size() >= archive_members_max)
      return error{errc::too_large, "archive has too many members"};
    const auto path = clean_layer_path((*member)->name);
    if (!path)
      return error{errc::corrupt, "archive member \"" + (*member)->name
                                      + "\" leads out of the archive"};
    const std::string directory{parent_part(*path)};
    const auto& link = (*member)->hard_link;
    const auto target = link.empty() ? resolve(directory, (*member)->symlink)
                                     : clean_layer_path(link);
    if (!link.empty() || !(*member)->symlink.empty()) {
      if (target)
        links_.insert_or_assign(*path, *target);
      continue;
    }
    if (archive_entry_filetype((*member)->entry) != AE_IFREG)
      continue;
    const auto file = scratch_ + "/" + std::to_string(files_.size());
    const auto fd = open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
    if (!fd)
      return fd.error();
    if (auto done = (*tar)->copy_data(fd->get()); !done)
      return done;
    files_.insert_or_assign(*path, file);
  }
}

bool archive_spool::has(const std::string& member) const {
  return path_of(member).has_value();
}

result<std::string> archive_spool::path_of(const std::string& member) const {
  auto name = clean_layer_path(member).value_or("");
  for (unsigned step = 0; step < link_steps_max; ++step) {
    if (const auto file = files_.find(name); file != files_.end())
      return file->second;
    const auto link = links_.find(name);
    if (link == links_.end())
      break;
    name = link->second;
  }
  return error{errc::corrupt, "archive has no \"" + member + "\""};
}

result<bytes> archive_spool::read(const std::string& member,
                                  std::size_t max) const {
  const auto path = path_of(member);
  if (!path)
    return path.error();
  return read_whole(*path, max);
}

} // namespace troupe::image

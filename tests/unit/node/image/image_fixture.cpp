#include "tests/unit/node/image/image_fixture.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <future>
#include <iterator>

namespace troupe::image::test {

scratch::scratch() {
  std::string pattern = "/tmp/troupe-image-XXXXXX";
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

scratch::~scratch() {
  run("rm -rf --one-file-system '" + path_ + "'");
}

namespace {

mode_t file_type(char type) {
  switch (type) {
    case 'd':
      return AE_IFDIR;
    case 'l':
      return AE_IFLNK;
    case 'c':
      return AE_IFCHR;
    case 'p':
      return AE_IFIFO;
    default:
      return AE_IFREG;
  }
}

void write_member(archive* out, const member& each) {
  auto* entry = archive_entry_new();
  archive_entry_set_pathname(entry, each.name.c_str());
  archive_entry_set_mode(entry, file_type(each.type) | each.mode);
  archive_entry_set_uid(entry, each.uid);
  archive_entry_set_gid(entry, each.gid);
  archive_entry_set_mtime(entry, 1'000'000'000, 0);
  archive_entry_set_size(entry, 0);
  if (each.type == 'l')
    archive_entry_set_symlink(entry, each.content.c_str());
  if (each.type == 'h')
    archive_entry_set_hardlink(entry, each.content.c_str());
  if (each.type == 'c') {
    archive_entry_set_rdevmajor(entry, 1);
    archive_entry_set_rdevminor(entry, 3);
  }
  if (each.type == 'f')
    archive_entry_set_size(entry, static_cast<la_int64_t>(each.content.size()));
  for (const auto& [name, value] : each.xattrs)
    archive_entry_xattr_add_entry(entry, name.c_str(), value.data(),
                                  value.size());
  // A name the locale has no form for is written all the same, with a warning.
  REQUIRE(archive_write_header(out, entry) >= ARCHIVE_WARN);
  if (each.type == 'f')
    archive_write_data(out, each.content.data(), each.content.size());
  archive_entry_free(entry);
}

} // namespace

void write_tar(const std::string& path, const std::vector<member>& members,
               const std::string& filter) {
  auto* out = archive_write_new();
  archive_write_set_format_pax(out);
  if (filter == "gzip")
    archive_write_add_filter_gzip(out);
  if (filter == "zstd")
    archive_write_add_filter_zstd(out);
  REQUIRE(archive_write_open_filename(out, path.c_str()) == ARCHIVE_OK);
  for (const auto& each : members)
    write_member(out, each);
  REQUIRE(archive_write_close(out) == ARCHIVE_OK);
  archive_write_free(out);
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string read_text(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

int run(const std::string& command) {
  const int status = system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    poll(nullptr, 0, 10);
  }
  return true;
}

pull_outcome pull(image_service& images, pull_request request) {
  std::promise<pull_outcome> promise;
  auto outcome = promise.get_future();
  images.pull(std::move(request),
              [&](pull_outcome got) { promise.set_value(std::move(got)); });
  REQUIRE(outcome.wait_for(std::chrono::seconds{60})
          == std::future_status::ready);
  return outcome.get();
}

} // namespace troupe::image::test

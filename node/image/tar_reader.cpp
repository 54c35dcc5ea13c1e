#include "node/image/tar_reader.hpp"

#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/sys/os_error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe::image {

using sys::os_error;

namespace {

struct archive_closer {
  void operator()(archive* a) const { archive_read_free(a); }
};

using archive_ptr = std::unique_ptr<archive, archive_closer>;

constexpr std::size_t block_size = 128 * 1024;
constexpr std::size_t tar_block_size = 512;

error archive_fault(archive* a, std::string_view what) {
  const char* text = archive_error_string(a);
  return {errc::corrupt, std::string{what} + ": "
                             + (text == nullptr ? "unknown format" : text)};
}

/// Names are octets; only when an archive gives them as UTF-8 that the locale
/// has no form for are they to be asked for as such.
std::string text_of(const char* octets, const char* utf8) {
  if (octets != nullptr)
    return octets;
  return utf8 == nullptr ? std::string{} : std::string{utf8};
}

/// Two readers in a row: the first takes the compression away, the second
/// reads the tar, and what passes between them is hashed and counted.
class layered_reader final : public tar_reader {
public:
  layered_reader(archive_ptr plain, std::uint64_t size_max)
      : plain_{std::move(plain)}, size_max_{size_max} {}

  status_result start() {
    archive_read_support_format_tar(tar_.get());
    archive_read_support_format_empty(tar_.get());
    if (archive_read_open(tar_.get(), this, nullptr, &read_block, nullptr)
        != ARCHIVE_OK)
      return fault("layer is no tar");
    return unit{};
  }

  result<std::optional<tar_member>> next() override {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(tar_.get(), &entry);
    if (code == ARCHIVE_EOF)
      return std::optional<tar_member>{};
    // A warning is about a name's characters; the octets are what counts.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
      return fault("layer is no valid tar");
    tar_member out{entry, {}, {}, {}};
    out.name = text_of(archive_entry_pathname(entry),
                       archive_entry_pathname_utf8(entry));
    out.hard_link = text_of(archive_entry_hardlink(entry),
                            archive_entry_hardlink_utf8(entry));
    out.symlink = text_of(archive_entry_symlink(entry),
                          archive_entry_symlink_utf8(entry));
    size_ = archive_entry_size(entry);
    return std::optional{std::move(out)};
  }

  status_result copy_data(int fd) override {
    if (size_ < 0 || static_cast<std::uint64_t>(size_) > size_max_)
      return error{errc::too_large, "layer has a file of more than "
                                        + std::to_string(size_max_) + " bytes"};
    for (;;) {
      const void* data = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int code =
          archive_read_data_block(tar_.get(), &data, &size, &offset);
      if (code == ARCHIVE_EOF)
        break;
      if (code != ARCHIVE_OK)
        return fault("layer is no valid tar");
      if (auto done =
              write_at(fd, static_cast<const char*>(data), size, offset);
          !done)
        return done;
    }
    if (ftruncate(fd, size_) != 0)
      return os_error("write", "layer file");
    return unit{};
  }

  result<std::string> finish() override {
    const void* block = nullptr;
    for (;;) {
      const auto got = read_plain(&block);
      if (got < 0)
        return fault("layer is no valid archive");
      if (got == 0)
        return hash_.finish();
    }
  }

private:
  static la_ssize_t read_block(archive*, void* self, const void** block) {
    return static_cast<layered_reader*>(self)->read_plain(block);
  }

  la_ssize_t read_plain(const void** block) {
    if (at_end_)
      return 0;
    const auto got =
        archive_read_data(plain_.get(), buffer_.data(), buffer_.size());
    at_end_ = got == 0;
    if (at_end_)
      return fill_last(block);
    if (got < 0)
      return got;
    total_ += static_cast<std::uint64_t>(got);
    if (total_ > size_max_) {
      too_large_ = true;
      return ARCHIVE_FATAL;
    }
    hash_.feed({buffer_.data(), static_cast<std::size_t>(got)});
    *block = buffer_.data();
    return got;
  }

  /// Some tools (umoci insert) leave the last file's last block short, which
  /// runtimes take for the end. The digest is of what is there.
  la_ssize_t fill_last(const void** block) {
    const auto rest = total_ % tar_block_size;
    if (rest == 0)
      return 0;
    const auto missing = tar_block_size - rest;
    std::fill_n(buffer_.begin(), missing, '\0');
    *block = buffer_.data();
    return static_cast<la_ssize_t>(missing);
  }

  status_result write_at(int fd, const char* data, std::size_t size,
                         la_int64_t offset) {
    while (size > 0) {
      const auto done = pwrite(fd, data, size, offset);
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return os_error("write", "layer file");
      data += done;
      size -= static_cast<std::size_t>(done);
      offset += done;
    }
    return unit{};
  }

  /// The compression's fault explains the tar's.
  error fault(std::string_view what) {
    if (too_large_)
      return {errc::too_large,
              "layer has more than " + std::to_string(size_max_) + " bytes"};
    return archive_errno(plain_.get()) != 0 ? archive_fault(plain_.get(), what)
                                            : archive_fault(tar_.get(), what);
  }

  archive_ptr plain_;
  archive_ptr tar_{archive_read_new()};
  std::array<char, block_size> buffer_;
  sha256 hash_;
  std::uint64_t size_max_;
  std::uint64_t total_ = 0;
  la_int64_t size_ = 0; ///< of the member read last
  bool at_end_ = false;
  bool too_large_ = false;
};

} // namespace

result<std::unique_ptr<tar_reader>> tar_reader::open(const std::string& file,
                                                     std::uint64_t size_max) {
  archive_ptr plain{archive_read_new()};
  archive_read_support_filter_gzip(plain.get());
  archive_read_support_filter_zstd(plain.get());
  archive_read_support_format_raw(plain.get());
  archive_read_support_format_empty(plain.get());
  archive_entry* whole = nullptr;
  if (archive_read_open_filename(plain.get(), file.c_str(), block_size)
      != ARCHIVE_OK)
    return archive_fault(plain.get(), "open " + file);
  const int code = archive_read_next_header(plain.get(), &whole);
  if (code != ARCHIVE_OK && code != ARCHIVE_EOF && code != ARCHIVE_WARN)
    return archive_fault(plain.get(), "layer is no valid archive");
  auto out = std::make_unique<layered_reader>(std::move(plain), size_max);
  if (auto started = out->start(); !started)
    return started.error();
  return std::unique_ptr<tar_reader>{std::move(out)};
}

} // namespace troupe::image

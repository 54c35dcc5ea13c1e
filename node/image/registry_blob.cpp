#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/registry_client.hpp"
#include "node/image/stoppable_wait.hpp"
#include "node/sys/os_error.hpp"
#include "runtime/base/backoff.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace troupe::image {

using sys::os_error;

namespace {

constexpr long partial = 206;
constexpr long range_unusable = 416;

pull_error disk_fault(const error& e) {
  return {pull_fault::store_failed, e.message};
}

pull_error corrupt(std::string what) {
  return {pull_fault::corrupt, std::move(what)};
}

} // namespace

/// The file a blob grows in, with the hash of what it holds so far.
class registry_client::blob_file final : public body_sink {
public:
  blob_file(const descriptor& what, std::string path)
      : what_{what}, path_{std::move(path)} {}

  /// Takes up what an earlier attempt left.
  status_result open() {
    auto fd = open_file(path_, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!fd)
      return fd.error();
    fd_ = std::move(*fd);
    std::array<char, 128 * 1024> chunk;
    for (;;) {
      const auto got = read(fd_.get(), chunk.data(), chunk.size());
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return os_error("read", path_);
      if (got == 0)
        break;
      hash_.feed({chunk.data(), static_cast<std::size_t>(got)});
      held_ += static_cast<std::uint64_t>(got);
    }
    inherited_ = held_ > 0;
    return held_ > what_.size ? restart() : status_result{unit{}};
  }

  status_result restart() {
    if (ftruncate(fd_.get(), 0) != 0)
      return os_error("truncate", path_);
    if (lseek(fd_.get(), 0, SEEK_SET) != 0)
      return os_error("seek in", path_);
    hash_ = sha256{};
    held_ = 0;
    inherited_ = false;
    return unit{};
  }

  /// The octets must join those held.
  bool begin(const http_head& head) override {
    if (head.status != partial)
      return keep(restart());
    const auto range = parse_content_range(head.content_range);
    if (range && range->first == held_)
      return true;
    fault_ = corrupt("the registry sent another range than asked for");
    return false;
  }

  bool write(bytes_view data) override {
    if (held_ + data.size() > what_.size) {
      fault_ = corrupt("blob " + what_.digest + " has more than the "
                       + std::to_string(what_.size) + " bytes of its manifest");
      return false;
    }
    if (!keep(write_all(fd_.get(), data, path_)))
      return false;
    hash_.feed(data);
    held_ += data.size();
    return true;
  }

  /// Whether the whole content is what was asked for.
  bool verify() { return hash_.finish() == what_.digest; }

  void discard() { unlink(path_.c_str()); }

  std::uint64_t held() const { return held_; }

  bool inherited() const { return inherited_; }

  /// Why the sink broke off, once.
  std::optional<pull_error> take_fault() {
    return std::exchange(fault_, std::nullopt);
  }

private:
  bool keep(const status_result& done) {
    if (!done)
      fault_ = disk_fault(done.error());
    return done.has_value();
  }

  const descriptor& what_;
  std::string path_;
  unique_fd fd_;
  sha256 hash_;
  std::uint64_t held_ = 0;
  bool inherited_ = false; ///< some of it from before this process
  std::optional<pull_error> fault_;
};

result<unit, pull_error> registry_client::blob(const descriptor& what,
                                               const std::string& path,
                                               http_client& http,
                                               const std::stop_token& stop) {
  blob_file file{what, path};
  if (auto opened = file.open(); !opened)
    return disk_fault(opened.error());
  auto done = at_each_place(
      [&](place& at) { return blob_at(at, what, file, http, stop); });
  if (!done && done.error().fault == pull_fault::corrupt)
    file.discard();
  return done;
}

/// Once more from the start when what a crash had left proves wrong.
result<unit, pull_error>
registry_client::blob_at(place& at, const descriptor& what, blob_file& file,
                         http_client& http, const std::stop_token& stop) {
  for (;;) {
    const bool inherited = file.inherited();
    auto fetched = fetch_rest(at, what, file, http, stop);
    if (fetched && file.verify())
      return unit{};
    if (!fetched && fetched.error().fault != pull_fault::corrupt)
      return fetched;
    if (auto again = file.restart(); !again)
      return disk_fault(again.error());
    if (!inherited)
      return fetched ? corrupt("blob has another digest than " + what.digest)
                     : fetched.error();
  }
}

/// Resumes for as long as there is progress.
result<unit, pull_error>
registry_client::fetch_rest(place& at, const descriptor& what, blob_file& file,
                            http_client& http, const std::stop_token& stop) {
  const backoff_policy backoff;
  for (unsigned failures = 0; file.held() < what.size;) {
    const auto before = file.held();
    http_get request{url_of(at, "blobs", what.digest)};
    request.offset = before;
    auto answer = ask(at, std::move(request), &file, http, stop);
    if (auto fault = file.take_fault())
      return *fault;
    if (answer && answer->head.status == range_unusable)
      return corrupt("blob " + what.digest + " is shorter than the "
                     + std::to_string(what.size) + " bytes of its manifest");
    const auto fault = answer ? pull_error{pull_fault::unavailable,
                                           "the registry ended blob "
                                               + what.digest + " too early"}
                              : answer.error();
    if (file.held() == what.size)
      break;
    if (fault.fault != pull_fault::unavailable)
      return fault;
    failures = file.held() > before ? 0 : failures + 1;
    if (failures > resumes_max_
        || !wait_unless_stopped(stop, backoff.delay(failures)))
      return fault;
  }
  return unit{};
}

} // namespace troupe::image

#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "node/image/image_record.hpp"
#include "node/image/image_user.hpp"
#include "node/image/keyring.hpp"
#include "node/image/reference.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::image {

/// imagePullPolicy of a container.
enum class pull_policy : std::uint8_t { if_not_present, always, never };

/// Why there is no image, as far as a caller branches on it. The container's
/// waiting reason follows: InvalidImageName, ErrImageNeverPull, and
/// ErrImagePull for all others.
enum class pull_fault : std::uint8_t {
  invalid_name, ///< the reference is malformed
  never_pulled, ///< policy Never and not in the store
  not_found,    ///< the registry has no such repository, tag or digest
  denied,       ///< the registry wants other credentials
  unavailable,  ///< no registry answers, or this service is stopping
  corrupt,      ///< the registry's bytes do not match their digests, or the
                ///< image is malformed, too large or for another platform
  store_failed, ///< this machine's disk
};

/// `message` is what follows `Failed to pull image "x": ` in the event:
/// `failed to pull and unpack image "docker.io/library/x:1": …`. For
/// `invalid_name` and `never_pulled` it is the event's whole text.
struct pull_error {
  pull_fault fault;
  std::string message;

  friend bool operator==(const pull_error&, const pull_error&) = default;
};

/// How an image came to be there.
struct pulled {
  image_ptr image;
  bool present = false; ///< found in the store, the registry was not asked
  duration elapsed{};   ///< work alone; 0 when present
  duration waited{};    ///< from the call to the answer, queueing included
};

using pull_outcome = result<pulled, pull_error>;

struct pull_request {
  std::string reference; ///< as in the pod's spec
  pull_policy policy = pull_policy::if_not_present;
  keyring logins;
};

/// `Successfully pulled image "nginx:1.25" in 1.204s (1.204s including
/// waiting). Image size: 70526107 bytes.`, or, when present, `Container image
/// "nginx:1.25" already present on machine`: the message of event `Pulled`.
std::string pulled_event_text(std::string_view reference, const pulled& how);

/// Where a registry's images are fetched instead: base URLs tried in order,
/// for example {"docker.io", {"http://10.99.0.2:5000"}}. When all of them fail
/// to answer or do not have the image, the registry itself is asked. Plain
/// http is spoken only to an `http://` mirror and to localhost.
using mirror_map = std::map<std::string, std::vector<std::string>>;

/// Reads `docker.io=http://10.99.0.2:5000`, as `--registry-mirror` takes it,
/// into `mirrors`. Fails with `invalid_argument`.
status_result add_mirror(mirror_map& mirrors, std::string_view option);

/// Whose certificates a registry may show, beside those the machine trusts: a
/// PEM file by the host (with its port) of the registry, or of a mirror. Also
/// for the token server that registry names, unless that has its own. Read at
/// each connection. A registry that is named here is asked by https even on
/// this machine's loopback.
using authority_map = std::map<std::string, std::string>;

/// Reads `registry.example:5000=/etc/ssl/registry.pem`, as `--registry-ca`
/// takes it, into `authorities`. Fails with `invalid_argument`.
status_result add_authority(authority_map& authorities,
                            std::string_view option);

struct image_service_config {
  /// Directory of the content store, made when absent. Any number of
  /// processes may share it; it must be on one file system that takes device
  /// nodes and trusted.* attributes.
  std::string root;

  mirror_map mirrors;

  authority_map authorities;

  /// References pulled at once; further ones queue.
  std::size_t pulls_max = 3;

  /// Blobs fetched at once for one reference.
  std::size_t blobs_max = 3;

  /// Requests that may wait; one more fails with `unavailable`.
  std::size_t queue_max = 1'000;

  /// Octets of one layer, compressed and unpacked; one more is `corrupt`.
  std::uint64_t layer_size_max = 64ull << 30;

  /// Without an octet for this long a transfer counts as broken and is
  /// resumed, at most `resumes_max` times in a row without progress.
  duration stall_timeout = std::chrono::seconds{30};
  unsigned resumes_max = 5;

  /// Names the first field that is unusable.
  status_result validate() const;
};

/// What `collect` did or what `usage` found.
struct store_usage {
  std::uint64_t blob_bytes = 0;
  std::uint64_t layer_bytes = 0; ///< allocated by unpacked files
  std::uint64_t images = 0;
  std::uint64_t layers = 0;

  friend bool operator==(const store_usage&, const store_usage&) = default;
};

/// The images of one machine. Every call is safe from any thread. The
/// synchronous calls read or write the disk, so they are not for an actor's
/// own thread when it must not block; `pull` and `find` of what was found
/// before are quick.
class image_service {
public:
  virtual ~image_service() = default;

  /// Calls `done` exactly once, on one of the service's threads (at once on
  /// the caller's only when the name is invalid or the queue is full). Requests
  /// for the same reference and logins that overlap share one pull. `always`
  /// asks the registry which manifest the tag names and fetches only what the
  /// store lacks. `done` must not block and must not call into the service.
  virtual void pull(pull_request request,
                    std::function<void(pull_outcome)> done) = 0;

  /// The image by any of its names or by its id ("sha256:<hex>"), or null.
  virtual image_ptr find(std::string_view reference) = 0;

  /// All images, by id.
  virtual std::vector<image_ptr> list() = 0;

  /// Takes a name away, or by id all names of an image; `not_found` when there
  /// is none. What is then without names and pins goes at the next `collect`.
  virtual status_result remove(std::string_view reference) = 0;

  /// Keeps an image whatever becomes of its names, across restarts and for all
  /// processes, until `unpin`. `owner` is unique on the machine, for example
  /// "n1/<pod uid>/<container>"; at most 200 octets; a second pin of the same
  /// owner replaces the first. Pin before mounting, unpin after unmounting.
  virtual status_result pin(std::string_view owner, std::string_view id) = 0;
  virtual status_result unpin(std::string_view owner) = 0;

  /// Ids of the images that somebody, of whatever process, keeps by a pin.
  virtual std::set<std::string> pinned() = 0;

  /// Owners that start with `prefix`, sorted: what an agent finds of its
  /// previous life.
  virtual std::vector<std::string> pins(std::string_view prefix) = 0;

  /// Adds the images of an OCI layout or docker-save tar, plain, gzip or zstd.
  /// The names are those the archive gives; with none, or a bare tag where
  /// `name` has one too, `name` is used.
  virtual result<std::vector<image_ptr>>
  import_archive(const std::string& path, std::string_view name = {}) = 0;

  /// Deletes images without names and pins, then blobs and layers no image
  /// uses; answers what went. Never touches what a running pull needs.
  virtual result<store_usage> collect() = 0;

  /// Takes all names of an image away and collects, in one step: nobody can
  /// pin it in between. `conflict`, and nothing changes, while it is pinned or
  /// a pull under way needs it.
  virtual result<store_usage> evict(std::string_view id) = 0;

  virtual result<store_usage> usage() = 0;
};

/// Opens the store, throws away what a crash left half-done, starts the
/// threads. The destructor breaks off transfers, fails what waits with
/// `unavailable` and joins the threads.
result<std::unique_ptr<image_service>>
open_image_service(image_service_config config);

} // namespace troupe::image

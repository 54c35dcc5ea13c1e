#pragma once

#include "messages/base/result.hpp"

#include <string>
#include <string_view>

namespace troupe::image {

/// The name of an image, normalised as Docker and Kubernetes do it
/// (distribution/reference): `nginx` is `docker.io/library/nginx:latest`. The
/// first path component is a registry if it has a dot, a colon or capitals, or
/// is `localhost`. With a digest, the tag is kept for people and otherwise
/// ignored; without either, the tag is `latest`.
struct reference {
  std::string domain; ///< "docker.io", "localhost:5000", "[::1]:5000"
  std::string path;   ///< "library/nginx"
  std::string tag;    ///< "1.14.2"; empty only beside a digest
  std::string digest; ///< "sha256:<hex>", or empty

  /// `docker.io/library/nginx`
  std::string repository() const;

  /// `docker.io/library/nginx:1.14.2`, `docker.io/library/nginx@sha256:…`:
  /// unique among references to the same thing.
  std::string normalised() const;

  /// As people write it: `nginx:1.14.2`, `user/app:v1`, `ghcr.io/a/b:c`.
  std::string familiar() const;

  friend bool operator==(const reference&, const reference&) = default;
};

inline constexpr std::size_t repository_length_max = 255;
inline constexpr std::size_t tag_length_max = 128;

/// Reads an image name of a pod's spec. Fails with `invalid_argument` and
/// upstream's words: `couldn't parse image reference "A:B": invalid reference
/// format: repository name (library/A) must be lowercase`.
result<reference> parse_reference(std::string_view text);

/// Whether `text` is `sha256:` and 64 lower-case hexadecimal digits: the only
/// digests this store keeps.
bool is_digest(std::string_view text);

} // namespace troupe::image

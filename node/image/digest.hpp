#pragma once

#include "messages/base/bytes.hpp"

#include <memory>
#include <string>

namespace troupe::image {

/// SHA-256 (FIPS 180-4) of what it is fed.
class sha256 {
public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;

  void feed(bytes_view data);

  /// "sha256:<64 lower-case hex>"; nothing may be fed afterwards.
  std::string finish();

private:
  struct context;
  std::unique_ptr<context> context_;
};

std::string digest_of(bytes_view data);

/// The hexadecimal part of a digest.
std::string hex_of(const std::string& digest);

/// The chain id of the layer `diff_id` on top of `parent` (OCI image-spec,
/// config.md, "Layer ChainID"); `parent` is empty for the bottom layer.
std::string chain_id(const std::string& parent, const std::string& diff_id);

} // namespace troupe::image

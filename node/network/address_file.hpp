#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <optional>
#include <string>

namespace troupe::network {

/// The file `addresses` of a directory, as a whole. A writer's crash leaves
/// the old text or the new one. After a crash of the machine it may be the old
/// one: the namespaces that the new one told of are gone then too.
class address_file {
public:
  explicit address_file(std::string directory);

  /// None when there is no file. `too_large` past `address_pool::encoded_max`.
  result<std::optional<bytes>> read() const;

  status_result write(bytes_view text) const;

  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

} // namespace troupe::network

#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"
#include "node/image/reference.hpp"

#include <string>
#include <vector>

namespace troupe::image {

struct credential {
  std::string username;
  std::string password;

  friend bool operator==(const credential&, const credential&) = default;
};

/// The logins of the pod's imagePullSecrets. Which of them an image may use is
/// decided as kubelet does: an entry `host[:port][/path]`, in which `*` stands
/// for any part of one host label, applies to the repositories under it; the
/// longest pattern is tried first.
class keyring {
public:
  /// Adds the data of a `kubernetes.io/dockerconfigjson` secret
  /// (`{"auths":{…}}`) or of a `kubernetes.io/dockercfg` secret (the inner map
  /// alone). A part that cannot be read fails with `invalid_argument` and adds
  /// nothing.
  status_result add_docker_config(bytes_view json);

  void add(std::string pattern, credential login);

  /// The logins for `name`, to be tried in order; without any, anonymously.
  std::vector<credential> lookup(const reference& name) const;

  bool empty() const noexcept { return entries_.empty(); }

  static constexpr std::size_t entries_max = 1'000;

private:
  struct entry {
    std::string pattern;
    credential login;
  };

  std::vector<entry> entries_;
};

} // namespace troupe::image

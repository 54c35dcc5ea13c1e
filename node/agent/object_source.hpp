#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/api_client.hpp"
#include "node/image/keyring.hpp"
#include "node/pod/environment.hpp"
#include "node/volume/volumes.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::agent {

/// The ConfigMaps and Secrets of one namespace, as pods need them: read from
/// the API when asked for. Calls block for the bus.
class object_source {
public:
  object_source(api_client& api, std::string ns);

  /// The values of a ConfigMap (binary ones too) or Secret; none when there is
  /// no such object. Other failures are errors in the API's words.
  result<std::optional<volume::content_map>> config_map(std::string_view name);
  result<std::optional<volume::content_map>> secret(std::string_view name);

  /// What the containers' environment refers to, as far as it exists.
  result<pod::env_sources>
  environment(const std::vector<pod::env_reference>& references);

  /// The logins of a pod's imagePullSecrets.
  struct pull_logins {
    image::keyring keys;
    std::vector<std::string> missing; ///< names of those that cannot be read
  };

  /// Those that are missing hold nothing up, and those of another type add
  /// nothing; one that makes no sense is an error.
  result<pull_logins> logins(const view::core_v1::pod& pod);

private:
  result<std::shared_ptr<const codec::document>> fetch(const char* resource,
                                                       std::string_view name);

  api_client& api_;
  std::string ns_;
};

} // namespace troupe::agent

#pragma once

#include "messages/base/result.hpp"
#include "messages/codec/document.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/api_client.hpp"
#include "node/agent/token_table.hpp"
#include "node/image/keyring.hpp"
#include "node/pod/environment.hpp"
#include "node/volume/volumes.hpp"
#include "runtime/base/guarded.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::agent {

/// The ConfigMaps, Secrets and tokens of one namespace, as pods need them: read
/// from the API when asked for. Calls block for the bus.
class object_source {
public:
  /// `tokens` outlives this.
  object_source(api_client& api, guarded<token_table>& tokens, std::string ns);

  /// The values of a ConfigMap (binary ones too) or Secret; none when there is
  /// no such object. Other failures are errors in the API's words.
  result<std::optional<volume::content_map>> config_map(std::string_view name);
  result<std::optional<volume::content_map>> secret(std::string_view name);

  /// A token of the pod's service account, bound to the pod: the one at hand
  /// until it is to be renewed, and as long as it is good if that fails.
  result<bytes>
  token(const view::core_v1::pod& pod,
        const view::core_v1::service_account_token_projection& wanted);

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

  result<kept_token> request_token(const token_wish& wish);

  api_client& api_;
  guarded<token_table>& tokens_;
  std::string ns_;
};

} // namespace troupe::agent

#pragma once

#include "runtime/control/informer_cache.hpp"
#include "runtime/control/plan.hpp"
#include "runtime/control/snapshot.hpp"

#include <functional>
#include <string>
#include <vector>

/// Fills in Secrets that hold a service account's token (upstream's tokens
/// controller).
namespace troupe::controllers::service_account_token {

using control::object_key;

/// Whose token, and kept in which Secret.
struct token_subject {
  std::string ns;
  std::string account;
  std::string account_uid;
  std::string secret;
  std::string secret_uid;
};

struct settings {
  /// The cluster's authority as PEM.
  std::string root_ca;
  /// A token that is good for as long as account and Secret are there. Null:
  /// nobody issues any, and the controller does nothing.
  std::function<std::string(const token_subject&)> issue = {};
};

/// `key` is a Secret's.
control::plan reconcile(const settings& given, const control::snapshot& view,
                        const object_key& key);

void keys_of(const control::object_change& change,
             const control::owner_index& owners,
             const std::function<void(const object_key&)>& enqueue);

/// The Secrets of an account that came, went or changed.
void keys_of_account(const control::object_change& change,
                     const control::snapshot& view,
                     const std::function<void(const object_key&)>& enqueue);

/// What it watches.
std::vector<std::string> watched();

} // namespace troupe::controllers::service_account_token

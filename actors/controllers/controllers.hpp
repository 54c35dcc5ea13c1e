#pragma once

#include "actors/controllers/controller_spec.hpp"
#include "actors/controllers/kube_dns/kube_dns.hpp"
#include "actors/controllers/kubernetes_service/kubernetes_service.hpp"
#include "actors/controllers/node_lifecycle/node_lifecycle.hpp"
#include "actors/controllers/service_account_token/service_account_token.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::controllers {

/// What controllers are told of the cluster; each its own part.
struct controllers_config {
  /// The cluster's authority as PEM, which root-ca-publisher makes known.
  std::string root_ca;
  /// Where the API is, which kubernetes-service makes known.
  kubernetes_service::settings api;
  /// Where pods ask for names, which kube-dns makes known.
  kube_dns::settings dns = {};
  node_lifecycle::settings node_lifecycle = {};
  /// What service-account-token fills Secrets with.
  std::function<std::string(const service_account_token::token_subject&)>
      issue_token = {};
};

/// Every controller of the control plane, in the order they start.
std::vector<controller_spec>
all_controllers(const controllers_config& config = {});

} // namespace troupe::controllers

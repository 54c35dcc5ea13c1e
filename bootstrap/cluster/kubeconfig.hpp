#pragma once

#include "messages/base/result.hpp"

#include <string>
#include <string_view>

namespace troupe::cluster {

/// One cluster's access, as a kubeconfig names it
/// (kubernetes.io/docs/reference/config-api/kubeconfig.v1).
struct access {
  std::string name;   ///< of cluster, user and context: "troupe-default"
  std::string server; ///< "https://127.0.0.1:6443"
  std::string authority_certificate; ///< PEM
  std::string client_certificate;    ///< PEM
  std::string client_key;            ///< PEM
};

/// The name of cluster `name`'s entries in a kubeconfig.
std::string access_name(const std::string& name);

/// A kubeconfig with this access alone; certificates are inline, base64 on one
/// line. Members are sorted, as kubectl writes them.
std::string make_kubeconfig(const access& value);

/// `text`, an existing kubeconfig or nothing, with this access added or
/// replaced and made current. Other entries and unknown members are kept;
/// comments are not. Fails when `text` is no kubeconfig.
result<std::string> add_to_kubeconfig(std::string_view text,
                                      const access& value);

/// `text` with this access replaced where it is there; what is current stays.
result<std::string> refresh_kubeconfig(std::string_view text,
                                       const access& value);

/// `text` without the entries called `name`; empty when no cluster, user or
/// context is left.
result<std::string> remove_from_kubeconfig(std::string_view text,
                                           const std::string& name);

} // namespace troupe::cluster

#pragma once

#include "messages/base/bytes.hpp"
#include "node/image/http_client.hpp"
#include "node/image/image_service.hpp"
#include "node/image/manifest.hpp"
#include "node/image/registry_text.hpp"
#include "runtime/base/guarded.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::image {

/// One repository at the places that have it: the mirrors of its registry in
/// order, then the registry itself (OCI distribution-spec 1.1; distribution's
/// token authentication). Whatever it hands out matches its digest.
///
/// A place that has not the thing asked for, or does not answer, is passed
/// over (a fault of this machine's disk ends it); when none is left, the most
/// telling fault is the answer: not found before denied before corrupt before
/// unavailable. Messages begin with the cause, ready to stand behind `failed to
/// resolve reference "…": `.
///
/// Safe from several threads; each brings its own http_client.
class registry_client {
public:
  registry_client(const reference& name, const image_service_config& config,
                  const keyring& logins);

  struct manifest_answer {
    bytes body;
    std::string digest;
  };

  /// The manifest that `selector`, a tag or a digest, names.
  result<manifest_answer, pull_error> manifest(const std::string& selector,
                                               http_client& http,
                                               const std::stop_token& stop);

  /// Fetches a blob into `file`, which may hold its beginning from an earlier
  /// attempt; after success it is whole and verified, not synced. What does
  /// not match is deleted.
  result<unit, pull_error> blob(const descriptor& what, const std::string& file,
                                http_client& http, const std::stop_token& stop);

private:
  struct place {
    base_url url;
    std::string query;       ///< "?ns=docker.io" at a mirror
    std::string authorities; ///< PEM file, "" for the system's alone
    std::vector<credential> logins;
    guarded<http_authorization> authorization; ///< what worked last
  };

  class blob_file;

  /// Asks until one has it; else the fault that says most.
  template <class F>
  auto at_each_place(F ask_one) {
    auto out = ask_one(*places_.front());
    for (std::size_t i = 1; i < places_.size() && !out
                            && out.error().fault != pull_fault::store_failed;
         ++i) {
      auto next = ask_one(*places_[i]);
      if (next || says_more(next.error().fault, out.error().fault))
        out = std::move(next);
    }
    return out;
  }

  static bool says_more(pull_fault a, pull_fault b);

  result<manifest_answer, pull_error> manifest_at(place& at,
                                                  const std::string& selector,
                                                  http_client& http,
                                                  const std::stop_token& stop);
  result<unit, pull_error> blob_at(place& at, const descriptor& what,
                                   blob_file& file, http_client& http,
                                   const std::stop_token& stop);
  result<unit, pull_error> fetch_rest(place& at, const descriptor& what,
                                      blob_file& file, http_client& http,
                                      const std::stop_token& stop);
  result<http_answer, pull_error> ask(place& at, http_get request,
                                      body_sink* sink, http_client& http,
                                      const std::stop_token& stop);
  result<http_authorization, pull_error>
  authorize(const place& at, const http_head& refused, const credential& login,
            http_client& http, const std::stop_token& stop);
  pull_error refusal(const std::string& url, const http_answer& answer) const;
  std::string url_of(const place& at, std::string_view kind,
                     const std::string& selector) const;

  std::string authorities_of(const std::string& host) const;

  reference name_;
  authority_map authorities_;
  unsigned resumes_max_;
  std::vector<std::unique_ptr<place>> places_;
};

} // namespace troupe::image

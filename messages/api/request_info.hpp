#pragma once

#include "messages/api/query.hpp"
#include "messages/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::api {

/// What a request asks for, read off its method, path and query alone, as
/// upstream's RequestInfoFactory does. Authorization, audit and routing see
/// the same words.
struct request_info {
  /// /api/<version>/... or /apis/<group>/<version>/...
  bool is_resource = false;
  /// get list watch create update patch delete deletecollection, or `proxy`;
  /// for other paths the method in lower case.
  std::string verb;
  std::string path;
  std::string prefix; ///< "api" or "apis"
  std::string group;
  std::string version;
  std::string resource;
  std::string subresource;
  std::string space; ///< the namespace; for a Namespace object its own name
  /// Of one object. A list or watch whose fieldSelector pins metadata.name
  /// carries that name too.
  std::string name;
  std::vector<std::string> parts; ///< resource, name, subresource, the rest

  friend bool operator==(const request_info&, const request_info&) = default;
};

/// `path` is percent-decoded and has no query; `method` is in upper case.
/// Fails with `invalid_argument` on `/api/v1/watch` with nothing behind it.
result<request_info> parse_request_info(std::string_view method,
                                        std::string_view path,
                                        const query_parameters& query);

} // namespace troupe::api

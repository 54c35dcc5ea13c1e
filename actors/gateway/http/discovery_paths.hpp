#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// `/version`.
void show_version(const exchange_ptr& call);

/// `/`: every path there is.
void show_paths(const exchange_ptr& call);

/// `/api` and `/apis`, plain or aggregated as the client asks.
void show_api(const exchange_ptr& call);
void show_apis(const exchange_ptr& call);

/// `/apis/<group>`, `/api/v1`, `/apis/<group>/<version>`; 404 for others.
void show_group(const exchange_ptr& call);

/// `/.well-known/openid-configuration` and `/openid/v1/jwks`: how tokens of
/// service accounts are verified. Both may be cached for an hour, as
/// upstream's.
void show_openid_configuration(const exchange_ptr& call);
void show_openid_keys(const exchange_ptr& call);

/// `/openapi/v2`: JSON or gnostic's protobuf.
void show_openapi_v2(const exchange_ptr& call);

/// `/openapi/v3` and `/openapi/v3/...`.
void show_openapi_v3(const exchange_ptr& call);

} // namespace troupe::gateway

#pragma once

#include "messages/codec/openapi/model.hpp"

namespace troupe::codec::openapi {

/// Swagger 2.0 as JSON text.
std::string to_v2_json(const api_model& api, std::string_view version);

/// The same document as gnostic's protobuf message `openapi.v2.Document`.
std::string to_v2_protobuf(const api_model& api, std::string_view version);

/// OpenAPI 3.0 as JSON text: the given paths and the definitions they reach.
std::string to_v3_json(const definition_map& definitions,
                       std::span<const path_model> paths,
                       std::string_view version);

} // namespace troupe::codec::openapi

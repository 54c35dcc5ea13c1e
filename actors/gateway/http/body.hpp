#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/api/options.hpp"
#include "messages/codec/json.hpp"
#include "runtime/port/http_port.hpp"

namespace troupe::gateway {

/// What a body has to be.
struct expected_body {
  const schema::type_desc* type = nullptr;
  schema::group_version_kind kind;
  /// The kind is the same in every group version; any will do.
  bool any_version = false;
};

/// Reads a body in JSON, YAML or protobuf as its Content-Type says (JSON when
/// there is none). A missing kind or apiVersion is the expected one. Fails
/// with upstream's 400 (malformed, another kind or version), 413 and 415.
api::parsed<codec::decoded> decode_body(const http_request& request,
                                        const expected_body& expected,
                                        std::size_t size_max);

/// Which of the four forms a patch has, by its Content-Type. Fails with 413 for
/// a body that is too large and 415 for another type.
api::parsed<patch_kind> read_patch_kind(const http_request& request,
                                        std::size_t size_max);

/// DeleteOptions: from the body if there is one, else from the query.
api::parsed<api::delete_options>
read_delete_options(const http_request& request, std::size_t size_max);

} // namespace troupe::gateway

#pragma once

#include "messages/codec/openapi/model.hpp"
#include "messages/codec/openapi/served_document.hpp"

#include <map>

namespace troupe::codec {

/// What `/openapi/v2` and `/openapi/v3` answer. Built once at start from the
/// schema tables and immutable from then on; bodies are shared by reference.
struct openapi_documents {
  /// `application/json`
  served_document v2_json;
  /// gnostic's `openapi.v2.Document`. Serve it as
  /// `application/com.github.proto-openapi.spec.v2.v1.0+protobuf`: with a dot
  /// before v1.0, where clients' Accept header has an `@`.
  served_document v2_protobuf;
  /// `/openapi/v3`: names each document below with its hash.
  served_document v3_index;
  /// `/openapi/v3/<key>`; keys are "api", "api/v1", "apis", "apis/apps",
  /// "apis/apps/v1", "version".
  std::map<std::string, served_document, std::less<>> v3;
};

struct openapi_options {
  /// `gitVersion` of the server.
  std::string version;
  /// What the request pipeline speaks; the documents promise no more.
  openapi::media_types media;
};

/// Subresources whose body has no type (streams such as exec) are left out of
/// the paths. Deterministic: the same tables give the same bytes.
openapi_documents make_openapi_documents(
    std::span<const schema::group_version_desc* const> versions,
    const openapi_options& options);

} // namespace troupe::codec

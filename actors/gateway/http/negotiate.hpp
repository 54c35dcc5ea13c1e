#pragma once

#include "messages/api/options.hpp"
#include "messages/codec/print/table.hpp"
#include "runtime/port/http_port.hpp"

#include <string_view>

namespace troupe::gateway {

enum class text_format : std::uint8_t { json, yaml };

/// What an object or list is turned into. Kubernetes documentation,
/// "Alternate representations of resources".
enum class object_form : std::uint8_t {
  object,
  table,
  partial,      ///< PartialObjectMetadata
  partial_list, ///< PartialObjectMetadataList
};

struct response_form {
  text_format format = text_format::json;
  object_form form = object_form::object;
  /// The version of meta.k8s.io that tables and partial objects are of.
  codec::table_version version = codec::table_version::v1;
  codec::include_object include = codec::include_object::metadata;
};

/// What an endpoint can answer with.
enum class endpoint : std::uint8_t {
  plain,  ///< no other representation
  object, ///< one object
  list,
  stream, ///< a watch: JSON only
};

/// The answer the client wants most among those there are. Protobuf is never
/// spoken: clients that offer it with JSON get JSON. Fails with 406 when
/// nothing offered is left, with 400 for a bad `includeObject`.
api::parsed<response_form> negotiate(const http_request& request,
                                     endpoint what);

/// Which representation of aggregated discovery a client wants.
enum class discovery_form : std::uint8_t { plain, v2, v2beta1 };

/// Fails with 406 like `negotiate`; `format` is set for `plain`.
struct discovery_choice {
  discovery_form form = discovery_form::plain;
  text_format format = text_format::json;
};

api::parsed<discovery_choice> negotiate_discovery(const http_request& request);

/// Whether the client wants `pretty` JSON, or is a tool that people look at.
bool wants_pretty(const http_request& request);

/// Every Accept line as one.
std::string accept_of(const http_request& request);

} // namespace troupe::gateway

#pragma once

#include "messages/schema/descriptor.hpp"

#include <span>

namespace troupe::test {

/// A group version `sample.example.k8s.io/v1` whose one kind, Widget, uses
/// every value type, merge key and extension, with a `scale` subresource of
/// another group, `status`, a creatable `approval`, and a stream.
std::span<const schema::group_version_desc* const> sample_versions();

/// The core group with configmaps and namespaces alone, so that golden files
/// stay readable as the schema grows.
std::span<const schema::group_version_desc* const> core_versions();

} // namespace troupe::test

#pragma once

#include "messages/schema/descriptor.hpp"

#include <span>

namespace troupe::test {

/// A group version `sample.example.k8s.io/v1` whose one kind, Widget, uses
/// every value type, merge key and extension, with a `scale` subresource of
/// another group, `status`, a creatable `approval`, and a stream.
std::span<const schema::group_version_desc* const> sample_versions();

} // namespace troupe::test

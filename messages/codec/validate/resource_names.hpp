#pragma once

#include "messages/codec/validate/spot.hpp"
#include "messages/meta/quantity.hpp"

#include <string_view>

/// What can be asked for and counted, as upstream sorts it
/// (pkg/apis/core/helper).
namespace troupe::codec {

inline constexpr std::string_view huge_pages_prefix = "hugepages-";

bool is_huge_pages(std::string_view name);

/// Without a domain, or of Kubernetes' own.
bool is_native(std::string_view name);

/// A name of another domain, of which more cannot be said than there is.
bool is_extended(std::string_view name);

/// Names without a domain that mean something somewhere.
bool is_standard_resource(std::string_view name);

/// What may be an amount of it: nothing negative, and whole if it is counted.
void check_quantity(std::string_view name, const meta::quantity& amount,
                    const spot& here);

} // namespace troupe::codec

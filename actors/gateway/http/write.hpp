#pragma once

#include "actors/gateway/http/exchange.hpp"

namespace troupe::gateway {

/// POST to a collection or to a subresource that is created.
void create_object(const exchange_ptr& call);

/// PUT of an object or subresource.
void update_object(const exchange_ptr& call);

/// PATCH of an object or subresource.
void patch_object(const exchange_ptr& call);

/// DELETE of an object.
void delete_object(const exchange_ptr& call);

/// DELETE of a collection: lists with the selectors, then removes each.
/// Answers the list of what was removed.
void delete_objects(const exchange_ptr& call);

/// The name before the first '/' of a User-Agent, printable ASCII only and cut
/// to what a field manager may have; "unknown" if nothing is left.
std::string manager_of(std::string_view user_agent);

} // namespace troupe::gateway

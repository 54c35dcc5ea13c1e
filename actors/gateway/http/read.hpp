#pragma once

#include "actors/gateway/http/exchange.hpp"
#include "actors/gateway/http/list_page.hpp"

namespace troupe::gateway {

/// GET of one object, or of its subresource `status`.
void get_object(const exchange_ptr& call);

/// GET of a collection.
void list_objects(const exchange_ptr& call);

/// The prefix of the call's collection and, when selectors or the path pin
/// one, the only key that can match.
struct key_scope {
  std::string prefix;
  std::optional<store::key> only;
};

key_scope scope_of(const exchange& call, const meta::field_selector& fields);

/// The list options of the call, with a name in the path as a selector.
api::parsed<api::list_options> read_list_options(const exchange& call,
                                                 bool watch);

} // namespace troupe::gateway

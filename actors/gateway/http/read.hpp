#pragma once

#include "actors/gateway/http/exchange.hpp"
#include "actors/gateway/http/list_page.hpp"
#include "actors/gateway/http/object_text.hpp"

#include <functional>

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

/// One list in the making.
struct list_job {
  response_form form;
  page_query query;
  /// The revision that must be shown; none: the newest at hand.
  std::optional<store::revision> exact;
  /// What the state must hold; see `with_fresh`.
  std::optional<std::uint64_t> fresh;
  bool continued = false;
  std::optional<duration> timeout;
};

/// What the call's query asks of its collection.
api::parsed<list_job> plan_list(const exchange& call);

/// Goes on with a state that is as new as the list wants it.
void with_list(
    const exchange_ptr& call, list_job job,
    std::function<void(const list_job&, const store::store_snapshot&)> then);

struct list_part {
  list_page page;
  list_metadata metadata;
};

/// 410 when the state no longer holds the revision to be shown.
api::parsed<list_part> read_part(list_job job,
                                 const store::store_snapshot& view);

void show_part(const exchange_ptr& call, const response_form& form,
               const list_part& part);

/// The list options of the call, with a name in the path as a selector.
api::parsed<api::list_options> read_list_options(const exchange& call,
                                                 bool watch);

} // namespace troupe::gateway

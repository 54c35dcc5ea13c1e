#include "actors/gateway/http/list_page.hpp"

namespace troupe::gateway {

namespace {

bool selects(const page_query& query, const store::version& one) {
  static const store::columns none;
  const auto& columns = one.columns ? *one.columns : none;
  return query.labels.matches(columns.labels)
         && query.fields.matches(columns.fields);
}

list_page read_one(const store::store_snapshot& view, const page_query& query) {
  list_page out;
  const auto& key = *query.only;
  if (key < query.prefix + query.start)
    return out;
  if (auto found = view.get(key, query.at); found && selects(query, *found))
    out.items.emplace_back(key, std::move(found));
  return out;
}

std::int64_t count_from(const store::store_snapshot& view,
                        const page_query& query, const store::key& from) {
  std::int64_t count = 0;
  view.range(from, store::prefix_end(query.prefix), query.at,
             [&](const auto&, const auto&) {
               ++count;
               return true;
             });
  return count;
}

} // namespace

list_page read_page(const store::store_snapshot& view,
                    const page_query& query) {
  if (query.only)
    return read_one(view, query);
  list_page out;
  store::key next;
  view.range(query.prefix + query.start, store::prefix_end(query.prefix),
             query.at, [&](const store::key& key, const auto& version) {
               if (!selects(query, *version))
                 return true;
               if (query.limit > 0 && out.items.size() == query.limit) {
                 next = key;
                 return false;
               }
               out.items.emplace_back(key, version);
               return true;
             });
  if (next.empty())
    return out;
  out.next = next.substr(query.prefix.size());
  if (query.labels.selects_everything() && query.fields.selects_everything())
    out.remaining = count_from(view, query, next);
  return out;
}

} // namespace troupe::gateway

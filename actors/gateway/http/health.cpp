#include "actors/gateway/http/health.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view ping_check = "ping";
constexpr std::string_view store_check = "store";

/// What the path asks for.
struct health_query {
  std::string root; ///< "readyz"
  std::vector<std::string_view> checks;
  std::string_view only; ///< the one check asked for, or empty
  std::vector<std::string> excluded;
  bool verbose = false;
};

std::vector<std::string_view> checks_of(std::string_view root) {
  if (root == "readyz")
    return {ping_check, store_check};
  return {ping_check};
}

health_query read_query(const exchange& call) {
  health_query out;
  std::string_view path = call.request.path;
  path.remove_prefix(1);
  const auto slash = path.find('/');
  out.root = path.substr(0, slash);
  out.checks = checks_of(out.root);
  if (slash != std::string_view::npos)
    out.only = path.substr(slash + 1);
  out.excluded = api::all_parameters(call.request.query, "exclude");
  out.verbose = api::find_parameter(call.request.query, "verbose").has_value();
  return out;
}

bool is_excluded(const health_query& query, std::string_view check) {
  return std::ranges::find(query.excluded, check) != query.excluded.end();
}

void show_text(const exchange_ptr& call, int code, std::string text) {
  call->answer(code, text_type, make_shared_bytes(std::move(text)),
               {{"X-Content-Type-Options", "nosniff"}});
}

void show_one(const exchange_ptr& call, bool well) {
  if (well)
    return show_text(call, 200, "ok");
  show_text(call, 500, "internal server error: the store does not answer\n");
}

void show_all(const exchange_ptr& call, const health_query& query,
              bool store_answers) {
  std::string out;
  bool well = true;
  for (auto check : query.checks) {
    const bool passed = check != store_check || store_answers;
    if (is_excluded(query, check)) {
      out.append("[+]").append(check).append(" excluded: ok\n");
      continue;
    }
    out.append(passed ? "[+]" : "[-]").append(check);
    out.append(passed ? " ok\n" : " failed: reason withheld\n");
    well = well && passed;
  }
  if (well && !query.verbose)
    return show_text(call, 200, "ok");
  out.append(query.root).append(well ? " check passed\n" : " check failed\n");
  show_text(call, well ? 200 : 500, std::move(out));
}

void show(const exchange_ptr& call, const health_query& query,
          bool store_answers) {
  if (query.only.empty())
    show_all(call, query, store_answers);
  else
    show_one(call, query.only != store_check || store_answers);
}

bool needs_store(const health_query& query) {
  if (!query.only.empty())
    return query.only == store_check;
  return std::ranges::find(query.checks, store_check) != query.checks.end()
         && !is_excluded(query, store_check);
}

} // namespace

void show_health(const exchange_ptr& call) {
  auto query = read_query(*call);
  if (!query.only.empty()
      && std::ranges::find(query.checks, query.only) == query.checks.end())
    return call->fail(api::path_not_found());
  if (!needs_store(query))
    return show(call, query, true);
  const auto deadline =
      std::min(call->deadline, call->shared->ports.mono_now()
                                   + call->shared->config.health_timeout);
  call->shared->ports.store->read_index(
      deadline, [call, query = std::move(query)](auto outcome) {
        show(call, query, outcome == store::barrier_outcome::reached);
      });
}

} // namespace troupe::gateway

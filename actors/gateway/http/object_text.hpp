#pragma once

#include "actors/gateway/http/list_page.hpp"
#include "actors/gateway/http/negotiate.hpp"
#include "actors/gateway/http/service.hpp"

namespace troupe::gateway {

/// What a list says about itself.
struct list_metadata {
  store::revision at;
  std::string continue_token;
  std::optional<std::int64_t> remaining;
};

/// Writes objects of one resource as JSON in the form a client asked for.
/// Texts come from the encode cache. Calls that return false met a stored
/// value that cannot be read; `out` is then of no use.
class object_text {
public:
  /// `now` is what ages in tables are measured to.
  object_text(const served_resource& resource, encode_cache& cache,
              response_form form, wall_time now);

  /// The object of `version`, shown with resourceVersion `at`. Tables have
  /// their columns only if `columns`.
  bool append(std::string& out, const store::version_ptr& version,
              store::revision at, bool columns = true) const;

  /// An object that is not stored (the answer of a write): `kind` and
  /// `api_version` are those of its type.
  void append(std::string& out, const codec::document& object,
              std::string_view api_version, std::string_view kind,
              store::revision at) const;

  bool append_list(std::string& out, const list_page& page,
                   const list_metadata& metadata) const;

  /// A bookmark's object: kind, apiVersion and resourceVersion alone.
  void append_bookmark(std::string& out, store::revision at,
                       bool initial_events_end) const;

private:
  bool is_partial() const {
    return form_.form == object_form::partial
           || form_.form == object_form::partial_list;
  }

  codec::table_options table_options(bool columns) const;
  shared_bytes encode(const store::version_ptr& version,
                      store::revision at) const;
  shared_bytes text_of(const store::version_ptr& version,
                       store::revision at) const;
  void append_typed(std::string& out, std::string_view text) const;
  bool append_table(std::string& out, const list_page& page,
                    const list_metadata& metadata) const;

  const served_resource& resource_;
  encode_cache& cache_;
  response_form form_;
  wall_time now_;
};

} // namespace troupe::gateway

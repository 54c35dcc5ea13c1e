#include "actors/gateway/http/negotiate.hpp"

#include "actors/gateway/http/media_type.hpp"

#include <algorithm>

namespace troupe::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view yaml_type = "application/yaml";
constexpr std::string_view meta_group = "meta.k8s.io";

bool equals_fold(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y;
  });
}

/// The form a range's `as` asks for; none when this endpoint has no such.
std::optional<response_form> transform_of(const media_type& range,
                                          endpoint what) {
  response_form out;
  const auto as = range.parameter("as");
  if (as.empty())
    return out;
  const auto version = range.parameter("v");
  if (range.parameter("g") != meta_group || what == endpoint::plain)
    return std::nullopt;
  if (version == "v1beta1")
    out.version = codec::table_version::v1beta1;
  else if (version != "v1")
    return std::nullopt;
  if (as == "Table")
    out.form = object_form::table;
  else if (as == "PartialObjectMetadata")
    out.form = object_form::partial;
  else if (as == "PartialObjectMetadataList")
    out.form = object_form::partial_list;
  else
    return std::nullopt;
  return out;
}

api::status nothing_acceptable(endpoint what) {
  if (what == endpoint::stream)
    return api::not_acceptable({json_type});
  return api::not_acceptable({json_type, yaml_type});
}

api::status wrong_form(std::string message) {
  auto out = api::not_acceptable({});
  out.message = std::move(message);
  return out;
}

/// Refuses forms that only lists, or only objects, have.
api::parsed<response_form> check_form(response_form form, endpoint what) {
  if (form.form == object_form::partial && what == endpoint::list)
    return wrong_form("you requested PartialObjectMetadata, but the requested "
                      "object is a list");
  if (form.form == object_form::partial_list && what != endpoint::list)
    return wrong_form("you requested PartialObjectMetadataList, but the "
                      "requested object is not a list");
  return form;
}

/// What a table says of the objects; other forms do not ask.
api::parsed<response_form>
with_include(response_form form, const http_request& request, endpoint what) {
  if (form.form != object_form::table)
    return check_form(form, what);
  const auto include = codec::parse_include_object(
      api::find_parameter(request.query, "includeObject").value_or(""));
  if (!include)
    return api::bad_request(include.error().message);
  form.include = *include;
  return form;
}

std::optional<text_format> format_of(const media_type& range, endpoint what) {
  if (range.matches(json_type))
    return text_format::json;
  if (range.matches(yaml_type) && what != endpoint::stream)
    return text_format::yaml;
  return std::nullopt;
}

} // namespace

std::string accept_of(const http_request& request) {
  std::string out;
  for (const auto& [name, value] : request.headers)
    if (equals_fold(name, "accept"))
      out += (out.empty() ? "" : ",") + value;
  return out;
}

api::parsed<response_form> negotiate(const http_request& request,
                                     endpoint what) {
  const auto accept = accept_of(request);
  if (accept.empty())
    return response_form{};
  for (const auto& range : parse_accept(accept)) {
    const auto format = format_of(range, what);
    auto form = transform_of(range, what);
    if (!format || !form)
      continue;
    form->format = *format;
    return with_include(*form, request, what);
  }
  return nothing_acceptable(what);
}

api::parsed<discovery_choice> negotiate_discovery(const http_request& request) {
  const auto accept = accept_of(request);
  if (accept.empty())
    return discovery_choice{};
  for (const auto& range : parse_accept(accept)) {
    const auto format = format_of(range, endpoint::plain);
    if (!format)
      continue;
    const auto as = range.parameter("as");
    if (as.empty())
      return discovery_choice{discovery_form::plain, *format};
    if (as != "APIGroupDiscoveryList"
        || range.parameter("g") != "apidiscovery.k8s.io"
        || format != text_format::json)
      continue;
    if (range.parameter("v") == "v2")
      return discovery_choice{discovery_form::v2, *format};
    if (range.parameter("v") == "v2beta1")
      return discovery_choice{discovery_form::v2beta1, *format};
  }
  return nothing_acceptable(endpoint::plain);
}

bool wants_pretty(const http_request& request) {
  const auto given = api::find_parameter(request.query, "pretty");
  if (given && !given->empty())
    return api::bool_parameter(request.query, "pretty").value_or(false);
  const auto agent = find_header(request.headers, "User-Agent");
  constexpr std::string_view people[] = {"curl", "Wget", "Mozilla/5.0"};
  return std::ranges::any_of(people,
                             [&](auto one) { return agent.starts_with(one); });
}

} // namespace troupe::gateway

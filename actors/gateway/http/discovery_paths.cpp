#include "actors/gateway/http/discovery_paths.hpp"

#include "actors/gateway/http/media_type.hpp"
#include "messages/base/json_escape.hpp"

namespace troupe::gateway {

namespace {

using codec::served_document;

constexpr std::string_view json_type = "application/json";

/// Whether the client already holds what has this tag.
bool is_known(const http_request& request, const std::string& etag) {
  const auto known = find_header(request.headers, "If-None-Match");
  return known == "*" || known.find(etag) != std::string_view::npos;
}

/// Answers with a document, or 304 to a client that has it.
void serve(const exchange_ptr& call, std::string_view content_type,
           const served_document& document, http_headers extra = {}) {
  extra.emplace_back("ETag", document.etag());
  extra.emplace_back("Vary", "Accept");
  if (is_known(call->request, document.etag()))
    return call->answer(304, content_type, nullptr, std::move(extra));
  call->answer(content_type, document.body, std::move(extra));
}

void serve_plain(const exchange_ptr& call, const served_document& document,
                 text_format format) {
  if (format == text_format::yaml || wants_pretty(call->request))
    return call->answer_json(200, format, *document.body);
  serve(call, json_type, document);
}

void serve_negotiated(const exchange_ptr& call,
                      const served_document& document) {
  const auto form = negotiate(call->request, endpoint::plain);
  if (!form)
    return call->fail(form.error());
  serve_plain(call, document, form->format);
}

void serve_discovery(const exchange_ptr& call, const served_document& plain,
                     const codec::aggregated_discovery& aggregated) {
  const auto choice = negotiate_discovery(call->request);
  if (!choice)
    return call->fail(choice.error());
  switch (choice->form) {
    case discovery_form::plain:
      return serve_plain(call, plain, choice->format);
    case discovery_form::v2:
      return serve(call,
                   "application/json;g=apidiscovery.k8s.io;v=v2;as="
                   "APIGroupDiscoveryList",
                   aggregated.v2);
    case discovery_form::v2beta1:
      return serve(call,
                   "application/json;g=apidiscovery.k8s.io;v=v2beta1;as="
                   "APIGroupDiscoveryList",
                   aggregated.v2beta1);
  }
}

/// Without the slashes at its ends.
std::string_view trimmed(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  return path;
}

void append_path(std::string& out, std::string_view path) {
  if (out.back() != '[')
    out += ',';
  append_json_string(out, path);
}

/// A document under its own hash never changes; another hash leads to it.
void serve_v3(const exchange_ptr& call, std::string_view key,
              const served_document& document) {
  const auto hash = call->query("hash");
  if (hash.empty())
    return serve(call, json_type, document);
  if (hash == document.hash)
    return serve(call, json_type, document,
                 {{"Cache-Control", "public, immutable, max-age=31536000"}});
  call->answer(301, json_type, nullptr,
               {{"Location", "/openapi/v3/" + std::string{key}
                                 + "?hash=" + document.hash}});
}

void serve_openid(const exchange_ptr& call, const std::string& text,
                  std::string_view content_type) {
  if (text.empty())
    return call->fail_unknown_path();
  call->answer(content_type, make_shared_bytes(text),
               {{"Cache-Control", "public, max-age=3600"}});
}

} // namespace

void show_version(const exchange_ptr& call) {
  const auto& version = call->shared->config.version;
  std::string out = "{";
  const auto member = [&](std::string_view name, std::string_view value) {
    if (out.size() > 1)
      out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  };
  member("major", version.major);
  member("minor", version.minor);
  member("gitVersion", version.git_version);
  member("gitCommit", version.git_commit);
  member("gitTreeState", version.git_tree_state);
  member("buildDate", version.build_date);
  member("goVersion", version.go_version);
  member("compiler", version.compiler);
  member("platform", version.platform);
  out += '}';
  call->answer_raw_json(200, out);
}

void show_paths(const exchange_ptr& call) {
  std::string out = R"({"paths":[)";
  const bool openid = !call->shared->config.openid_keys.empty();
  if (openid)
    append_path(out, "/.well-known/openid-configuration");
  append_path(out, "/api");
  append_path(out, "/apis");
  for (const auto& [name, document] : call->shared->discovery.groups)
    append_path(out, "/apis/" + name);
  for (const auto& [name, document] : call->shared->discovery.resources)
    append_path(out, "/" + name);
  for (std::string_view path :
       {"/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3"})
    append_path(out, path);
  for (const auto& [name, document] : call->shared->openapi.v3)
    append_path(out, "/openapi/v3/" + name);
  if (openid)
    append_path(out, "/openid/v1/jwks");
  for (std::string_view path : {"/readyz", "/version"})
    append_path(out, path);
  out += "]}";
  call->answer_raw_json(200, out);
}

void show_api(const exchange_ptr& call) {
  const auto& all = call->shared->discovery;
  serve_discovery(call, all.api, all.api_aggregated);
}

void show_apis(const exchange_ptr& call) {
  const auto& all = call->shared->discovery;
  serve_discovery(call, all.apis, all.apis_aggregated);
}

void show_group(const exchange_ptr& call) {
  const auto& all = call->shared->discovery;
  auto path = trimmed(call->request.path);
  if (const auto list = all.resources.find(path); list != all.resources.end())
    return serve_negotiated(call, list->second);
  constexpr std::string_view grouped = "apis/";
  if (path.starts_with(grouped)) {
    path.remove_prefix(grouped.size());
    if (const auto group = all.groups.find(path); group != all.groups.end())
      return serve_negotiated(call, group->second);
  }
  call->fail_unknown_path();
}

void show_openid_configuration(const exchange_ptr& call) {
  serve_openid(call, call->shared->config.openid_configuration, json_type);
}

void show_openid_keys(const exchange_ptr& call) {
  serve_openid(call, call->shared->config.openid_keys,
               "application/jwk-set+json");
}

void show_openapi_v2(const exchange_ptr& call) {
  constexpr std::string_view offered =
      "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  // The type clients ask for is none that they can parse in an answer.
  constexpr std::string_view spoken =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  const auto& all = call->shared->openapi;
  const auto accept = accept_of(call->request);
  if (accept.empty())
    return serve(call, json_type, all.v2_json);
  for (const auto& range : parse_accept(accept)) {
    if (range.matches(json_type))
      return serve(call, json_type, all.v2_json);
    if (range.matches(offered) || range.matches(spoken))
      return serve(call, spoken, all.v2_protobuf);
  }
  call->fail(api::not_acceptable({json_type, offered}));
}

void show_openapi_v3(const exchange_ptr& call) {
  constexpr std::string_view root = "openapi/v3";
  const auto& all = call->shared->openapi;
  const auto path = trimmed(call->request.path);
  if (const auto form = negotiate(call->request, endpoint::plain); !form)
    return call->fail(form.error());
  if (path == root)
    return serve(call, json_type, all.v3_index);
  const auto key = path.substr(root.size() + 1);
  const auto found = all.v3.find(key);
  if (found == all.v3.end())
    return call->fail(api::path_not_found());
  serve_v3(call, key, found->second);
}

} // namespace troupe::gateway

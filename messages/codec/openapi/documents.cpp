#include "messages/codec/openapi/documents.hpp"

#include "messages/codec/openapi/json_writer.hpp"
#include "messages/codec/openapi/render.hpp"

namespace troupe::codec {

namespace {

using document_map = std::map<std::string, served_document, std::less<>>;

document_map make_v3(const openapi::api_model& api, std::string_view version) {
  std::map<std::string_view, std::vector<openapi::path_model>> by_document;
  for (auto& path : api.paths)
    by_document[path.document].push_back(path);
  document_map result;
  for (auto& [name, paths] : by_document)
    result.emplace(name, make_served_document(openapi::to_v3_json(
                             api.definitions, paths, version)));
  return result;
}

served_document make_index(const document_map& documents) {
  bytes body;
  openapi::json_writer json{body};
  json.begin_object();
  json.key("paths");
  json.begin_object();
  for (auto& [name, document] : documents) {
    json.key(name);
    json.begin_object();
    json.member("serverRelativeURL",
                "/openapi/v3/" + name + "?hash=" + document.hash);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return make_served_document(std::move(body));
}

} // namespace

openapi_documents make_openapi_documents(
    std::span<const schema::group_version_desc* const> versions,
    const openapi_options& options) {
  openapi::api_model api;
  api.paths = openapi::make_paths(versions, options.media);
  api.definitions = openapi::make_definitions(versions, api.paths);
  openapi_documents result;
  result.v2_json =
      make_served_document(openapi::to_v2_json(api, options.version));
  result.v2_protobuf =
      make_served_document(openapi::to_v2_protobuf(api, options.version));
  result.v3 = make_v3(api, options.version);
  result.v3_index = make_index(result.v3);
  return result;
}

} // namespace troupe::codec

#include "messages/base/check.hpp"
#include "messages/codec/openapi/builtin_definitions.hpp"
#include "messages/codec/openapi/parameters.hpp"

#include <algorithm>
#include <set>

namespace troupe::codec::openapi {

namespace {

using schema::group_version_desc;
using schema::resource_desc;
using schema::subresource_desc;

bool contains(std::span<const std::string_view> verbs, std::string_view verb) {
  return std::ranges::find(verbs, verb) != verbs.end();
}

std::string capitalized(std::string_view text) {
  std::string result{text};
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z')
    result[0] = static_cast<char>(result[0] - 'a' + 'A');
  return result;
}

/// "core", "apps", "rbacAuthorization": the group as operation ids and tags
/// spell it, without the domain all of Kubernetes shares.
std::string group_word(std::string_view group) {
  if (group.empty())
    return "core";
  constexpr std::string_view domain = ".k8s.io";
  if (group.ends_with(domain))
    group.remove_suffix(domain.size());
  std::string result;
  auto upper = false;
  for (auto c : group) {
    if (c == '.' || c == '-') {
      upper = true;
      continue;
    }
    result += upper ? capitalized({&c, 1}) : std::string{c};
    upper = false;
  }
  return result;
}

/// "api/v1" or "apis/apps/v1".
std::string root_of(std::string_view group, std::string_view version) {
  std::string result = group.empty() ? "api" : "apis/";
  result += group;
  if (!version.empty()) {
    result += '/';
    result += version;
  }
  return result;
}

/// Makes the paths of one resource: what each offers follows from the verbs.
class resource_paths {
public:
  resource_paths(const resource_desc& resource, const media_types& media,
                 std::vector<path_model>& out)
      : resource_{resource}, media_{media}, out_{out},
        root_{root_of(resource.kind.group, resource.kind.version)} {}

  void append() {
    if (resource_.namespaced)
      append_across_namespaces();
    append_collection();
    append_object();
    for (auto& subresource : resource_.subresources)
      if (subresource.type)
        append_subresource(subresource);
  }

private:
  /// Words an operation id is made of, around group, version and kind.
  struct id_words {
    std::string_view verb;
    std::string_view before_kind = "";
    std::string after_kind = "";
  };

  path_model& add_path(std::string suffix, bool in_namespace) {
    auto& path = out_.emplace_back();
    path.document = root_;
    path.path = "/" + root_ + "/";
    if (in_namespace) {
      path.path += "namespaces/{namespace}/";
      path.common.push_back(&namespace_parameter());
    }
    path.path += resource_.plural;
    path.path += suffix;
    if (suffix.starts_with("/{name}"))
      path.common.insert(path.common.begin(), &name_parameter());
    return path;
  }

  operation_model& add(path_model& path, http_method method,
                       std::string_view action, const id_words& words,
                       std::string description) {
    auto& op = path.operations.emplace_back();
    auto group = group_word(resource_.kind.group);
    op.method = method;
    op.action = action;
    op.kind = resource_.kind;
    op.description = std::move(description);
    op.tag = group + "_" + std::string{resource_.kind.version};
    op.id = std::string{words.verb} + capitalized(group)
            + capitalized(resource_.kind.version)
            + std::string{words.before_kind}
            + (in_namespace(path) ? "Namespaced" : "")
            + std::string{resource_.kind.kind} + words.after_kind;
    op.consumes = {"*/*"};
    op.produces = media_.answers;
    op.statuses = {200};
    return op;
  }

  static bool in_namespace(const path_model& path) {
    return std::ranges::find(path.common, &namespace_parameter())
           != path.common.end();
  }

  std::string about(std::string_view before, std::string_view after = "") {
    std::string result{before};
    result += resource_.kind.kind;
    result += after;
    return result;
  }

  static void take(operation_model& op,
                   std::span<const parameter_desc* const> parameters) {
    op.parameters.assign(parameters.begin(), parameters.end());
  }

  static void set_body(operation_model& op, std::string_view name) {
    op.body = name;
    op.body_required = true;
  }

  void append_across_namespaces() {
    if (!contains(resource_.verbs, "list"))
      return;
    add_list(add_path("", false), "ForAllNamespaces");
  }

  void add_list(path_model& path, std::string after_kind) {
    auto& op =
        add(path, http_method::get, "list", {"list", "", std::move(after_kind)},
            about("List or watch objects of kind ", "."));
    take(op, list_parameters());
    op.response = resource_.list_type->name;
    op.produces.insert(op.produces.end(), media_.streams.begin(),
                       media_.streams.end());
  }

  void append_collection() {
    auto& path = add_path("", resource_.namespaced);
    if (contains(resource_.verbs, "list"))
      add_list(path, "");
    if (contains(resource_.verbs, "create"))
      add_create(path, resource_.type->name, "", about("Create one ", "."));
    if (contains(resource_.verbs, "deletecollection"))
      add_delete_collection(path);
    drop_if_empty();
  }

  void add_create(path_model& path, std::string_view type,
                  std::string after_kind, std::string description) {
    auto& op =
        add(path, http_method::post, "post",
            {"create", "", std::move(after_kind)}, std::move(description));
    take(op, write_parameters());
    set_body(op, type);
    op.response = type;
    op.statuses = {200, 201, 202};
  }

  void add_delete_collection(path_model& path) {
    auto& op = add(path, http_method::del, "deletecollection",
                   {"delete", "Collection"},
                   about("Delete all selected objects of kind ", "."));
    take(op, delete_collection_parameters());
    op.body = definition::delete_options;
    op.response = definition::status;
  }

  void append_object() {
    auto& path = add_path("/{name}", resource_.namespaced);
    add_item_operations(path, resource_.verbs, resource_.type->name, "");
    if (contains(resource_.verbs, "delete"))
      add_delete(path);
    drop_if_empty();
  }

  void add_delete(path_model& path) {
    auto& op = add(path, http_method::del, "delete", {"delete"},
                   about("Delete one ", "."));
    take(op, delete_parameters());
    op.body = definition::delete_options;
    op.response =
        resource_.returns_deleted ? resource_.type->name : definition::status;
    op.statuses = {200, 202};
  }

  /// Reading, replacing and patching of an object or of a part named `part`.
  void add_item_operations(path_model& path,
                           std::span<const std::string_view> verbs,
                           std::string_view type, std::string_view part) {
    auto word = capitalized(part);
    auto of = part.empty() ? std::string{} : std::string{part} + " of ";
    if (contains(verbs, "get")) {
      auto& op = add(path, http_method::get, "get", {"read", "", word},
                     about("Read " + of + "one ", "."));
      take(op, read_parameters());
      op.response = type;
    }
    if (contains(verbs, "update")) {
      auto& op = add(path, http_method::put, "put", {"replace", "", word},
                     about("Replace " + of + "one ", "."));
      take(op, write_parameters());
      set_body(op, type);
      op.response = type;
      op.statuses = {200, 201};
    }
    if (contains(verbs, "patch")) {
      auto& op = add(path, http_method::patch, "patch", {"patch", "", word},
                     about("Change parts of " + of + "one ", "."));
      take(op, patch_parameters());
      set_body(op, definition::patch);
      op.response = type;
      op.statuses = {200, 201};
      op.consumes = media_.patches;
    }
  }

  /// A subresource that takes no object: read as text, or opened by either
  /// method as a stream when its kind is that of the parameters.
  void append_stream(const subresource_desc& subresource) {
    auto& path = add_path("/{name}/" + std::string{subresource.name},
                          resource_.namespaced);
    path.own = parameters_of(*subresource.query);
    if (subresource.type == subresource.query) {
      if (contains(subresource.verbs, "get"))
        add_connect(path, http_method::get, "Get", subresource);
      if (contains(subresource.verbs, "create"))
        add_connect(path, http_method::post, "Post", subresource);
    } else if (contains(subresource.verbs, "get")) {
      add_text(path, subresource);
    }
    drop_if_empty();
  }

  void add_connect(path_model& path, http_method method, std::string_view word,
                   const subresource_desc& subresource) {
    auto& op = add(
        path, method, "connect",
        {"connect", word, capitalized(subresource.name)},
        about("Open a stream to " + std::string{subresource.name} + " of one ",
              "."));
    op.kind = subresource.kind;
    op.produces = {"*/*"};
    for (auto& own : path.own)
      op.parameters.push_back(own.get());
  }

  void add_text(path_model& path, const subresource_desc& subresource) {
    auto& op =
        add(path, http_method::get, "get",
            {"read", "", capitalized(subresource.name)},
            about("Read " + std::string{subresource.name} + " of one ", "."));
    take(op, read_parameters());
    op.produces.insert(op.produces.begin(), "text/plain");
    for (auto& own : path.own)
      op.parameters.push_back(own.get());
    std::ranges::sort(op.parameters, {}, &parameter_desc::name);
  }

  void append_subresource(const subresource_desc& subresource) {
    if (subresource.query != nullptr)
      return append_stream(subresource);
    auto& path = add_path("/{name}/" + std::string{subresource.name},
                          resource_.namespaced);
    add_item_operations(path, subresource.verbs, subresource.type->name,
                        subresource.name);
    if (contains(subresource.verbs, "create"))
      add_create(
          path, subresource.type->name, capitalized(subresource.name),
          about("Create " + std::string{subresource.name} + " of one ", "."));
    for (auto& op : path.operations)
      op.kind = subresource.kind;
    drop_if_empty();
  }

  void drop_if_empty() {
    if (out_.back().operations.empty())
      out_.pop_back();
  }

  const resource_desc& resource_;
  const media_types& media_;
  std::vector<path_model>& out_;
  std::string root_;
};

struct discovery_path {
  std::string document;
  std::string description;
  std::string id;
  std::string tag;
  std::string_view response;
};

path_model make_discovery(discovery_path from,
                          std::vector<std::string_view> media) {
  path_model result;
  result.path = "/" + from.document + "/";
  result.document = std::move(from.document);
  auto& op = result.operations.emplace_back();
  op.description = std::move(from.description);
  op.id = std::move(from.id);
  op.tag = std::move(from.tag);
  op.consumes = media;
  op.produces = std::move(media);
  op.response = from.response;
  op.statuses = {200};
  return result;
}

/// `/api/`, `/apis/`, `/version/`, and one path per group and group version.
void append_discovery(std::span<const group_version_desc* const> versions,
                      const media_types& media, std::vector<path_model>& out) {
  auto add = [&](discovery_path from) {
    out.push_back(make_discovery(std::move(from), media.answers));
  };
  add({"api", "List the versions of the core group.", "getCoreAPIVersions",
       "core", definition::api_versions});
  add({"apis", "List the API groups.", "getAPIVersions", "apis",
       definition::api_group_list});
  out.push_back(
      make_discovery({"version", "Read the version of the server.",
                      "getCodeVersion", "version", definition::version_info},
                     {"application/json"}));
  std::set<std::string_view> groups;
  for (auto* version : versions) {
    if (version->resources.empty())
      continue;
    auto word = group_word(version->group);
    auto name = capitalized(word);
    if (!version->group.empty() && groups.insert(version->group).second)
      add({root_of(version->group, ""), "Describe the group.",
           "get" + name + "APIGroup", word, definition::api_group});
    add({root_of(version->group, version->version),
         "List the resources of this group version.",
         "get" + name + capitalized(version->version) + "APIResources",
         word + "_" + std::string{version->version},
         definition::api_resource_list});
  }
}

/// Moves what all operations of the path take from them to the path.
void factor_common(path_model& path) {
  auto& operations = path.operations;
  auto everywhere = operations.front().parameters;
  std::erase_if(everywhere, [&](const parameter_desc* parameter) {
    return !std::ranges::all_of(operations, [&](const operation_model& op) {
      return std::ranges::find(op.parameters, parameter) != op.parameters.end();
    });
  });
  for (auto& op : operations)
    std::erase_if(op.parameters, [&](const parameter_desc* parameter) {
      return std::ranges::find(everywhere, parameter) != everywhere.end();
    });
  path.common.insert(path.common.end(), everywhere.begin(), everywhere.end());
  std::ranges::sort(path.common, {}, &parameter_desc::name);
}

} // namespace

std::string_view to_string(http_method method) {
  constexpr std::string_view names[] = {"get", "put", "post", "delete",
                                        "patch"};
  return names[static_cast<std::size_t>(method)];
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 401:
      return "Unauthorized";
    default:
      TROUPE_CHECK(false, "operations answer with the statuses above");
  }
}

std::vector<path_model>
make_paths(std::span<const group_version_desc* const> versions,
           const media_types& media) {
  std::vector<path_model> result;
  append_discovery(versions, media, result);
  for (auto* version : versions)
    for (auto* resource : version->resources)
      resource_paths{*resource, media, result}.append();
  for (auto& path : result) {
    factor_common(path);
    std::ranges::sort(path.operations, {}, [](const operation_model& op) {
      return to_string(op.method);
    });
  }
  std::ranges::sort(result, {}, &path_model::path);
  return result;
}

} // namespace troupe::codec::openapi

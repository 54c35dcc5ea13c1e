#include "messages/api/request_info.hpp"

#include "messages/meta/names.hpp"
#include "messages/meta/selector.hpp"

#include <deque>

namespace troupe::api {

namespace {

std::deque<std::string> split_path(std::string_view path) {
  const auto first = path.find_first_not_of('/');
  if (first == std::string_view::npos)
    return {};
  path = path.substr(first, path.find_last_not_of('/') - first + 1);
  std::deque<std::string> parts;
  for (;;) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return parts;
    path.remove_prefix(slash + 1);
  }
}

std::string take(std::deque<std::string>& parts) {
  auto part = std::move(parts.front());
  parts.pop_front();
  return part;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view verb_of(std::string_view method) {
  if (method == "POST")
    return "create";
  if (method == "GET" || method == "HEAD")
    return "get";
  if (method == "PUT")
    return "update";
  if (method == "PATCH")
    return "patch";
  if (method == "DELETE")
    return "delete";
  return {};
}

/// Takes prefix, group and version off `parts`; false for other paths.
bool take_version(std::deque<std::string>& parts, request_info& info) {
  if (parts.size() < 3 || (parts[0] != "api" && parts[0] != "apis"))
    return false;
  const bool grouped = parts[0] == "apis";
  if (grouped && parts.size() < 4) {
    info.prefix = take(parts);
    return false;
  }
  info.prefix = take(parts);
  if (grouped)
    info.group = take(parts);
  info.version = take(parts);
  return true;
}

/// Takes `namespaces/<name>` off, unless the namespace itself is meant.
void take_namespace(std::deque<std::string>& parts, request_info& info) {
  if (parts.front() != "namespaces" || parts.size() < 2)
    return;
  info.space = parts[1];
  if (parts.size() > 2 && parts[2] != "status" && parts[2] != "finalize")
    parts.erase(parts.begin(), parts.begin() + 2);
}

/// A get without a name is a list or a watch. Malformed options leave that
/// decision to `watch` alone and are reported later, with the options.
void refine_get(request_info& info, const query_parameters& query) {
  info.verb = bool_parameter(query, "watch").value_or(false) ? "watch" : "list";
  const auto text = find_parameter(query, "fieldSelector");
  if (!text)
    return;
  const auto selector = meta::field_selector::parse(*text);
  if (!selector)
    return;
  const auto name = selector->exact("metadata.name");
  if (name && meta::check_path_segment_name(*name).empty())
    info.name = *name;
}

} // namespace

result<request_info> parse_request_info(std::string_view method,
                                        std::string_view path,
                                        const query_parameters& query) {
  request_info info;
  info.path = path;
  info.verb = lower(method);
  auto parts = split_path(path);
  if (!take_version(parts, info))
    return info;
  info.is_resource = true;
  if (parts[0] == "proxy" || parts[0] == "watch") {
    if (parts.size() < 2)
      return error{errc::invalid_argument,
                   "unable to determine kind and namespace from url, "
                       + info.path};
    info.verb = take(parts);
  } else {
    info.verb = verb_of(method);
  }
  take_namespace(parts, info);
  info.parts.assign(parts.begin(), parts.end());
  info.resource = info.parts[0];
  if (info.parts.size() > 1)
    info.name = info.parts[1];
  if (info.parts.size() > 2 && info.verb != "proxy")
    info.subresource = info.parts[2];
  if (info.name.empty() && info.verb == "get")
    refine_get(info, query);
  if (info.name.empty() && info.verb == "delete")
    info.verb = "deletecollection";
  return info;
}

} // namespace troupe::api

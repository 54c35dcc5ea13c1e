#include "messages/api/status.hpp"

#include "messages/base/json_escape.hpp"

#include <set>

namespace troupe::api {

namespace {

std::string qualified(std::string_view group, std::string_view name) {
  std::string out{name};
  if (!group.empty())
    out.append(".").append(group);
  return out;
}

/// `configmaps "a"`.
std::string named(group_resource resource, std::string_view name) {
  return qualified(resource.group, resource.resource) + ' '
         + meta::quoted(name);
}

status failure(int code, std::string_view reason, std::string message) {
  return {code, std::string{reason}, std::move(message), std::nullopt, false};
}

status failure(int code, std::string_view reason, std::string message,
               status_details details) {
  return {code, std::string{reason}, std::move(message), std::move(details),
          false};
}

status_details about(group_resource resource, std::string_view name) {
  status_details details;
  details.name = name;
  details.group = resource.group;
  details.kind = resource.resource;
  return details;
}

status_details retry_after(int seconds) {
  status_details details;
  details.retry_after_seconds = seconds;
  return details;
}

std::string join(const std::vector<std::string_view>& words) {
  std::string out;
  for (auto word : words)
    out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

/// ": a", ": [a, b]" or nothing; the same sentence is said once.
std::string aggregate(const meta::field_errors& errors) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const auto& one : errors)
    if (auto text = one.text(); seen.insert(text).second)
      texts.push_back(std::move(text));
  if (texts.empty())
    return {};
  if (texts.size() == 1)
    return ": " + texts.front();
  std::string out;
  for (const auto& text : texts)
    out += (out.empty() ? ": [" : ", ") + text;
  return out + "]";
}

/// Writes members of one JSON object; empty ones are left out.
class object_writer {
public:
  explicit object_writer(std::string& out) : out_{out} { out_ += '{'; }

  void text(std::string_view key, std::string_view value) {
    if (value.empty())
      return;
    name(key);
    append_json_string(out_, value);
  }

  void number(std::string_view key, int value) {
    if (value == 0)
      return;
    name(key);
    out_ += std::to_string(value);
  }

  void name(std::string_view key) {
    if (out_.back() != '{')
      out_ += ',';
    append_json_string(out_, key);
    out_ += ':';
  }

  void close() { out_ += '}'; }

private:
  std::string& out_;
};

void write_causes(std::string& out, const std::vector<status_cause>& causes) {
  out += '[';
  for (const auto& cause : causes) {
    if (out.back() != '[')
      out += ',';
    object_writer writer{out};
    writer.text("reason", cause.reason);
    writer.text("message", cause.message);
    writer.text("field", cause.field);
    writer.close();
  }
  out += ']';
}

void write_details(std::string& out, const status_details& details) {
  object_writer writer{out};
  writer.text("name", details.name);
  writer.text("group", details.group);
  writer.text("kind", details.kind);
  writer.text("uid", details.uid);
  if (!details.causes.empty()) {
    writer.name("causes");
    write_causes(out, details.causes);
  }
  writer.number("retryAfterSeconds", details.retry_after_seconds);
  writer.close();
}

} // namespace

status ok(std::string_view name, group_resource resource,
          std::string_view uid) {
  auto details = about(resource, name);
  details.uid = uid;
  return {200, {}, {}, std::move(details), true};
}

status bad_request(std::string message) {
  return failure(400, "BadRequest", std::move(message));
}

status unauthorized() {
  return failure(401, "Unauthorized", "Unauthorized");
}

status forbidden(group_resource resource, std::string_view name,
                 std::string_view what) {
  std::string message;
  if (resource.resource.empty())
    message = "forbidden: ";
  else if (name.empty())
    message = qualified(resource.group, resource.resource) + " is forbidden: ";
  else
    message = named(resource, name) + " is forbidden: ";
  message += what;
  return failure(403, "Forbidden", std::move(message), about(resource, name));
}

status not_found(group_resource resource, std::string_view name) {
  return failure(404, "NotFound", named(resource, name) + " not found",
                 about(resource, name));
}

status path_not_found() {
  return failure(404, "NotFound",
                 "the server could not find the requested resource",
                 status_details{});
}

status already_exists(group_resource resource, std::string_view name) {
  return failure(409, "AlreadyExists",
                 named(resource, name) + " already exists",
                 about(resource, name));
}

status conflict(group_resource resource, std::string_view name,
                std::string_view what) {
  return failure(409, "Conflict",
                 "Operation cannot be fulfilled on " + named(resource, name)
                     + ": " + std::string{what},
                 about(resource, name));
}

status modified(group_resource resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to "
                  "the latest version and try again");
}

status invalid(group_kind kind, std::string_view name,
               const meta::field_errors& errors) {
  auto details = about({kind.group, kind.kind}, name);
  for (const auto& one : errors)
    details.causes.push_back(
        {std::string{meta::reason(one.type)}, one.body(), one.field});
  return failure(422, "Invalid",
                 named({kind.group, kind.kind}, name) + " is invalid"
                     + aggregate(errors),
                 std::move(details));
}

status method_not_allowed() {
  return failure(
      405, "MethodNotAllowed",
      "the server does not allow this method on the requested resource",
      status_details{});
}

status method_not_supported(group_resource resource, std::string_view verb) {
  return failure(
      405, "MethodNotAllowed",
      std::string{verb} + " is not supported on resources of kind "
          + meta::quoted(qualified(resource.group, resource.resource)),
      about(resource, {}));
}

status not_acceptable(const std::vector<std::string_view>& supported) {
  return failure(406, "NotAcceptable",
                 "only the following media types are accepted: "
                     + join(supported));
}

status unsupported_media_type(const std::vector<std::string_view>& supported) {
  return failure(415, "UnsupportedMediaType",
                 "the body of the request was in an unknown format - accepted "
                 "media types include: "
                     + join(supported));
}

status expired(std::string message) {
  return failure(410, "Expired", std::move(message));
}

status gone(std::string message) {
  return failure(410, "Gone", std::move(message));
}

status request_entity_too_large(std::string message) {
  return failure(413, "RequestEntityTooLarge",
                 "Request entity too large: " + message);
}

status too_many_requests(std::string message, int retry_after_seconds) {
  return failure(429, "TooManyRequests", std::move(message),
                 retry_after(retry_after_seconds));
}

status server_timeout(group_resource resource, std::string_view verb,
                      int retry_after_seconds) {
  auto details = about(resource, verb);
  details.retry_after_seconds = retry_after_seconds;
  return failure(
      500, "ServerTimeout",
      "The " + std::string{verb} + " operation against "
          + qualified(resource.group, resource.resource)
          + " could not be completed at this time, please try again.",
      std::move(details));
}

status too_large_resource_version(std::uint64_t asked, std::uint64_t current,
                                  int retry_after_seconds) {
  auto out = timeout("Too large resource version: " + std::to_string(asked)
                         + ", current: " + std::to_string(current),
                     retry_after_seconds);
  out.details->causes.push_back(
      {"ResourceVersionTooLarge", "Too large resource version", {}});
  return out;
}

status timeout(std::string message, int retry_after_seconds) {
  return failure(504, "Timeout", "Timeout: " + message,
                 retry_after(retry_after_seconds));
}

status service_unavailable(std::string message, int retry_after_seconds) {
  auto out = failure(503, "ServiceUnavailable", std::move(message));
  if (retry_after_seconds > 0)
    out.details = retry_after(retry_after_seconds);
  return out;
}

status internal_error(std::string message) {
  status_details details;
  details.causes.push_back({{}, message, {}});
  return failure(500, "InternalError", "Internal error occurred: " + message,
                 std::move(details));
}

status fenced_off(std::string_view lease, std::uint64_t epoch,
                  std::uint64_t standing) {
  status out;
  out.code = 403;
  out.reason = "Forbidden";
  out.message = "the lease \"" + std::string{lease}
                + "\" has a newer holder: epoch " + std::to_string(epoch)
                + " is refused, " + std::to_string(standing) + " stands";
  return out;
}

std::string to_json(const status& value) {
  std::string out;
  object_writer writer{out};
  writer.text("kind", "Status");
  writer.text("apiVersion", "v1");
  writer.name("metadata");
  object_writer metadata{out};
  metadata.text("continue", value.continue_token);
  metadata.close();
  writer.text("status", value.success ? "Success" : "Failure");
  writer.text("message", value.message);
  writer.text("reason", value.reason);
  if (value.details) {
    writer.name("details");
    write_details(out, *value.details);
  }
  // Upstream says of a success only what it had to fill in: 201.
  if (!value.success || value.code == 201)
    writer.number("code", value.code);
  writer.close();
  return out;
}

} // namespace troupe::api

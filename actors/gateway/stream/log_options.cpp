#include "actors/gateway/stream/log_options.hpp"

#include "messages/meta/time.hpp"

namespace troupe::gateway {

namespace {

using meta::field_errors;

/// The numbers of a query; each absent or read.
struct numbers {
  std::optional<std::int64_t> since_seconds;
  std::optional<std::int64_t> tail_lines;
  std::optional<std::int64_t> limit_bytes;
};

result<numbers> read_numbers(const api::query_parameters& query) {
  numbers out;
  const std::pair<std::string_view, std::optional<std::int64_t>*> fields[] = {
      {"sinceSeconds", &out.since_seconds},
      {"tailLines", &out.tail_lines},
      {"limitBytes", &out.limit_bytes},
  };
  for (const auto& [name, into] : fields) {
    auto value = api::integer_parameter(query, name);
    if (!value)
      return std::move(value).error();
    *into = *value;
  }
  return out;
}

void check_least(field_errors& errors, const char* field,
                 const std::optional<std::int64_t>& value, std::int64_t least) {
  if (value && *value < least)
    errors.push_back(meta::invalid(field, std::to_string(*value),
                                   least == 0
                                       ? "must be greater than or equal to 0"
                                       : "must be greater than 0"));
}

field_errors check(const numbers& values, bool since_time, bool stream) {
  field_errors errors;
  check_least(errors, "tailLines", values.tail_lines, 0);
  check_least(errors, "limitBytes", values.limit_bytes, 1);
  if (values.since_seconds && since_time)
    errors.push_back(meta::forbidden(
        {}, "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else
    check_least(errors, "sinceSeconds", values.since_seconds, 1);
  if (stream)
    errors.push_back(meta::forbidden("stream", "may not be specified"));
  return errors;
}

/// `seconds` before `now`, or the beginning of time.
wall_time before(wall_time now, std::int64_t seconds) {
  const auto most =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  if (seconds >= most.count())
    return wall_time{};
  return now - std::chrono::seconds{seconds};
}

} // namespace

api::parsed<node_io::log_request>
parse_log_options(const api::query_parameters& query, std::string_view pod,
                  wall_time now) {
  node_io::log_request out;
  out.from.container = api::find_parameter(query, "container").value_or("");
  out.follow = api::bool_parameter(query, "follow").value_or(false);
  out.previous = api::bool_parameter(query, "previous").value_or(false);
  out.timestamps = api::bool_parameter(query, "timestamps").value_or(false);
  const auto values = read_numbers(query);
  if (!values)
    return api::bad_request(values.error().message);
  const auto since = api::find_parameter(query, "sinceTime").value_or("");
  if (!since.empty()) {
    auto time = meta::parse_time(since);
    if (!time)
      return api::bad_request(time.error().message);
    out.since = *time;
  }
  const auto errors = check(*values, out.since.has_value(),
                            api::find_parameter(query, "stream").has_value());
  if (!errors.empty())
    return api::invalid({{}, "PodLogOptions"}, pod, errors);
  if (values->since_seconds)
    out.since = before(now, *values->since_seconds);
  out.tail_lines = values->tail_lines;
  out.limit_octets = values->limit_bytes;
  return out;
}

} // namespace troupe::gateway

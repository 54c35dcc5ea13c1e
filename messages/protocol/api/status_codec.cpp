#include "messages/protocol/api/status_codec.hpp"

#include "messages/protocol/api/document_codec.hpp"

namespace troupe::api_call {

namespace {

using wire::field_writer;
using wire::reader;
using wire::unknown_field;

constexpr std::size_t status_text_max = 1024 * 1024;
constexpr std::size_t causes_max = 4096;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  code_id = 1,
  reason_id,
  message_id,
  details_id,
  success_id,
  continue_id,
};

enum : std::uint64_t {
  details_name_id = 1,
  details_group_id,
  details_kind_id,
  details_uid_id,
  causes_id,
  retry_after_id,
};

enum : std::uint64_t { cause_reason_id = 1, cause_message_id, cause_field_id };

int read_int(reader& in, std::string_view what) {
  auto value = in.number(what);
  if (value > 1'000'000'000)
    in.fail(errc::out_of_range, std::string{what} + ": too large");
  return static_cast<int>(value);
}

bytes encode_cause(const api::status_cause& value) {
  field_writer out;
  out.text(cause_reason_id, value.reason);
  out.text(cause_message_id, value.message);
  out.text(cause_field_id, value.field);
  return std::move(out).take();
}

api::status_cause read_cause(reader& in) {
  api::status_cause value;
  in.fields("cause", unknown_field::skip, [&](std::uint64_t id) {
    auto* field = id == cause_reason_id    ? &value.reason
                  : id == cause_message_id ? &value.message
                  : id == cause_field_id   ? &value.field
                                           : nullptr;
    if (field != nullptr)
      *field = in.text("cause", status_text_max);
    return field != nullptr;
  });
  return value;
}

bytes encode_details(const api::status_details& value) {
  field_writer out;
  out.text(details_name_id, value.name);
  out.text(details_group_id, value.group);
  out.text(details_kind_id, value.kind);
  out.text(details_uid_id, value.uid);
  out.list(causes_id, value.causes, [](wire::writer& to, const auto& one) {
    to.encoded(encode_cause(one));
  });
  out.number(retry_after_id,
             static_cast<std::uint64_t>(value.retry_after_seconds));
  return std::move(out).take();
}

std::vector<api::status_cause> read_causes(reader& in) {
  std::vector<api::status_cause> value;
  auto count = in.array("causes", causes_max);
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    value.push_back(read_cause(in));
  return value;
}

bool read_field(reader& in, std::uint64_t id, api::status_details& value) {
  switch (id) {
    case details_name_id:
      value.name = in.text("details name", name_max);
      return true;
    case details_group_id:
      value.group = in.text("details group", name_max);
      return true;
    case details_kind_id:
      value.kind = in.text("details kind", name_max);
      return true;
    case details_uid_id:
      value.uid = in.text("details uid", name_max);
      return true;
    case causes_id:
      value.causes = read_causes(in);
      return true;
    case retry_after_id:
      value.retry_after_seconds = read_int(in, "retry after");
      return true;
    default:
      return false;
  }
}

api::status_details read_details(reader& in) {
  api::status_details value;
  in.fields("details", unknown_field::skip,
            [&](std::uint64_t id) { return read_field(in, id, value); });
  return value;
}

bool read_field(reader& in, std::uint64_t id, api::status& value) {
  switch (id) {
    case code_id:
      value.code = read_int(in, "status code");
      return true;
    case reason_id:
      value.reason = in.text("reason", name_max);
      return true;
    case message_id:
      value.message = in.text("message", status_text_max);
      return true;
    case details_id:
      value.details = read_details(in);
      return true;
    case success_id:
      value.success = in.boolean("success");
      return true;
    case continue_id:
      value.continue_token = in.text("continue", status_text_max);
      return true;
    default:
      return false;
  }
}

} // namespace

bytes encode_status(const api::status& value) {
  field_writer out;
  out.number(code_id, static_cast<std::uint64_t>(value.code));
  out.text(reason_id, value.reason);
  out.text(message_id, value.message);
  if (value.details)
    out.encoded(details_id, encode_details(*value.details));
  out.boolean(success_id, value.success);
  out.text(continue_id, value.continue_token);
  return std::move(out).take();
}

api::status read_status(reader& in) {
  api::status value;
  value.code = 0; // what a status that leaves it out says
  in.fields("status", unknown_field::skip,
            [&](std::uint64_t id) { return read_field(in, id, value); });
  return value;
}

} // namespace troupe::api_call

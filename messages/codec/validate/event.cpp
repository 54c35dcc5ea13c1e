#include "messages/codec/validate/event_checks.hpp"
#include "messages/codec/validate/kind_rules.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::codec {

namespace {

namespace event_id = schema::ids::event;
namespace reference_id = schema::ids::object_reference;

constexpr std::size_t word_length_max = 128;
constexpr std::size_t message_length_max = 1024;

void check_length(const node& event, field_id id, std::string field,
                  std::size_t length_max, meta::field_errors& errors) {
  if (text_of(&event, id).size() > length_max)
    errors.push_back(meta::invalid(
        std::move(field), meta::quoted(""),
        "can have at most " + std::to_string(length_max) + " characters"));
}

/// A text that must be there.
void check_word(const node& event, field_id id, const std::string& field,
                meta::field_errors& errors) {
  if (text_of(&event, id).empty())
    errors.push_back(meta::required(field));
  check_length(event, id, field, word_length_max, errors);
}

void check_reporter(const node& event, const std::string& field,
                    meta::field_errors& errors) {
  const auto name = text_of(&event, event_id::reporting_component);
  if (name.empty())
    errors.push_back(meta::required(field));
  for (auto& complaint : meta::check_qualified_name(name))
    errors.push_back(meta::invalid(field, meta::quoted(name), complaint));
}

/// An event about an object without namespace lives in "default" or, if its
/// reporter gives eventTime, in "kube-system". Only older clients are held to
/// the namespace of the object.
bool namespaces_agree(std::string_view own, std::string_view involved,
                      bool older) {
  if (involved.empty())
    return own == "default" || (older ? own.empty() : own == "kube-system");
  return !older || own == involved;
}

void check(const document& object, meta::field_errors& errors) {
  check_event(object, "reportingComponent", errors);
}

} // namespace

void check_event(const document& object, const std::string& reporter,
                 meta::field_errors& errors) {
  const auto& event = object.root();
  const auto own = text_of(event.find(metadata_id), object_meta::space);
  const auto involved =
      text_of(event.find(event_id::involved_object), reference_id::namespace_);
  const bool older = text_of(&event, event_id::event_time).empty();
  if (!namespaces_agree(own, involved, older))
    errors.push_back(meta::invalid("involvedObject.namespace",
                                   meta::quoted(involved),
                                   "does not match event.namespace"));
  if (!older) {
    check_reporter(event, reporter, errors);
    check_word(event, event_id::reporting_instance, "reportingInstance",
               errors);
    check_word(event, event_id::action, "action", errors);
    check_word(event, event_id::reason, "reason", errors);
    check_length(event, event_id::message, "message", message_length_max,
                 errors);
  }
  for (auto& complaint : meta::check_dns1123_subdomain(own))
    errors.push_back(meta::invalid("namespace", meta::quoted(own), complaint));
}

extern const kind_rules event_rules;
const kind_rules event_rules{
    .group = "",
    .kind = "Event",
    .name = meta::check_path_name,
    .create_on_update = true,
    .check = check,
};

} // namespace troupe::codec

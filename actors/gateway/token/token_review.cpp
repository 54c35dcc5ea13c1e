#include "actors/gateway/token/token_review.hpp"

#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "messages/codec/managed/field_manager.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/authentication_v1.hpp"
#include "messages/view/authentication_v1.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

namespace ids = schema::ids;
namespace auth = view::authentication_v1;

constexpr const char* no_token =
    "token is required for TokenReview in authentication";
/// What the server's other ways to know a token say of one of these.
constexpr const char* unknown_token = "invalid bearer token";

codec::node* make_texts(document& doc, const std::vector<std::string>& from) {
  auto* out = doc.make_list();
  for (const auto& one : from)
    doc.push_back(*out, doc.make_string(one));
  return out;
}

void set_text(document& doc, codec::node& object, codec::field_id id,
              const std::string& text) {
  if (!text.empty())
    doc.set(object, id, doc.make_string(text));
}

codec::node* make_user(document& doc, const api::identity& from) {
  namespace id = ids::user_info;
  auto* out = doc.make_object();
  set_text(doc, *out, id::username, from.name);
  set_text(doc, *out, id::uid, from.uid);
  if (!from.groups.empty())
    doc.set(*out, id::groups, make_texts(doc, from.groups));
  if (from.extra.empty())
    return out;
  auto& extra = doc.map_at(*out, id::extra);
  for (const auto& [key, values] : from.extra)
    doc.set(extra, key, make_texts(doc, values));
  return out;
}

/// The question with the fields its asker set as his.
document owned(const object_call& call, const document& body, wall_time now) {
  auto out = body.clone();
  const auto& kind = call.resource->kind;
  const auto api_version = api_version_of(kind);
  codec::update_managed_fields(
      nullptr, out, {call.field_manager, api_version, kind.kind, "", now});
  return out;
}

codec::node* judge(document& doc, const service_account_tokens& tokens,
                   const auth::token_review_spec& spec,
                   const store::store_snapshot& state, wall_time now) {
  namespace id = ids::token_review_status;
  std::vector<std::string> audiences;
  for (auto one : spec.audiences())
    audiences.emplace_back(one);
  auto* out = doc.make_object();
  const auto found = tokens.judge(spec.token(), audiences, state, now);
  if (found && *found) {
    const auto& holder = **found;
    doc.set(*out, id::authenticated, doc.make_boolean(true));
    doc.set(*out, id::user, make_user(doc, holder.user));
    doc.set(*out, id::audiences, make_texts(doc, holder.audiences));
    return out;
  }
  // Upstream asks its own token first, and tells both answers.
  const auto why = found ? "[" + std::string{unknown_token} + ", "
                               + found->error().message + "]"
                         : std::string{unknown_token};
  doc.set(*out, id::error, doc.make_string(why));
  return out;
}

object_answer created(document doc) {
  return accept(201, std::make_shared<document>(std::move(doc)),
                store::revision{});
}

} // namespace

object_answer answer_token_review(const service_account_tokens& tokens,
                                  const object_call& call, const document& body,
                                  const store::store_snapshot& state,
                                  const stamps& given) {
  const auto spec = auth::token_review{body}.spec();
  if (spec.token().empty())
    return refuse(api::bad_request(no_token));
  auto out = owned(call, body, given.now);
  out.set(out.root(), ids::token_review::status,
          judge(out, tokens, spec, state, given.now));
  return created(std::move(out));
}

object_answer answer_self_review(const object_call& call, const document& body,
                                 const stamps& given) {
  namespace id = ids::self_subject_review;
  auto out = owned(call, body, given.now);
  auto* status = out.make_object();
  out.set(*status, ids::self_subject_review_status::user_info,
          make_user(out, call.user));
  out.set(out.root(), id::status, status);
  auto& metadata = out.object_at(out.root(), metadata_id);
  out.set(metadata, object_meta::creation_timestamp,
          out.make_string(meta::format_time(given.now)));
  return created(std::move(out));
}

} // namespace troupe::gateway

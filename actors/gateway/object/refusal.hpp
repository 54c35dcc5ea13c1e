#pragma once

#include "actors/gateway/object/object_call.hpp"
#include "messages/base/result.hpp"
#include "messages/protocol/store.hpp"

#include <string>

/// Answers of writes, with upstream's texts.
namespace troupe::gateway {

template <class T>
using checked = result<T, api::status>;

/// An error that upstream passes on as it is: 500 without a reason.
api::status unclassified(std::string message);

/// 409 for a generated name that exists too.
api::status generated_name_taken(const object_call& call,
                                 std::string_view name);

/// 409 of a uid in an update's body that is not that of the object; `uid` is
/// empty when there is no object.
api::status wrong_uid(const object_call& call, std::string_view wanted,
                      std::string_view uid);

/// 422 of an object that breaks rules.
api::status invalid_object(const object_call& call,
                           const codec::document& object,
                           const meta::field_errors& errors);

/// 422 of a patch that leads to no object of the type.
api::status invalid_patch(std::string_view value, std::string detail);

/// 500 of a stored value that cannot be read.
api::status unreadable(const error& why);

/// 413 of an object that is too large to store.
api::status too_large();

/// An answer that is a refusal.
object_answer refuse(api::status why);

/// Puts what was found on the way before what the answer warns of already.
void add_first(object_answer& answer, const std::vector<std::string>& warnings);

/// An answer with an object.
object_answer accept(int code, std::shared_ptr<const codec::document> object,
                     store::revision revision);

} // namespace troupe::gateway

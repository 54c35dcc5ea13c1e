#include "actors/gateway/access/question.hpp"

#include "messages/meta/go_quote.hpp"

namespace troupe::gateway {

std::string access_question::whole_resource() const {
  return subresource.empty() ? resource : resource + '/' + subresource;
}

access_question question_of(const api::request& request) {
  const auto& target = request.target;
  return {std::string{api::to_string(request.verb)},
          target.group,
          target.resource,
          target.subresource,
          target.ns,
          target.name};
}

api::status refuse_access(const api::identity& user,
                          const access_question& wanted, std::string_view why) {
  auto text = "User " + meta::go_quote(user.name) + " cannot " + wanted.verb
              + " resource " + meta::go_quote(wanted.whole_resource())
              + " in API group " + meta::go_quote(wanted.group);
  text += wanted.ns.empty() ? " at the cluster scope"
                            : " in the namespace " + meta::go_quote(wanted.ns);
  if (!why.empty())
    text.append(": ").append(why);
  return api::forbidden({wanted.group, wanted.resource}, wanted.name, text);
}

} // namespace troupe::gateway

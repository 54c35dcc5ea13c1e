#include "node/agent/container_user.hpp"

namespace troupe::agent {

std::string user_text(const pod::container_user& user) {
  auto out = user.uid ? std::to_string(*user.uid) : user.name;
  if (!user.gid)
    return out;
  return out.substr(0, out.find(':')) + ":" + std::to_string(*user.gid);
}

result<image::process_user> find_user(const std::vector<std::string>& layers,
                                      const pod::container_user& user) {
  const auto text = user_text(user);
  auto out = image::find_user(layers, text);
  const auto colon = text.find(':');
  if (!out || !user.merge_image_groups || colon == text.npos)
    return out;
  // With a group in it, the text alone leads to no further groups.
  auto member = image::find_user(layers, text.substr(0, colon));
  if (!member)
    return member;
  out->groups = std::move(member->groups);
  return out;
}

} // namespace troupe::agent

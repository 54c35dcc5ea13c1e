#include "node/image/image_user.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace troupe::image {

namespace {

/// Ids past this are refused by the kernel's 32-bit -1 convention.
constexpr std::uint32_t id_max = 0x7fffffff;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || at != end || text.empty() || value > id_max)
    return std::nullopt;
  return value;
}

/// Up to `Count` fields of a line of passwd(5) or group(5).
template <std::size_t Count>
std::array<std::string_view, Count> fields(std::string_view line) {
  std::array<std::string_view, Count> out;
  for (auto& field : out) {
    const auto colon = line.find(':');
    field = line.substr(0, colon);
    if (colon == line.npos)
      break;
    line.remove_prefix(colon + 1);
  }
  return out;
}

/// Calls `use` with each line until it answers true.
template <class F>
void any_line(std::string_view text, F use) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (use(text.substr(0, end)) || end == text.npos)
      return;
    text.remove_prefix(end + 1);
  }
}

bool lists(std::string_view members, std::string_view name) {
  while (!members.empty()) {
    const auto comma = members.find(',');
    if (members.substr(0, comma) == name)
      return true;
    if (comma == members.npos)
      break;
    members.remove_prefix(comma + 1);
  }
  return false;
}

/// Fills in the passwd entry of `who`; an empty `who` is uid 0.
bool find_account(process_user& out, std::string_view who, bytes_view passwd) {
  const auto id = who.empty() ? std::optional<std::uint32_t>{0} : number(who);
  bool found = false;
  any_line(passwd, [&](std::string_view line) {
    const auto [name, secret, uid, gid, info, home, shell] = fields<7>(line);
    const auto entry_uid = number(uid);
    const auto entry_gid = number(gid);
    if (name.empty() || !entry_uid || !entry_gid)
      return false;
    if (name != who && entry_uid != id)
      return false;
    found = true;
    out = {.uid = *entry_uid,
           .gid = *entry_gid,
           .groups = {},
           .name = std::string{name}};
    if (!home.empty())
      out.home = home;
    return true;
  });
  if (!found && id)
    out.uid = *id;
  return found || id.has_value();
}

std::optional<std::uint32_t> find_group(std::string_view who,
                                        bytes_view group) {
  auto out = number(who);
  any_line(group, [&](std::string_view line) {
    const auto [name, secret, gid] = fields<3>(line);
    const auto entry_gid = number(gid);
    if (name != who || name.empty() || !entry_gid)
      return false;
    out = entry_gid;
    return true;
  });
  return out;
}

void add_memberships(process_user& out, bytes_view group) {
  if (out.name.empty())
    return;
  any_line(group, [&](std::string_view line) {
    const auto [name, secret, gid, members] = fields<4>(line);
    const auto entry_gid = number(gid);
    if (entry_gid && *entry_gid != out.gid && lists(members, out.name))
      out.groups.push_back(*entry_gid);
    return false;
  });
  std::ranges::sort(out.groups);
  out.groups.erase(std::unique(out.groups.begin(), out.groups.end()),
                   out.groups.end());
}

} // namespace

result<process_user> resolve_user(std::string_view spec, bytes_view passwd,
                                  bytes_view group) {
  const auto colon = spec.find(':');
  const auto user = spec.substr(0, colon);
  process_user out;
  if (!find_account(out, user, passwd))
    return error{errc::not_found, "unable to find user " + std::string{user}
                                      + ": no matching entries in passwd file"};
  const auto group_name =
      colon == spec.npos ? std::string_view{} : spec.substr(colon + 1);
  if (group_name.empty()) {
    add_memberships(out, group);
    return out;
  }
  const auto gid = find_group(group_name, group);
  if (!gid)
    return error{errc::not_found, "unable to find group "
                                      + std::string{group_name}
                                      + ": no matching entries in group file"};
  out.gid = *gid;
  return out;
}

} // namespace troupe::image

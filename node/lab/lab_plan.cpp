#include "node/lab/lab_plan.hpp"

#include "node/sys/netlink.hpp"

#include <algorithm>

namespace troupe::lab {

namespace {

constexpr std::string_view lan_name = "lan";

/// Places in the LAN, counted from its first address.
constexpr std::uint64_t first_server_place = 11;
constexpr std::uint64_t first_guest_place = 200;
constexpr std::uint64_t first_node_place = 256 + 1;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "s7", "n12": what servers and nodes are called, there or not.
bool is_numbered(std::string_view name) {
  return name.size() > 1 && (name[0] == 's' || name[0] == 'n')
         && std::all_of(name.begin() + 1, name.end(), is_digit);
}

status_result check_guest(std::string_view name) {
  const auto allowed = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  };
  if (name.empty() || name.size() > sys::netlink::name_max
      || !std::all_of(name.begin(), name.end(), allowed))
    return error{errc::invalid_argument,
                 "the guest's name \"" + std::string{name}
                     + "\" is not 1 to 15 of a-z, 0-9 and '-'"};
  if (is_numbered(name) || name == lan_name || name == "lo" || name == "br0"
      || name == "uplink")
    return error{errc::invalid_argument, "the guest's name \""
                                             + std::string{name}
                                             + "\" is the lab's own"};
  return unit{};
}

status_result check_count(std::string_view field, std::size_t count,
                          std::size_t max) {
  if (count > max)
    return error{errc::out_of_range, std::string{field} + ": at most "
                                         + std::to_string(max) + ", not "
                                         + std::to_string(count)};
  return unit{};
}

status_result check_guests(const std::vector<std::string>& guests) {
  if (auto fine = check_count("guests", guests.size(), lab_plan::guests_max);
      !fine)
    return fine;
  for (auto one = guests.begin(); one != guests.end(); ++one) {
    if (auto fine = check_guest(*one); !fine)
      return fine;
    if (std::find(guests.begin(), one, *one) != one)
      return error{errc::already_exists,
                   "two guests have the name \"" + *one + "\""};
  }
  return unit{};
}

status_result check(const lab_config& config) {
  if (config.directory.size() < 2 || config.directory.front() != '/'
      || config.directory.back() == '/')
    return error{errc::invalid_argument,
                 "directory: \"" + config.directory
                     + "\" is not an absolute path without a slash at its end"};
  if (auto fine = check_count("servers", config.servers, lab_plan::servers_max);
      !fine)
    return fine;
  if (auto fine = check_count("nodes", config.nodes, lab_plan::nodes_max);
      !fine)
    return fine;
  if (config.lan.family() != ip_family::v4 || config.lan.length() > 16)
    return error{errc::invalid_argument,
                 "lan: " + config.lan.to_string()
                     + " is not an IPv4 range of 16 bits or fewer"};
  if (config.uplink && config.uplink->size() > sys::netlink::name_max)
    return error{errc::invalid_argument,
                 "uplink: \"" + *config.uplink + "\" is no link's name"};
  return check_guests(config.guests);
}

class planner {
public:
  explicit planner(const lab_config& config) : config_(config) {}

  lab_plan run() {
    out_.pin_directory = config_.directory + "/netns";
    out_.lan_netns_path = member_netns_path(config_.directory, lan_name);
    out_.lan = config_.lan;
    out_.private_ranges = config_.private_ranges;
    out_.private_ranges.push_back(config_.lan);
    if (config_.uplink)
      out_.uplink =
          uplink_plan{*config_.uplink, address_at(uplink_place), config_.lan};
    for (std::size_t i = 0; i < config_.servers; ++i)
      add(member_role::server, "s" + std::to_string(i + 1),
          first_server_place + i);
    for (std::size_t i = 0; i < config_.nodes; ++i)
      add(member_role::node, "n" + std::to_string(i + 1), first_node_place + i);
    for (std::size_t i = 0; i < config_.guests.size(); ++i)
      add(member_role::guest, config_.guests[i], first_guest_place + i);
    return std::move(out_);
  }

private:
  void add(member_role role, const std::string& name, std::uint64_t place) {
    out_.members.push_back({role, name, address_at(place),
                            member_netns_path(config_.directory, name)});
  }

  ip_address address_at(std::uint64_t place) const {
    const auto address = config_.lan.at(place);
    TROUPE_CHECK(address.has_value(), "a LAN has room for every place");
    return *address;
  }

  const lab_config& config_;
  lab_plan out_;
};

} // namespace

const lab_member* lab_plan::find(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(),
                   [&](const auto& one) { return one.name == name; });
  return found == members.end() ? nullptr : &*found;
}

result<lab_plan> make_lab_plan(const lab_config& config) {
  if (auto fine = check(config); !fine)
    return fine.error();
  return planner{config}.run();
}

std::string member_netns_path(const std::string& directory,
                              std::string_view name) {
  return directory + "/netns/" + std::string{name};
}

} // namespace troupe::lab

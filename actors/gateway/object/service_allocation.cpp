#include "actors/gateway/object/service_allocation.hpp"

#include "messages/base/ip.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/codec/validate/service_checks.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <algorithm>
#include <map>

namespace troupe::gateway {

namespace {

namespace ids = schema::ids;
namespace spec_id = ids::service_spec;
using refused = std::optional<api::status>;
using spec_view = view::core_v1::service_spec;
using port_view = view::core_v1::service_port;

constexpr const char* range_full = "range is full";

/// The part of a range that is left to who asks for it: a sixteenth, and so
/// on, between two bounds. Small ranges have none.
struct band {
  std::uint64_t step;
  std::uint64_t size_max;
  static constexpr std::uint64_t size_min = 16;

  std::uint64_t of(std::uint64_t range_size) const {
    if (range_size <= size_min)
      return 0;
    return std::clamp(range_size / step, size_min, size_max);
  }
};

constexpr band address_band{16, 256};
constexpr band port_band{32, 128};

/// A free place of [first, first + count), searched from a random one on.
template <class Taken>
std::optional<std::uint64_t> draw(std::uint64_t first, std::uint64_t count,
                                  const stamps& given, const Taken& taken) {
  const auto start = count == 0 ? 0 : given.random() % count;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto place = first + (start + i) % count;
    if (!taken(place))
      return place;
  }
  return std::nullopt;
}

/// A free place below `size`, if possible not among the first `low`.
template <class Taken>
std::optional<std::uint64_t> draw_high(std::uint64_t size, std::uint64_t low,
                                       const stamps& given,
                                       const Taken& taken) {
  low = std::min(low, size);
  if (auto place = draw(low, size - low, given, taken))
    return place;
  return draw(0, low, given, taken);
}

/// Addresses of a range that Services may have: not the network's own, nor
/// the last of an IPv4 network, its broadcast.
std::uint64_t hosts_of(const ip_prefix& range) {
  const std::uint64_t others = range.family() == ip_family::v4 ? 2 : 1;
  return range.size() > others ? range.size() - others : 0;
}

bool may_have(const ip_prefix& range, const ip_address& address) {
  const auto place = address.family() == range.family()
                         ? address.minus(range.first())
                         : std::nullopt;
  return place && *place >= 1 && *place <= hosts_of(range);
}

class allocation {
public:
  allocation(const object_call& call, codec::document& next,
             const codec::document* old, const store::store_snapshot& state,
             const stamps& given)
      : call_{call}, next_{next}, spec_{next.object_at(next.root(),
                                                       ids::service::spec)},
        old_{old == nullptr ? nullptr : old->root().find(ids::service::spec)},
        state_{state}, given_{given} {}

  refused addresses();
  refused ports();
  refused health_port();

private:
  spec_view spec() const { return spec_view{&spec_}; }

  bool taken(const store::key& claim) const {
    return chosen_.contains(claim) || state_.get(claim) != nullptr;
  }

  refused invalid(meta::field_error error) const {
    return invalid_object(call_, next_, {std::move(error)});
  }

  std::size_t first_without_address() const;
  refused address(std::size_t index);
  refused take_address(std::string_view text, const ip_prefix& range);
  refused draw_address(std::size_t index, const ip_prefix& range);
  void set_address(std::size_t index, std::string_view text);

  bool draws_ports() const;
  std::string take_port(std::int64_t port);
  refused take_named_port(std::size_t index, std::int64_t port);
  std::optional<std::int64_t> draw_port();
  refused draw_port_for(codec::node& port);
  refused first_ports();
  refused changed_ports();

  const object_call& call_;
  codec::document& next_;
  codec::node& spec_;
  spec_view old_;
  const store::store_snapshot& state_;
  const stamps& given_;
  claim_set chosen_;
};

/// The families before it have theirs.
std::size_t allocation::first_without_address() const {
  const auto all = spec().ip_families().size();
  if (!old_ || !codec::needs_cluster_ip(old_))
    return 0;
  const bool grows = old_.ip_families().size() == 1 && all == 2;
  return grows && !codec::is_headless(old_) ? 1 : all;
}

refused allocation::addresses() {
  const auto given = spec().cluster_ips();
  if (!codec::needs_cluster_ip(spec())
      || (!given.empty() && given[0] == codec::no_cluster_ip))
    return std::nullopt;
  const auto count = spec().ip_families().size();
  for (auto i = first_without_address(); i < count; ++i)
    if (auto why = address(i))
      return why;
  return std::nullopt;
}

refused allocation::address(std::size_t index) {
  const auto family = spec().ip_families()[index];
  const auto range =
      std::ranges::find_if(given_.service_ranges, [&](const ip_prefix& one) {
        return to_string(one.family()) == family;
      });
  TROUPE_CHECK(range != given_.service_ranges.end(),
               "families are settled before addresses");
  const auto given = spec().cluster_ips();
  if (index < given.size())
    return take_address(given[index], *range);
  return draw_address(index, *range);
}

refused allocation::take_address(std::string_view text,
                                 const ip_prefix& range) {
  const auto parsed = ip_address::parse(text);
  TROUPE_CHECK(parsed, "addresses are checked before they are given");
  const auto claim = *address_claim(text);
  const char* why = nullptr;
  if (!may_have(range, *parsed))
    why = "the provided network does not match the current range";
  else if (taken(claim))
    why = "provided IP is already allocated";
  chosen_.insert(claim);
  if (why == nullptr)
    return std::nullopt;
  return invalid(
      meta::invalid("spec.clusterIPs", codec::json_of(spec().cluster_ips()),
                    "failed to allocate IP " + std::string{text} + ": " + why));
}

refused allocation::draw_address(std::size_t index, const ip_prefix& range) {
  const auto at = [&](std::uint64_t place) { return *range.at(place + 1); };
  const auto place =
      draw_high(hosts_of(range), address_band.of(range.size()), given_,
                [&](std::uint64_t one) {
                  return taken(*address_claim(at(one).to_string()));
                });
  if (!place)
    return api::internal_error(std::string{"failed to allocate a serviceIP: "}
                               + range_full);
  const auto text = at(*place).to_string();
  chosen_.insert(*address_claim(text));
  set_address(index, text);
  return std::nullopt;
}

void allocation::set_address(std::size_t index, std::string_view text) {
  next_.push_back(next_.list_at(spec_, spec_id::cluster_ips),
                  next_.make_string(text));
  if (index == 0)
    next_.set(spec_, spec_id::cluster_ip, next_.make_string(text));
}

bool allocation::draws_ports() const {
  return spec().type() == "NodePort"
         || spec().allocate_load_balancer_node_ports();
}

/// Why the port cannot be had; "" when it is.
std::string allocation::take_port(std::int64_t port) {
  if (port < node_port_first || port > node_port_last)
    return "provided port is not in the valid range. The range of valid ports "
           "is "
           + std::to_string(node_port_first) + "-"
           + std::to_string(node_port_last);
  if (taken(node_port_claim(port)))
    return "provided port is already allocated";
  chosen_.insert(node_port_claim(port));
  return {};
}

refused allocation::take_named_port(std::size_t index, std::int64_t port) {
  auto why = take_port(port);
  if (why.empty())
    return std::nullopt;
  return invalid(
      meta::invalid("spec.ports[" + std::to_string(index) + "].nodePort",
                    std::to_string(port), std::move(why)));
}

std::optional<std::int64_t> allocation::draw_port() {
  constexpr std::uint64_t size = node_port_last - node_port_first + 1;
  const auto at = [](std::uint64_t place) {
    return node_port_first + static_cast<std::int64_t>(place);
  };
  const auto place =
      draw_high(size, port_band.of(size), given_, [&](std::uint64_t one) {
        return taken(node_port_claim(at(one)));
      });
  if (!place)
    return std::nullopt;
  chosen_.insert(node_port_claim(at(*place)));
  return at(*place);
}

refused allocation::draw_port_for(codec::node& port) {
  const auto drawn = draw_port();
  if (!drawn)
    return api::internal_error(std::string{"failed to allocate a nodePort: "}
                               + range_full);
  next_.set(port, ids::service_port::node_port, next_.make_integer(*drawn));
  return std::nullopt;
}

/// Of a new Service: ports of one number share a node's port.
refused allocation::first_ports() {
  std::map<std::int64_t, std::int64_t> by_port;
  for (auto port : spec().ports())
    if (port.node_port() != 0)
      by_port.emplace(port.port(), port.node_port());
  std::set<std::int64_t> settled;
  const auto all = codec::items_of(&spec_, spec_id::ports);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const port_view port{all[i]};
    if (port.node_port() == 0 && !draws_ports())
      continue;
    const auto known = by_port.find(port.port());
    refused why;
    if (known == by_port.end()) {
      why = draw_port_for(*all[i]);
      if (!why)
        by_port.emplace(port.port(), port.node_port());
      settled.insert(port.port());
    } else if (settled.insert(port.port()).second) {
      why = take_named_port(i, known->second);
      next_.set(*all[i], ids::service_port::node_port,
                next_.make_integer(known->second));
    } else if (port.node_port() == 0) {
      next_.set(*all[i], ids::service_port::node_port,
                next_.make_integer(known->second));
    } else if (port.node_port() != known->second) {
      why = take_named_port(i, port.node_port());
    }
    if (why)
      return why;
  }
  return std::nullopt;
}

refused allocation::changed_ports() {
  std::set<std::int64_t> before;
  for (auto port : old_.ports())
    before.insert(port.node_port());
  std::set<std::pair<std::string_view, std::int64_t>> seen;
  const auto all = codec::items_of(&spec_, spec_id::ports);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto number = port_view{all[i]}.node_port();
    refused why;
    if (number == 0 && draws_ports())
      why = draw_port_for(*all[i]);
    else if (number != 0 && !before.contains(number)
             && !chosen_.contains(node_port_claim(number)))
      why = take_named_port(i, number);
    if (why)
      return why;
    const port_view now{all[i]};
    if (now.node_port() != 0
        && !seen.emplace(now.protocol(), now.node_port()).second)
      return unclassified("duplicate nodePort: {" + std::string{now.protocol()}
                          + " " + std::to_string(now.node_port()) + "}");
  }
  return std::nullopt;
}

refused allocation::ports() {
  if (!codec::needs_node_port(spec()))
    return std::nullopt;
  return old_ ? changed_ports() : first_ports();
}

refused allocation::health_port() {
  if (!codec::needs_health_port(spec())
      || (old_ && codec::needs_health_port(old_)))
    return std::nullopt;
  const auto wanted = spec().health_check_node_port();
  if (wanted == 0) {
    const auto drawn = draw_port();
    if (!drawn)
      return api::internal_error(
          std::string{"failed to allocate a HealthCheck NodePort 0: "}
          + range_full);
    next_.set(spec_, spec_id::health_check_node_port,
              next_.make_integer(*drawn));
  } else if (const auto why = take_port(wanted); !why.empty()) {
    return api::internal_error("failed to allocate requested HealthCheck "
                               "NodePort "
                               + std::to_string(wanted) + ": " + why);
  }
  return std::nullopt;
}

} // namespace

std::optional<api::status> allocate_service(const object_call& call,
                                            codec::document& next,
                                            const codec::document* old,
                                            const store::store_snapshot& state,
                                            const stamps& given) {
  if (!is_service(*call.resource))
    return std::nullopt;
  if (auto errors = settle_families(next, old, given.service_ranges);
      !errors.empty())
    return invalid_object(call, next, errors);
  allocation work{call, next, old, state, given};
  if (auto why = work.addresses())
    return why;
  if (auto why = work.ports())
    return why;
  return work.health_port();
}

} // namespace troupe::gateway

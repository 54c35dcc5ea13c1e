#include "node/pod/storage.hpp"

#include "messages/meta/go_quote.hpp"
#include "messages/meta/quantity.hpp"
#include "messages/view/core_v1.hpp"
#include "node/pod/resources.hpp"

#include <optional>

namespace troupe::pod {

namespace {

using meta::quantity;
using view::core_v1::volume;

constexpr std::string_view resource = "ephemeral-storage";
/// From this priority on a pod is the system's.
constexpr std::int64_t critical_priority = 2'000'000'000;

std::optional<quantity> read(std::string_view text) {
  auto value = quantity::parse(text);
  return value ? std::optional{*value} : std::nullopt;
}

/// The volume's limit, if it is an emptyDir that has one.
std::optional<quantity> size_limit(const volume& of) {
  if (!of.empty_dir().has_size_limit())
    return std::nullopt;
  auto limit = read(of.empty_dir().size_limit());
  return limit && limit->sign() > 0 ? limit : std::nullopt;
}

/// The container's limit; 0 is none.
std::optional<quantity> own_limit(const view::core_v1::container& of) {
  auto limit = read(of.resources().limits()[resource]);
  return limit && !limit->is_zero() ? limit : std::nullopt;
}

/// The sum of its containers' limits; 0 is one.
std::optional<quantity> whole_limit(const view::core_v1::pod& pod) {
  const auto limits = pod_limits(pod);
  const auto at = limits.find(resource);
  return at == limits.end() ? std::nullopt : std::optional{at->second};
}

bool exceeds(const storage_use::parts& parts, std::string_view name,
             const quantity& limit) {
  const auto at = parts.find(name);
  return at != parts.end() && quantity::of(at->second) > limit;
}

/// What is in memory is no use of the disk.
quantity whole_use(const view::core_v1::pod& pod, const storage_use& use) {
  auto sum = quantity::of(use.others);
  for (auto& [name, octets] : use.containers)
    sum = sum + quantity::of(octets);
  for (auto each : pod.spec().volumes())
    if (const auto at = use.empty_dirs.find(each.name());
        at != use.empty_dirs.end() && each.empty_dir().medium().empty())
      sum = sum + quantity::of(at->second);
  return sum;
}

} // namespace

bool limits_storage(const view::core_v1::pod& pod) {
  for (auto each : pod.spec().volumes())
    if (size_limit(each))
      return true;
  return whole_limit(pod).has_value();
}

std::string storage_excess(const view::core_v1::pod& pod,
                           const storage_use& use) {
  if (pod.spec().priority() >= critical_priority)
    return {};
  for (auto each : pod.spec().volumes())
    if (const auto limit = size_limit(each);
        limit && exceeds(use.empty_dirs, each.name(), *limit))
      return "Usage of EmptyDir volume " + meta::go_quote(each.name())
             + " exceeds the limit " + meta::go_quote(limit->text()) + ". ";
  if (const auto limit = whole_limit(pod);
      limit && whole_use(pod, use) > *limit)
    return "Pod ephemeral local storage usage exceeds the total limit of "
           "containers "
           + limit->text() + ". ";
  for (auto each : pod.spec().containers())
    if (const auto limit = own_limit(each);
        limit && exceeds(use.containers, each.name(), *limit))
      return "Container " + std::string{each.name()}
             + " exceeded its local ephemeral storage limit "
             + meta::go_quote(limit->text()) + ". ";
  return {};
}

} // namespace troupe::pod

#include "node/pod/applied_status.hpp"

#include "messages/schema/ids/core_v1.hpp"

namespace troupe::pod {

namespace {

namespace ids = schema::ids;
using meta::quantity;
using meta::quantity_format;
using quantities = view::map<std::string_view>;

/// Below these, what the kernel enforces is not what was asked for; users see
/// what they asked for.
constexpr std::int64_t milli_request_min = 2;
constexpr std::int64_t milli_limit_min = 10;

constexpr std::int64_t shares_per_cpu = 1'024;

std::int64_t milli_request(const cgroup_limits& given) {
  return (given.cpu_shares * 1000 + shares_per_cpu - 1) / shares_per_cpu;
}

std::int64_t milli_limit(const cgroup_limits& given) {
  return given.cpu_period_us == 0
             ? 0
             : given.cpu_quota_us * 1000 / given.cpu_period_us;
}

void set_quantity(codec::document& out, codec::node& to, std::string_view name,
                  const quantity& value) {
  out.set(to, name, out.make_string(value.text()));
}

/// CPU of the cgroup over that of the pod, unless both are too small to tell.
void set_cpu(codec::document& out, codec::node& to, const quantities& asked,
             std::int64_t milli, std::int64_t milli_min) {
  const auto wanted = quantity::parse(asked["cpu"]);
  if (milli > milli_min || (wanted && wanted->milli_value() > milli_min))
    set_quantity(out, to, "cpu", quantity::of_milli(milli));
}

void write_volume_mounts(codec::document& out, codec::node& status,
                         const view::core_v1::container& container) {
  namespace id = ids::volume_mount_status;
  for (auto each : container.volume_mounts()) {
    auto* mount = out.make_object();
    out.set(*mount, id::name, out.make_string(each.name()));
    out.set(*mount, id::mount_path, out.make_string(each.mount_path()));
    if (each.read_only()) {
      out.set(*mount, id::read_only, out.make_boolean(true));
      out.set(*mount, id::recursive_read_only,
              out.make_string(is_recursive_read_only(each) ? "Enabled"
                                                           : "Disabled"));
    }
    out.push_back(out.list_at(status, ids::container_status::volume_mounts),
                  mount);
  }
}

void write_user(codec::document& out, codec::node& status,
                const process_identity& user) {
  namespace id = ids::linux_container_user;
  auto& to = out.object_at(out.object_at(status, ids::container_status::user),
                           ids::container_user::linux);
  out.set(to, id::uid, out.make_integer(user.uid));
  out.set(to, id::gid, out.make_integer(user.gid));
  for (auto each : user.groups)
    out.push_back(out.list_at(to, id::supplemental_groups),
                  out.make_integer(each));
}

void write_resources(codec::document& out, codec::node& status,
                     const container_report& report) {
  namespace id = ids::container_status;
  namespace kind = ids::resource_requirements;
  const auto asked = report.spec.resources();
  if (asked)
    out.set(status, id::resources, out.clone(*asked.raw()));
  auto& resources = out.object_at(status, id::resources);
  if (const auto requests = asked.requests(); !requests.empty()) {
    out.set(status, id::allocated_resources,
            out.clone(*asked.raw()->find(kind::requests)));
    if (report.running && report.limits)
      set_cpu(out, out.map_at(resources, kind::requests), requests,
              milli_request(*report.limits), milli_request_min);
  }
  if (!report.running || !report.limits || asked.limits().empty())
    return;
  auto& limits = out.map_at(resources, kind::limits);
  if (report.limits->cpu_quota_us > 0)
    set_cpu(out, limits, asked.limits(), milli_limit(*report.limits),
            milli_limit_min);
  if (report.limits->memory_max > 0)
    set_quantity(
        out, limits, "memory",
        quantity::of(report.limits->memory_max, quantity_format::binary_si));
}

} // namespace

void write_applied(codec::document& out, codec::node& status,
                   const container_report& report) {
  write_volume_mounts(out, status, report.spec);
  if (report.id.empty())
    return;
  write_resources(out, status, report);
  if (report.user)
    write_user(out, status, *report.user);
}

} // namespace troupe::pod

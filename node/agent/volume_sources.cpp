#include "node/agent/volume_sources.hpp"

#include "messages/meta/quantity.hpp"
#include "node/pod/resources.hpp"

namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr mode_t mode_default = 0644;

template <class Owner>
mode_t default_mode(const Owner& of) {
  return of.has_default_mode() ? static_cast<mode_t>(of.default_mode())
                               : mode_default;
}

template <class Item>
std::optional<mode_t> mode_of(const Item& item) {
  if (!item.has_mode())
    return std::nullopt;
  return static_cast<mode_t>(item.mode());
}

/// One pod's volumes, one by one.
class planner {
public:
  planner(const core::pod& pod, object_source& objects,
          const pod::downward_facts& facts)
      : pod_(pod), objects_(objects), facts_(facts) {
    // nop
  }

  result<volume::volume_plan> plan(const core::volume& from) {
    volume::volume_plan out;
    out.name = std::string{from.name()};
    auto done = fill(from, out);
    if (!done)
      return error{done.error().code, "MountVolume.SetUp failed for volume \""
                                          + out.name
                                          + "\" : " + done.error().message};
    return out;
  }

private:
  status_result fill(const core::volume& from, volume::volume_plan& out) {
    if (from.has_host_path()) {
      out.source = volume::host_path{std::string{from.host_path().path()},
                                     std::string{from.host_path().type()}};
      return unit{};
    }
    if (from.has_config_map())
      return fill_config_map(from.config_map(), out);
    if (from.has_secret())
      return fill_secret(from.secret(), out);
    if (from.has_downward_api())
      return fill_downward(from.downward_api(), out);
    if (from.has_projected())
      return fill_projected(from.projected(), out);
    if (from.has_empty_dir())
      return fill_empty(from.empty_dir(), out);
    return error{errc::unsupported, "no volume plugin matched"};
  }

  /// One in memory holds what it may, what the pod may, or what the node has,
  /// whichever is least.
  std::optional<std::uint64_t>
  memory_size(std::optional<std::uint64_t> limit) const {
    auto out = limit.value_or(0);
    for (const auto most :
         {pod::pod_cgroup(pod_).memory_max, facts_.node_memory})
      if (most > 0 && (out == 0 || static_cast<std::uint64_t>(most) < out))
        out = static_cast<std::uint64_t>(most);
    return out == 0 ? std::nullopt : std::optional{out};
  }

  status_result fill_empty(const core::empty_dir_volume_source& from,
                           volume::volume_plan& out) const {
    volume::empty_dir dir;
    if (from.medium() == "Memory")
      dir.memory = true;
    else if (!from.medium().empty())
      return error{errc::unsupported, "unknown storage medium \""
                                          + std::string{from.medium()} + "\""};
    if (from.has_size_limit()) {
      auto limit = meta::quantity::parse(from.size_limit());
      if (!limit)
        return limit.error();
      dir.size_limit = static_cast<std::uint64_t>(limit->value());
    }
    if (dir.memory)
      dir.size_limit = memory_size(dir.size_limit);
    out.source = dir;
    return unit{};
  }

  static void add_items(view::list<core::key_to_path> from,
                        volume::keyed_source& to) {
    for (const auto& item : from)
      to.items.push_back(
          {std::string{item.key()}, std::string{item.path()}, mode_of(item)});
  }

  result<volume::keyed_source>
  from_config_map(std::string_view name, view::list<core::key_to_path> items,
                  bool optional) {
    auto content = objects_.config_map(name);
    if (!content)
      return content.error();
    volume::keyed_source out;
    out.content = std::move(*content);
    out.name = std::string{name};
    out.optional = optional;
    add_items(items, out);
    return out;
  }

  result<volume::keyed_source> from_secret(std::string_view name,
                                           view::list<core::key_to_path> items,
                                           bool optional) {
    auto content = objects_.secret(name);
    if (!content)
      return content.error();
    volume::keyed_source out;
    out.content = std::move(*content);
    out.name = std::string{name};
    out.optional = optional;
    add_items(items, out);
    return out;
  }

  status_result fill_config_map(const core::config_map_volume_source& from,
                                volume::volume_plan& out) {
    auto source = from_config_map(from.name(), from.items(), from.optional());
    if (!source)
      return source.error();
    out.source =
        volume::config_map_volume{std::move(*source), default_mode(from)};
    return unit{};
  }

  status_result fill_secret(const core::secret_volume_source& from,
                            volume::volume_plan& out) {
    auto source =
        from_secret(from.secret_name(), from.items(), from.optional());
    if (!source)
      return source.error();
    out.source = volume::secret_volume{std::move(*source), default_mode(from)};
    return unit{};
  }

  result<std::vector<volume::downward_item>>
  downward(view::list<core::downward_api_volume_file> from) const {
    std::vector<volume::downward_item> out;
    for (const auto& item : from) {
      auto value =
          item.has_field_ref()
              ? pod::downward_field(pod_, item.field_ref().field_path(), facts_)
              : resource(item.resource_field_ref());
      if (!value)
        return value.error();
      out.push_back(
          {std::string{item.path()}, std::move(*value), mode_of(item)});
    }
    return out;
  }

  result<std::string>
  resource(const core::resource_field_selector& from) const {
    for (auto list : {pod_.spec().containers(), pod_.spec().init_containers()})
      for (const auto& container : list)
        if (container.name() == from.container_name())
          return pod::downward_resource(container, from.resource(),
                                        from.divisor(), facts_);
    return error{errc::not_found, "container \""
                                      + std::string{from.container_name()}
                                      + "\" not found"};
  }

  status_result fill_downward(const core::downward_api_volume_source& from,
                              volume::volume_plan& out) const {
    auto items = downward(from.items());
    if (!items)
      return items.error();
    out.source = volume::downward_volume{std::move(*items), default_mode(from)};
    return unit{};
  }

  status_result fill_projected(const core::projected_volume_source& from,
                               volume::volume_plan& out) {
    volume::projected_volume all;
    all.default_mode = default_mode(from);
    for (const auto& source : from.sources())
      if (auto done = add_projection(source, all); !done)
        return done;
    out.source = std::move(all);
    return unit{};
  }

  status_result add_projection(const core::volume_projection& from,
                               volume::projected_volume& to) {
    if (from.has_config_map()) {
      const auto map = from.config_map();
      auto source = from_config_map(map.name(), map.items(), map.optional());
      if (!source)
        return source.error();
      to.sources.push_back(volume::config_map_source{std::move(*source)});
    } else if (from.has_secret()) {
      const auto secret = from.secret();
      auto source =
          from_secret(secret.name(), secret.items(), secret.optional());
      if (!source)
        return source.error();
      to.sources.push_back(volume::secret_source{std::move(*source)});
    } else if (from.has_downward_api()) {
      auto items = downward(from.downward_api().items());
      if (!items)
        return items.error();
      to.sources.push_back(volume::downward_source{std::move(*items)});
    } else if (from.has_service_account_token()) {
      const auto wanted = from.service_account_token();
      auto token = objects_.token(pod_, wanted);
      if (!token)
        return token.error();
      to.sources.push_back(
          volume::token_source{std::string{wanted.path()}, std::move(*token)});
    } else {
      return error{errc::unsupported,
                   "this node cannot project trust bundles and pod "
                   "certificates"};
    }
    return unit{};
  }

  const core::pod& pod_;
  object_source& objects_;
  const pod::downward_facts& facts_;
};

/// The user all containers are said to run as; none when some say none, or
/// another.
std::optional<uid_t> common_user(const core::pod_spec& spec) {
  const auto whole = spec.security_context();
  std::optional<uid_t> out;
  for (auto list : {spec.init_containers(), spec.containers()})
    for (const auto& container : list) {
      const auto own = container.security_context();
      if (!own.has_run_as_user() && !whole.has_run_as_user())
        return std::nullopt;
      const auto user = static_cast<uid_t>(
          own.has_run_as_user() ? own.run_as_user() : whole.run_as_user());
      if (out && *out != user)
        return std::nullopt;
      out = user;
    }
  return out;
}

} // namespace

result<std::vector<volume::volume_plan>>
plan_volumes(const core::pod& pod, object_source& objects,
             const pod::downward_facts& facts) {
  planner plans{pod, objects, facts};
  std::vector<volume::volume_plan> out;
  for (const auto& each : pod.spec().volumes()) {
    auto plan = plans.plan(each);
    if (!plan)
      return plan.error();
    out.push_back(std::move(*plan));
  }
  return out;
}

bool changes_while_mounted(const core::pod& pod) {
  for (const auto& each : pod.spec().volumes())
    if (each.has_config_map() || each.has_secret() || each.has_projected()
        || each.has_downward_api())
      return true;
  return false;
}

volume::ownership volume_ownership(const core::pod& pod) {
  volume::ownership out;
  const auto security = pod.spec().security_context();
  if (security.has_fs_group())
    out.fs_group = static_cast<gid_t>(security.fs_group());
  out.user = common_user(pod.spec());
  return out;
}

} // namespace troupe::agent

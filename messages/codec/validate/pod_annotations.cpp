#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

#include <charconv>

namespace troupe::codec {

namespace {

constexpr std::string_view deletion_cost =
    "controller.kubernetes.io/pod-deletion-cost";
constexpr std::string_view seccomp_pod =
    "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view seccomp_prefix =
    "container.seccomp.security.alpha.kubernetes.io/";
constexpr std::string_view app_armor_prefix =
    "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view local_prefix = "localhost/";

/// A number of 32 bits without '+' and without leading zeros.
bool is_cost(std::string_view text) {
  std::int32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end
         && (text.front() != '0' || text == "0");
}

bool has_bad_cost(meta_view metadata) {
  return metadata.annotations().contains(deletion_cost)
         && !is_cost(metadata.annotations()[deletion_cost]);
}

void check_seccomp(std::string_view profile, const spot& here) {
  if (profile == "runtime/default" || profile == "docker/default"
      || profile == "unconfined")
    return;
  if (profile.starts_with(local_prefix))
    check_descending_path(profile.substr(local_prefix.size()), here);
  else
    here.invalid(profile, "must be a valid seccomp profile");
}

void check_app_armor(std::string_view container, std::string_view profile,
                     core::pod_spec spec, const spot& here) {
  bool found = false;
  each_container(spec, here, [&](core::container one, const spot&) {
    found |= one.name() == container;
  });
  if (!found)
    here.invalid(container, "container not found");
  if (!profile.empty() && profile != "runtime/default"
      && profile != "unconfined" && !profile.starts_with(local_prefix))
    here.invalid(profile,
                 "invalid AppArmor profile name: " + meta::quoted(profile));
}

/// SeccompProfile and AppArmorProfile are of one form. `others` are further
/// words for the runtime's default.
template <class Profile>
void check_match(std::string_view annotation, Profile profile,
                 std::string_view kind, std::string_view other,
                 const spot& here) {
  const auto type = profile.type();
  const auto what = std::string{kind};
  const bool local = annotation.starts_with(local_prefix);
  const bool same = type == "Unconfined" ? annotation == "unconfined"
                    : type == "RuntimeDefault"
                        ? annotation == "runtime/default" || annotation == other
                    : type == "Localhost" ? local
                                          : true;
  if (!same)
    here.child("type").forbidden(what
                                 + " type in annotation and field must match");
  else if (type == "Localhost"
           && (!profile.has_localhost_profile()
               || annotation.substr(local_prefix.size())
                      != profile.localhost_profile()))
    here.child("localhostProfile")
        .forbidden(what + " profile in annotation and field must match");
}

/// Whether an update may not touch the annotation; says so if it may not.
void refuse(std::string_view key, std::string_view verb, const spot& here) {
  if (key.starts_with(app_armor_prefix))
    here.key(key).forbidden("may not " + std::string{verb}
                            + " AppArmor annotations");
  if (key == mirror_annotation)
    here.key(key).forbidden("may not " + std::string{verb}
                            + " mirror pod annotation");
}

} // namespace

void check_pod_annotations(meta_view metadata, core::pod_spec spec,
                           bool judged_before, const spot& here) {
  const auto annotations = metadata.annotations();
  if (annotations.contains(mirror_annotation) && spec.node_name().empty())
    here.key(mirror_annotation)
        .invalid(annotations[mirror_annotation],
                 "must set spec.nodeName if mirror pod annotation is set");
  if (!judged_before && has_bad_cost(metadata))
    here.key(deletion_cost)
        .invalid(annotations[deletion_cost], "must be a 32bit integer");
  for (auto [key, value] : annotations)
    if (key == seccomp_pod || key.starts_with(seccomp_prefix))
      check_seccomp(value, here.child(key));
  for (auto [key, value] : annotations)
    if (key.starts_with(app_armor_prefix))
      check_app_armor(key.substr(app_armor_prefix.size()), value, spec,
                      here.key(key));
}

void check_annotation_update(core::pod next, core::pod old,
                             meta::field_errors& errors) {
  const spot here{"metadata.annotations", errors};
  const auto now = next.metadata().annotations();
  const auto before = old.metadata().annotations();
  for (auto [key, value] : before)
    if (!now.contains(key) || now[key] != value)
      refuse(key, "remove or update", here);
  for (auto [key, value] : now)
    if (!before.contains(key))
      refuse(key, "add", here);
  check_pod_annotations(next.metadata(), next.spec(),
                        has_bad_cost(old.metadata()), here);
}

void check_profiles_match(meta_view metadata, core::pod_spec spec,
                          const spot& here) {
  const auto annotations = metadata.annotations();
  const auto context = spec.security_context();
  if (context.has_seccomp_profile() && annotations.contains(seccomp_pod))
    check_match(annotations[seccomp_pod], context.seccomp_profile(), "seccomp",
                "docker/default", here.child("securityContext.seccompProfile"));
  each_container(spec, here, [&](core::container one, const spot& at) {
    const auto key = std::string{seccomp_prefix} + std::string{one.name()};
    const auto own = one.security_context();
    if (own.has_seccomp_profile() && annotations.contains(key))
      check_match(annotations[key], own.seccomp_profile(), "seccomp",
                  "docker/default", at.child("securityContext.seccompProfile"));
  });
  if (spec.os().name() == "windows")
    return;
  each_container(spec, here, [&](core::container one, const spot& at) {
    const auto key = std::string{app_armor_prefix} + std::string{one.name()};
    auto profile = one.security_context().app_armor_profile();
    if (!profile)
      profile = context.app_armor_profile();
    if (profile && annotations.contains(key))
      check_match(annotations[key], profile, "apparmor", "runtime/default",
                  at.child("securityContext.appArmorProfile"));
  });
}

} // namespace troupe::codec

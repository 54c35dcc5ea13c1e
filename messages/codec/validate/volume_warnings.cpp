#include "messages/codec/validate/pod_warnings.hpp"
#include "messages/meta/quantity.hpp"

namespace troupe::codec {

namespace {

/// A file of a volume, and what it comes from if the volume has several.
struct file {
  std::string path;
  std::string source;

  std::string text() const {
    return meta::quoted(path) + (source.empty() ? "" : " (" + source + ")");
  }

  friend bool operator==(const file&, const file&) = default;
};

/// Whether one path is the other, or below it.
bool overlap(const std::string& a, const std::string& b) {
  return (a + "/").starts_with(b + "/") || (b + "/").starts_with(a + "/");
}

/// Collects the files of one volume, and says which are in each other's way.
class file_list {
public:
  file_list(std::string volume, warning_list& out)
      : volume_{std::move(volume)}, out_{out} {}

  void take(std::string_view path, const std::string& source) {
    while (path.ends_with('/'))
      path.remove_suffix(1);
    file added{std::string{path}, source};
    if (!path.empty())
      for (const auto& other : files_)
        if (!other.path.empty() && overlap(other.path, added.path))
          out_.add(volume_ + ": overlapping paths: " + added.text() + " with "
                   + other.text());
    files_.push_back(std::move(added));
  }

  template <class Items>
  void take_all(const Items& items, const std::string& source) {
    for (auto item : items)
      take(item.path(), source);
  }

private:
  std::string volume_;
  warning_list& out_;
  std::vector<file> files_;
};

std::string named(std::string_view kind, std::string_view name) {
  return std::string{kind} + " " + meta::quoted(name);
}

void take_projection(core::volume_projection source, file_list& files) {
  if (source.has_config_map() && source.config_map().has_items())
    files.take_all(source.config_map().items(),
                   named("ConfigMap", source.config_map().name()));
  else if (source.has_secret() && source.secret().has_items())
    files.take_all(source.secret().items(),
                   named("Secret", source.secret().name()));
  else if (source.has_downward_api() && source.downward_api().has_items())
    files.take_all(source.downward_api().items(), "DownwardAPI");
  else if (source.has_service_account_token())
    files.take(source.service_account_token().path(), "ServiceAccountToken");
}

void warn_claim(core::persistent_volume_claim_spec claim, const spot& here,
                warning_list& out) {
  const auto resources = claim.resources();
  const auto check = [&](const view::map<std::string_view>& amounts,
                         const spot& at) {
    const auto amount = meta::quantity::parse(amounts["storage"]);
    if (amounts.contains("storage") && amount
        && amount->milli_value() % 1000 != 0)
      out.at(at.key("storage"), "fractional byte value "
                                    + meta::quoted(amount->text())
                                    + " is invalid, must be an integer");
  };
  check(resources.requests(), here.child("resources.requests"));
  check(resources.limits(), here.child("resources.limits"));
}

} // namespace

void warn_volumes(core::pod_spec spec, const spot& here, warning_list& out) {
  each_item(here, spec.volumes(), [&](core::volume volume, const spot& at) {
    const auto gone = [&](bool used, std::string_view name,
                          std::string_view what) {
      if (used)
        out.at(at.child(name), what);
    };
    gone(volume.has_photon_persistent_disk(), "photonPersistentDisk",
         "deprecated in v1.11, non-functional in v1.16+");
    gone(volume.has_git_repo(), "gitRepo",
         "deprecated in v1.11, and disabled by default in v1.33+");
    gone(volume.has_scale_io(), "scaleIO",
         "deprecated in v1.16, non-functional in v1.22+");
    gone(volume.has_flocker(), "flocker",
         "deprecated in v1.22, non-functional in v1.25+");
    gone(volume.has_storageos(), "storageOS",
         "deprecated in v1.22, non-functional in v1.25+");
    gone(volume.has_quobyte(), "quobyte",
         "deprecated in v1.22, non-functional in v1.25+");
    gone(volume.has_glusterfs(), "glusterfs",
         "deprecated in v1.25, non-functional in v1.26+");
    if (volume.ephemeral().has_volume_claim_template())
      warn_claim(volume.ephemeral().volume_claim_template().spec(),
                 at.child("ephemeral.volumeClaimTemplate.spec"), out);
    gone(volume.has_cephfs(), "cephfs",
         "deprecated in v1.28, non-functional in v1.31+");
    gone(volume.has_rbd(), "rbd",
         "deprecated in v1.28, non-functional in v1.31+");
  });
}

void warn_files(core::pod_spec spec, warning_list& out) {
  for (auto volume : spec.volumes()) {
    const auto title = [&](const std::string& what) {
      return "volume " + meta::quoted(volume.name()) + " (" + what + ")";
    };
    const auto take = [&](const auto& items, const std::string& what) {
      file_list files{title(what), out};
      files.take_all(items, "");
    };
    take(volume.config_map().items(),
         named("ConfigMap", volume.config_map().name()));
    take(volume.secret().items(),
         named("Secret", volume.secret().secret_name()));
    take(volume.downward_api().items(), "DownwardAPI");
    file_list projected{title("Projected"), out};
    for (auto source : volume.projected().sources())
      if (source.raw() == nullptr || source.raw()->empty())
        out.add(title("Projected") + " has no sources provided");
      else
        take_projection(source, projected);
  }
}

} // namespace troupe::codec

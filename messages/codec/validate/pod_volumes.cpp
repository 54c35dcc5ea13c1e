#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"
#include "messages/meta/quantity.hpp"

namespace troupe::codec {

namespace {

constexpr std::int64_t token_seconds_min = 10 * 60;
constexpr std::int64_t token_seconds_max = std::int64_t{1} << 32;

void check_item(core::key_to_path item, const spot& here) {
  here.child("key").need(item.key());
  here.child("path").need(item.path());
  check_local_path(item.path(), here.child("path"));
  if (item.has_mode())
    check_file_mode(item.mode(), here.child("mode"));
}

void check_items(view::list<core::key_to_path> items, const spot& here) {
  each_item(here, items, check_item);
}

/// Upstream blames the whole volume for a wrong file.
void check_file(core::downward_api_volume_file file, const spot& here) {
  here.child("path").need(file.path());
  check_local_path(file.path(), here.child("path"));
  if (file.has_field_ref()) {
    check_field_ref(file.field_ref(),
                    {"metadata.annotations", "metadata.labels", "metadata.name",
                     "metadata.namespace", "metadata.uid"},
                    here.child("fieldRef"));
    if (file.has_resource_field_ref())
      here.invalid("resource", "fieldRef and resourceFieldRef can not be "
                               "specified simultaneously");
  } else if (file.has_resource_field_ref()) {
    check_resource_ref(file.resource_field_ref(), true,
                       here.child("resourceFieldRef"));
  } else {
    here.required("one of fieldRef and resourceFieldRef is required");
  }
  if (file.has_mode())
    check_file_mode(file.mode(), here.child("mode"));
}

template <class Source>
void check_default_mode(Source source, const spot& here) {
  if (source.has_default_mode())
    check_file_mode(source.default_mode(), here.child("defaultMode"));
}

/// The sources of one projected volume, whose files share a directory.
class projections {
public:
  explicit projections(const spot& here) : here_{here} {}

  void check(core::volume_projection source, const spot& at) {
    int sources = 0;
    if (source.has_secret())
      ++sources, check_keys(source.secret(), at.child("secret"));
    if (source.has_config_map())
      ++sources, check_keys(source.config_map(), at.child("configMap"));
    if (source.has_downward_api())
      ++sources, check_fields(source.downward_api(), at.child("downwardAPI"));
    if (source.has_service_account_token())
      ++sources, check_token(source.service_account_token(),
                             at.child("serviceAccountToken"));
    if (source.has_cluster_trust_bundle())
      ++sources, check_bundle(source.cluster_trust_bundle(),
                              at.child("clusterTrustBundle"));
    if (source.has_pod_certificate())
      ++sources, check_certificate(source.pod_certificate(),
                                   at.child("podCertificate"));
    if (sources > 1)
      at.forbidden("may not specify more than 1 volume type per source");
  }

private:
  void take(std::string_view path, std::string_view blamed) {
    if (!path.empty() && !paths_.insert(path).second)
      here_.invalid(blamed, "conflicting duplicate paths");
  }

  template <class Source>
  void check_keys(Source source, const spot& at) {
    at.child("name").need(source.name());
    each_item(at.child("items"), source.items(),
              [&](core::key_to_path item, const spot& item_spot) {
                check_item(item, item_spot);
                take(item.path(), source.name());
              });
  }

  void check_fields(core::downward_api_projection source, const spot& at) {
    for (auto file : source.items()) {
      check_file(file, at);
      take(file.path(), file.path());
    }
  }

  void check_token(core::service_account_token_projection token,
                   const spot& at) {
    const auto seconds = token.expiration_seconds();
    const auto expiration = at.child("expirationSeconds");
    if (seconds < token_seconds_min)
      expiration.invalid(seconds,
                         "may not specify a duration less than 10 minutes");
    if (seconds > token_seconds_max)
      expiration.invalid(seconds, "may not specify a duration larger than 2^32 "
                                  "seconds");
    // Upstream blames the whole volume for the path.
    const auto path = here_.child("path");
    path.need(token.path());
    check_local_path(token.path(), path);
  }

  void check_bundle(core::cluster_trust_bundle_projection bundle,
                    const spot& at) {
    if (!bundle.has_name() && !bundle.has_signer_name())
      at.required("either name or signerName must be specified");
    else if (bundle.has_name() && bundle.name().empty())
      at.child("name").required("must be a valid object name");
    else if (bundle.has_signer_name() && bundle.signer_name().empty())
      at.child("signerName").required("must be a valid signer name");
    if (bundle.has_signer_name())
      check_label_selector(bundle.label_selector(), at.child("labelSelector"));
    at.child("path").need(bundle.path());
    check_local_path(bundle.path(), at.child("path"));
    take(bundle.path(), bundle.path());
  }

  void check_certificate(core::pod_certificate_projection certificate,
                         const spot& at) {
    at.child("signerName").need(certificate.signer_name());
    at.child("keyType").required_one_of(certificate.key_type(),
                                        {"RSA3072", "RSA4096", "ECDSAP256",
                                         "ECDSAP384", "ECDSAP521", "ED25519"});
    const std::pair<std::string_view, std::string_view> paths[] = {
        {"credentialBundlePath", certificate.credential_bundle_path()},
        {"keyPath", certificate.key_path()},
        {"certificateChainPath", certificate.certificate_chain_path()}};
    bool any = false;
    for (auto [name, path] : paths) {
      any |= !path.empty();
      check_local_path(path, at.child(name));
      take(path, path);
    }
    if (!any)
      at.required("specify at least one of credentialBundlePath, keyPath, and "
                  "certificateChainPath");
  }

  const spot& here_;
  std::set<std::string_view> paths_;
};

void check_host_path(core::host_path_volume_source source, const spot& here) {
  if (source.path().empty())
    return here.child("path").required();
  check_no_backsteps(source.path(), here.child("path"));
  if (source.has_type())
    here.child("type").one_of(
        source.type(), {"", "BlockDevice", "CharDevice", "Directory",
                        "DirectoryOrCreate", "File", "FileOrCreate", "Socket"});
}

void check_nfs(core::nfs_volume_source source, const spot& here) {
  here.child("server").need(source.server());
  here.child("path").need(source.path());
  if (!source.path().starts_with('/'))
    here.child("path").invalid(source.path(), "must be an absolute path");
}

void check_claim(core::persistent_volume_claim_spec claim, const spot& here) {
  if (claim.access_modes().empty())
    here.child("accessModes").required("at least 1 access mode is required");
  bool alone = false;
  for (auto mode : claim.access_modes()) {
    here.child("accessModes")
        .one_of(mode, {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
                       "ReadWriteOncePod"});
    alone |= mode == "ReadWriteOncePod";
  }
  if (alone && claim.access_modes().size() > 1)
    here.child("accessModes")
        .forbidden("may not use ReadWriteOncePod with other access modes");
  const auto storage = here.child("resources[storage]");
  const auto requests = claim.resources().requests();
  const auto amount = meta::quantity::parse(requests["storage"]);
  if (!requests.contains("storage"))
    storage.required();
  else if (amount && amount->sign() <= 0)
    storage.invalid(amount->text(), "must be greater than zero");
  if (claim.has_volume_mode())
    here.child("volumeMode")
        .one_of(claim.volume_mode(), {"Block", "Filesystem"});
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

void check_csi(core::csi_volume_source source, const spot& here) {
  const auto driver = here.child("driver");
  if (source.driver().empty())
    driver.required();
  else if (source.driver().size() > meta::dns_label_length_max)
    driver.too_long(meta::dns_label_length_max);
  if (!source.driver().empty())
    driver.complain(source.driver(),
                    meta::check_dns1123_subdomain(lower(source.driver())));
  if (source.has_node_publish_secret_ref())
    here.child("nodePublishSecretRef.name")
        .need(source.node_publish_secret_ref().name());
}

void check_empty_dir(core::empty_dir_volume_source source, const spot& here) {
  const auto limit = meta::quantity::parse(source.size_limit());
  if (source.has_size_limit() && limit && limit->sign() < 0)
    here.child("sizeLimit")
        .forbidden("SizeLimit field must be a valid resource quantity");
}

/// Every source but those of vendors, each with its check. The first that is
/// there is judged, any other one is too many.
class sources {
public:
  sources(core::volume volume, std::optional<std::string_view> pod_name,
          const spot& here)
      : volume_{volume}, pod_name_{pod_name}, here_{here} {}

  void check() {
    take(volume_.has_empty_dir(), "emptyDir",
         [&](const spot& at) { check_empty_dir(volume_.empty_dir(), at); });
    take(volume_.has_host_path(), "hostPath",
         [&](const spot& at) { check_host_path(volume_.host_path(), at); });
    take(volume_.has_secret(), "secret", [&](const spot& at) {
      at.child("secretName").need(volume_.secret().secret_name());
      check_default_mode(volume_.secret(), at);
      check_items(volume_.secret().items(), at.child("items"));
    });
    take(volume_.has_nfs(), "nfs",
         [&](const spot& at) { check_nfs(volume_.nfs(), at); });
    take(volume_.has_persistent_volume_claim(), "persistentVolumeClaim",
         [&](const spot& at) {
           at.child("claimName")
               .need(volume_.persistent_volume_claim().claim_name());
         });
    check_more();
    count_ += check_vendor_source(volume_, count_, here_);
    if (count_ == 0)
      here_.required("must specify a volume type");
  }

private:
  void check_more() {
    take(volume_.has_downward_api(), "downwardAPI", [&](const spot& at) {
      check_default_mode(volume_.downward_api(), at);
      for (auto file : volume_.downward_api().items())
        check_file(file, at);
    });
    take(volume_.has_config_map(), "configMap", [&](const spot& at) {
      at.child("name").need(volume_.config_map().name());
      check_default_mode(volume_.config_map(), at);
      check_items(volume_.config_map().items(), at.child("items"));
    });
    take(volume_.has_projected(), "projected", [&](const spot& at) {
      check_default_mode(volume_.projected(), at);
      projections all{at};
      each_item(at.child("sources"), volume_.projected().sources(),
                [&](core::volume_projection one, const spot& item) {
                  all.check(one, item);
                });
    });
    take(volume_.has_csi(), "csi",
         [&](const spot& at) { check_csi(volume_.csi(), at); });
    take(volume_.has_ephemeral(), "ephemeral",
         [&](const spot& at) { check_ephemeral(at); });
    take(volume_.has_image(), "image", [&](const spot& at) {
      if (pod_name_)
        at.child("reference").need(volume_.image().reference());
      at.child("pullPolicy")
          .required_one_of(volume_.image().pull_policy(),
                           {"Always", "IfNotPresent", "Never"});
    });
  }

  void check_ephemeral(const spot& at) {
    const auto claim = at.child("volumeClaimTemplate");
    if (!volume_.ephemeral().has_volume_claim_template())
      return claim.required();
    check_claim(volume_.ephemeral().volume_claim_template().spec(),
                claim.child("spec"));
    if (!pod_name_ || pod_name_->empty() || volume_.name().empty())
      return;
    const auto name =
        std::string{*pod_name_}.append("-").append(volume_.name());
    for (const auto& complaint : meta::check_dns1123_subdomain(name))
      here_.child("name").invalid(
          volume_.name(), "PVC name " + meta::quoted(name) + ": " + complaint);
  }

  template <class F>
  void take(bool present, std::string_view name, F check) {
    if (!present)
      return;
    const auto at = here_.child(name);
    // Upstream's slip of the pen is what clients see.
    const auto refused =
        here_.child(name == "downwardAPI" ? "downwarAPI" : name);
    if (count_++ > 0)
      refused.forbidden("may not specify more than 1 volume type");
    else
      check(at);
  }

  core::volume volume_;
  std::optional<std::string_view> pod_name_; ///< none in a template
  const spot& here_;
  int count_ = 0;
};

} // namespace

volume_map check_volumes(core::pod_spec spec,
                         std::optional<std::string_view> pod_name,
                         const spot& here) {
  volume_map out;
  std::set<std::string> claims;
  for (auto volume : spec.volumes())
    if (volume.has_ephemeral() && pod_name && !pod_name->empty())
      claims.insert(std::string{*pod_name}.append("-").append(volume.name()));
  each_item(here, spec.volumes(), [&](core::volume volume, const spot& at) {
    const auto errors = here.errors().size();
    sources{volume, pod_name, at}.check();
    const auto name = at.child("name");
    if (volume.name().empty())
      name.required();
    else
      name.complain(volume.name(), meta::check_dns1123_label(volume.name()));
    if (out.contains(volume.name()))
      name.duplicate(volume.name());
    if (here.errors().size() == errors)
      out.emplace(volume.name(), volume);
    const auto claim = volume.persistent_volume_claim().claim_name();
    if (claims.contains(std::string{claim}))
      at.child("persistentVolumeClaim.claimName")
          .invalid(claim, "must not reference a PVC that gets created for an "
                          "ephemeral volume");
  });
  return out;
}

} // namespace troupe::codec

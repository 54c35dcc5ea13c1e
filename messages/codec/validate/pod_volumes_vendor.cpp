#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/texts.hpp"

namespace troupe::codec {

namespace {

constexpr std::int64_t lun_max = 255;
constexpr std::size_t tenant_length_max = 64;

void check_partition(std::int64_t partition, const spot& here) {
  if (partition < 0 || partition > 255)
    here.invalid(partition, "must be between 0 and 255, inclusive");
}

void check_iqn(std::string_view name, const spot& here) {
  if (!name.starts_with("iqn") && !name.starts_with("eui")
      && !name.starts_with("naa"))
    here.invalid(name, "must be valid format starting with iqn, eui, or naa");
}

void check_iscsi(core::iscsi_volume_source source, const spot& here) {
  here.child("targetPortal").need(source.target_portal());
  here.child("iqn").need(source.iqn());
  if (!source.iqn().empty())
    check_iqn(source.iqn(), here.child("iqn"));
  here.child("lun").between(source.lun(), 0, lun_max);
  if ((source.chap_auth_discovery() || source.chap_auth_session())
      && !source.has_secret_ref())
    here.child("secretRef").required();
  if (source.has_initiator_name())
    check_iqn(source.initiator_name(), here.child("initiatorname"));
}

void check_fc(core::fc_volume_source source, const spot& here) {
  const auto targets = here.child("targetWWNs");
  if (source.target_wwns().empty() && source.wwids().empty())
    targets.required("must specify either targetWWNs or wwids, but not both");
  if (!source.target_wwns().empty() && !source.wwids().empty())
    targets.invalid(source.target_wwns()[0],
                    "targetWWNs and wwids can not be specified "
                    "simultaneously");
  if (source.target_wwns().empty())
    return;
  if (!source.has_lun())
    here.child("lun").required("lun is required if targetWWNs is specified");
  else
    here.child("lun").between(source.lun(), 0, lun_max);
}

void check_quobyte(core::quobyte_volume_source source, const spot& here) {
  if (source.registry().empty())
    here.child("registry")
        .required(
            "must be a host:port pair or multiple pairs separated by commas");
  else if (source.tenant().size() > tenant_length_max)
    here.child("tenant").required(
        "must be a UUID and may not exceed a length of 64 characters");
  here.child("volume").need(source.volume());
}

void check_flocker(core::flocker_volume_source source, const spot& here) {
  if (source.dataset_name().empty() && source.dataset_uuid().empty())
    here.required("one of datasetName and datasetUUID is required");
  if (!source.dataset_name().empty() && !source.dataset_uuid().empty())
    here.invalid("resource", "datasetName and datasetUUID can not be specified "
                             "simultaneously");
  if (source.dataset_name().find('/') != std::string_view::npos)
    here.child("datasetName")
        .invalid(source.dataset_name(), "must not contain '/'");
}

void check_azure_disk(core::azure_disk_volume_source source, const spot& here) {
  here.child("diskName").need(source.disk_name());
  here.child("diskURI").need(source.disk_uri());
  if (source.has_caching_mode())
    here.child("cachingMode")
        .one_of(source.caching_mode(), {"None", "ReadOnly", "ReadWrite"});
  if (source.has_kind())
    here.child("kind").one_of(source.kind(),
                              {"Dedicated", "Managed", "Shared"});
}

void check_scale_io(core::scale_io_volume_source source, const spot& here) {
  here.child("gateway").need(source.gateway());
  here.child("system").need(source.system());
  here.child("volumeName").need(source.volume_name());
}

void check_git(core::git_repo_volume_source source, const spot& here) {
  here.child("repository").need(source.repository());
  check_descending_path(source.directory(), here.child("directory"));
}

/// Counts sources, and checks the first.
class counter {
public:
  counter(int before, const spot& here) : before_{before}, here_{here} {}

  template <class Source, class F>
  void take(Source source, std::string_view name, F check) {
    take(source, name, name, check);
  }

  /// `inside` is what upstream calls the source in errors about its members.
  template <class Source, class F>
  void take(Source source, std::string_view name, std::string_view inside,
            F check) {
    if (!source)
      return;
    if (before_ + count_++ > 0)
      here_.child(name).forbidden("may not specify more than 1 volume type");
    else
      check(source, here_.child(inside));
  }

  int count() const { return count_; }

private:
  int before_;
  const spot& here_;
  int count_ = 0;
};

void take_clouds(core::volume volume, counter& all) {
  all.take(volume.gce_persistent_disk(), "gcePersistentDisk", "persistentDisk",
           [](auto source, const spot& at) {
             at.child("pdName").need(source.pd_name());
             check_partition(source.partition(), at.child("partition"));
           });
  all.take(volume.aws_elastic_block_store(), "awsElasticBlockStore",
           [](auto source, const spot& at) {
             at.child("volumeID").need(source.volume_id());
             check_partition(source.partition(), at.child("partition"));
           });
  all.take(volume.cinder(), "cinder", [](auto source, const spot& at) {
    at.child("volumeID").need(source.volume_id());
    if (source.has_secret_ref())
      at.child("secretRef.name").need(source.secret_ref().name());
  });
  all.take(volume.azure_file(), "azureFile", [](auto source, const spot& at) {
    at.child("secretName").need(source.secret_name());
    at.child("shareName").need(source.share_name());
  });
  all.take(volume.vsphere_volume(), "vsphereVolume",
           [](auto source, const spot& at) {
             at.child("volumePath").need(source.volume_path());
           });
  all.take(volume.photon_persistent_disk(), "photonPersistentDisk",
           [](auto source, const spot& at) {
             at.child("pdID").need(source.pd_id());
           });
  all.take(volume.azure_disk(), "azureDisk", check_azure_disk);
}

void take_storage(core::volume volume, counter& all) {
  all.take(volume.glusterfs(), "glusterfs", [](auto source, const spot& at) {
    at.child("endpoints").need(source.endpoints());
    at.child("path").need(source.path());
  });
  all.take(volume.rbd(), "rbd", [](auto source, const spot& at) {
    if (source.monitors().empty())
      at.child("monitors").required();
    at.child("image").need(source.image());
  });
  all.take(volume.cephfs(), "cephFS", "cephfs",
           [](auto source, const spot& at) {
             if (source.monitors().empty())
               at.child("monitors").required();
           });
  all.take(volume.flex_volume(), "flexVolume", [](auto source, const spot& at) {
    at.child("driver").need(source.driver());
  });
  all.take(volume.portworx_volume(), "portworxVolume",
           [](auto source, const spot& at) {
             at.child("volumeID").need(source.volume_id());
           });
  all.take(volume.storageos(), "storageos", [](auto source, const spot& at) {
    at.child("volumeName").need(source.volume_name());
  });
}

} // namespace

int check_vendor_source(core::volume volume, int before, const spot& here) {
  counter all{before, here};
  all.take(volume.git_repo(), "gitRepo", check_git);
  all.take(volume.iscsi(), "iscsi", check_iscsi);
  all.take(volume.flocker(), "flocker", check_flocker);
  all.take(volume.quobyte(), "quobyte", check_quobyte);
  all.take(volume.fc(), "fc", check_fc);
  all.take(volume.scale_io(), "scaleIO", check_scale_io);
  take_clouds(volume, all);
  take_storage(volume, all);
  return all.count();
}

} // namespace troupe::codec

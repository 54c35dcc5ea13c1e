#include "node/image/image_install.hpp"

#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/layer_unpack.hpp"
#include "node/image/manifest.hpp"
#include "node/sys/file_tree.hpp"

namespace troupe::image {

namespace {

/// One installation under way, with the locks of the layers it unpacks: until
/// they have their names nobody else may take up the same work.
class installation {
public:
  installation(const content_store& store, const install_job& job,
               layer_source& source, const std::stop_token& stop)
      : store_{store}, job_{job}, source_{source}, stop_{stop} {}

  /// What was unpacked in vain does not fill the disk, while its locks hold.
  ~installation() {
    for (const auto& chain : staged_)
      static_cast<void>(remove_tree(store_.staging_path(chain)));
  }

  installation(const installation&) = delete;
  installation& operator=(const installation&) = delete;

  status_result plan(const content_lease& lease) {
    const auto json = store_.read_blob(job_.config_digest, config_size_max);
    if (!json)
      return json.error();
    auto config = parse_config(*json);
    if (!config)
      return config.error();
    diff_ids_ = std::move(config->diff_ids);
    if (diff_ids_.size() != job_.layers.size())
      return error{errc::corrupt,
                   "number of layers and diffIDs don't match: "
                       + std::to_string(job_.layers.size())
                       + " != " + std::to_string(diff_ids_.size())};
    std::string parent;
    for (const auto& diff_id : diff_ids_)
      chains_.push_back(parent = chain_id(parent, diff_id));
    return store_.protect(lease, chains_);
  }

  result<unit, pull_error> unpack() {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < chains_.size(); ++i)
      if (!store_.has_layer(chains_[i]))
        missing.push_back(i);
    source_.want(missing);
    for (const auto i : missing)
      if (auto done = unpack_one(i); !done)
        return done;
    if (auto done = store_.commit_layers(staged_); !done)
      return as_pull_error(done.error());
    staged_.clear();
    return unit{};
  }

  status_result write_down() const {
    stored_image out{job_.config_digest, job_.manifest_digest, job_.size,
                     job_.manifests, chains_};
    out.blobs.push_back(job_.config_digest);
    out.blobs.insert(out.blobs.end(), job_.layers.begin(), job_.layers.end());
    return store_.put_image(out, job_.names);
  }

private:
  result<unit, pull_error> unpack_one(std::size_t index) {
    const auto& chain = chains_[index];
    auto lock = store_.lock_layer(chain, stop_);
    if (!lock)
      return as_pull_error(lock.error());
    if (store_.has_layer(chain))
      return unit{};
    if (auto there = source_.await(index); !there)
      return there;
    if (auto done = unpack_into_staging(index); !done) {
      auto fault = as_pull_error(done.error());
      fault.message =
          "failed to extract layer " + diff_ids_[index] + ": " + fault.message;
      static_cast<void>(remove_tree(store_.staging_path(chain)));
      return fault;
    }
    locks_.push_back(std::move(*lock));
    staged_.push_back(chain);
    return unit{};
  }

  status_result unpack_into_staging(std::size_t index) {
    unpack_job job{store_.blob_path(job_.layers[index]),
                   store_.staging_path(chains_[index]),
                   {},
                   job_.layer_size_max};
    for (auto i = index; i-- > 0;)
      job.below.push_back(store_.has_layer(chains_[i])
                              ? store_.layer_path(chains_[i])
                              : store_.staging_path(chains_[i]));
    if (auto done = remove_tree(job.directory); !done)
      return done;
    if (auto done = sys::make_directories(job.directory, 0755); !done)
      return done;
    const auto diff_id = unpack_layer(job, stop_);
    if (!diff_id)
      return diff_id.error();
    if (*diff_id != diff_ids_[index])
      return error{errc::corrupt, "wrong diff id calculated on extraction \""
                                      + *diff_id + "\""};
    return unit{};
  }

  const content_store& store_;
  const install_job& job_;
  layer_source& source_;
  const std::stop_token& stop_;
  std::vector<std::string> diff_ids_;
  std::vector<std::string> chains_;
  std::vector<std::string> staged_;
  std::vector<store_lock> locks_;
};

} // namespace

pull_error as_pull_error(const error& e) {
  switch (e.code) {
    case errc::corrupt:
    case errc::too_large:
    case errc::unsupported:
      return {pull_fault::corrupt, e.message};
    case errc::unavailable:
      return {pull_fault::unavailable, e.message};
    default:
      return {pull_fault::store_failed, e.message};
  }
}

result<image_ptr, pull_error> install_image(const content_store& store,
                                            const content_lease& lease,
                                            const install_job& job,
                                            layer_source& source,
                                            const std::stop_token& stop) {
  installation one{store, job, source, stop};
  if (auto done = one.plan(lease); !done)
    return as_pull_error(done.error());
  if (auto done = one.unpack(); !done)
    return done.error();
  if (auto done = one.write_down(); !done)
    return as_pull_error(done.error());
  auto image = store.load(job.config_digest);
  if (image == nullptr)
    return pull_error{pull_fault::store_failed,
                      "the store lost image " + job.config_digest};
  return image;
}

} // namespace troupe::image

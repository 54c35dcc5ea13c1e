#include "node/image/puller.hpp"

#include "node/image/digest.hpp"
#include "node/image/image_install.hpp"
#include "node/image/registry_client.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace troupe::image {

namespace {

/// Fetches what the store lacks; any number of threads share one.
class blob_fetcher {
public:
  blob_fetcher(const content_store& store, registry_client& registry)
      : store_{store}, registry_{registry} {}

  result<unit, pull_error> fetch(const descriptor& what, http_client& http,
                                 const std::stop_token& stop) {
    if (store_.has_blob(what.digest))
      return unit{};
    const auto lock = store_.lock_blob(what.digest, stop);
    if (!lock)
      return as_pull_error(lock.error());
    if (store_.has_blob(what.digest))
      return unit{};
    auto done =
        registry_.blob(what, store_.incoming_path(what.digest), http, stop);
    if (!done) {
      auto fault = done.error();
      fault.message = "failed to copy: " + fault.message;
      return fault;
    }
    if (auto kept = store_.commit_blob(what.digest); !kept)
      return as_pull_error(kept.error());
    return unit{};
  }

private:
  const content_store& store_;
  registry_client& registry_;
};

/// Fetches layers beside each other while the first are being unpacked.
class parallel_layers final : public layer_source {
public:
  parallel_layers(blob_fetcher& fetcher, const std::vector<descriptor>& layers,
                  const image_service_config& config,
                  const std::stop_token& stop)
      : fetcher_{fetcher}, layers_{layers}, config_{config}, stop_{stop} {}

  ~parallel_layers() override {
    for (auto& worker : workers_)
      worker.request_stop();
  }

  void want(const std::vector<std::size_t>& layers) override {
    wanted_ = layers;
    const auto count = std::min(config_.blobs_max, layers.size());
    for (std::size_t i = 0; i < count; ++i)
      workers_.emplace_back([this](const std::stop_token& own) { work(own); });
  }

  result<unit, pull_error> await(std::size_t layer) override {
    std::unique_lock lock{mutex_};
    finished_.wait(lock, [&] { return results_.contains(layer); });
    return results_.at(layer);
  }

private:
  void work(const std::stop_token& own) {
    // Either the whole service stops or this image has failed.
    std::stop_source either;
    const std::stop_callback on_own{own, [&] { either.request_stop(); }};
    const std::stop_callback on_all{stop_, [&] { either.request_stop(); }};
    http_client http{config_.stall_timeout};
    while (const auto layer = next()) {
      auto done = fetcher_.fetch(layers_[*layer], http, either.get_token());
      const std::lock_guard lock{mutex_};
      results_.emplace(*layer, std::move(done));
      finished_.notify_all();
    }
  }

  std::optional<std::size_t> next() {
    const std::lock_guard lock{mutex_};
    if (next_ == wanted_.size())
      return std::nullopt;
    return wanted_[next_++];
  }

  blob_fetcher& fetcher_;
  const std::vector<descriptor>& layers_;
  const image_service_config& config_;
  const std::stop_token& stop_;
  std::vector<std::size_t> wanted_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t next_ = 0;
  std::map<std::size_t, result<unit, pull_error>> results_;
  std::vector<std::jthread> workers_; ///< last: joined before the rest goes
};

/// One pull, step by step.
class pull_steps {
public:
  pull_steps(const content_store& store, const image_service_config& config,
             const reference& name, const keyring& logins,
             const std::stop_token& stop)
      : store_{store}, config_{config}, name_{name}, stop_{stop},
        registry_{name, config, logins}, http_{config.stall_timeout} {}

  result<image_ptr, pull_error> run() {
    auto lease = store_.lease();
    if (!lease)
      return as_pull_error(lease.error());
    if (auto done = resolve(*lease); !done)
      return within("failed to resolve reference \"" + name_.normalised()
                        + "\": ",
                    done.error());
    blob_fetcher fetcher{store_, registry_};
    if (auto done = fetcher.fetch(manifest_.config, http_, stop_); !done)
      return done.error();
    parallel_layers layers{fetcher, manifest_.layers, config_, stop_};
    return install_image(store_, *lease, job_, layers, stop_);
  }

private:
  static pull_error within(const std::string& step, pull_error fault) {
    fault.message.insert(0, step);
    return fault;
  }

  /// From the name to the platform's manifest, each document kept.
  /// The registry is asked for the first even when the name is a digest and
  /// the store has it all: only the registry knows who may have the image.
  result<unit, pull_error> resolve(const content_lease& lease) {
    auto top =
        document(lease, name_.digest.empty() ? name_.tag : name_.digest, false);
    if (!top)
      return top.error();
    add_names(job_.manifest_digest);
    if (const auto* index = std::get_if<image_index>(&*top)) {
      const auto chosen = select_platform(*index);
      if (!chosen)
        return as_pull_error(chosen.error());
      top = document(lease, chosen->digest, true);
      if (!top)
        return top.error();
    }
    const auto* image = std::get_if<image_manifest>(&*top);
    if (image == nullptr)
      return pull_error{pull_fault::corrupt, "the index names another index"};
    manifest_ = *image;
    return prepare(lease);
  }

  /// A manifest by tag or digest; from the store if that has it and may say.
  result<std::variant<image_manifest, image_index>, pull_error>
  document(const content_lease& lease, const std::string& selector,
           bool from_store) {
    const auto known = from_store
                           ? store_.read_blob(selector, manifest_size_max)
                           : result<bytes>{error{errc::not_found, {}}};
    registry_client::manifest_answer answer;
    if (known) {
      answer = {*known, selector};
    } else {
      auto fetched = registry_.manifest(selector, http_, stop_);
      if (!fetched)
        return fetched.error();
      answer = std::move(*fetched);
    }
    auto parsed = parse_manifest(answer.body);
    if (!parsed)
      return as_pull_error(parsed.error());
    if (auto done = store_.protect(lease, {answer.digest}); !done)
      return as_pull_error(done.error());
    if (auto done = store_.write_blob(answer.digest, answer.body); !done)
      return as_pull_error(done.error());
    job_.manifest_digest = answer.digest;
    job_.manifests.push_back(answer.digest);
    job_.size += answer.body.size();
    return std::move(*parsed);
  }

  void add_names(const std::string& top_digest) {
    job_.names = {name_.repository() + "@" + top_digest};
    if (name_.digest.empty())
      job_.names.push_back(name_.normalised());
  }

  result<unit, pull_error> prepare(const content_lease& lease) {
    const auto too_large = [](const descriptor& what) {
      return pull_error{pull_fault::corrupt, "blob " + what.digest + " of "
                                                 + std::to_string(what.size)
                                                 + " bytes is too large"};
    };
    if (manifest_.config.size > config_size_max)
      return too_large(manifest_.config);
    std::vector<std::string> needed = {manifest_.config.digest};
    job_.config_digest = manifest_.config.digest;
    job_.size += manifest_.config.size;
    job_.layer_size_max = config_.layer_size_max;
    for (const auto& layer : manifest_.layers) {
      if (layer.size > config_.layer_size_max)
        return too_large(layer);
      needed.push_back(layer.digest);
      job_.layers.push_back(layer.digest);
      job_.size += layer.size;
    }
    if (auto done = store_.protect(lease, needed); !done)
      return as_pull_error(done.error());
    return unit{};
  }

  const content_store& store_;
  const image_service_config& config_;
  const reference& name_;
  const std::stop_token& stop_;
  registry_client registry_;
  http_client http_;
  image_manifest manifest_;
  install_job job_;
};

} // namespace

result<image_ptr, pull_error> pull_image(const content_store& store,
                                         const image_service_config& config,
                                         const reference& name,
                                         const keyring& logins,
                                         const std::stop_token& stop) {
  auto out = pull_steps{store, config, name, logins, stop}.run();
  if (out)
    return out;
  auto fault = out.error();
  fault.message.insert(0, "failed to pull and unpack image \""
                              + name.normalised() + "\": ");
  return fault;
}

} // namespace troupe::image

#include "node/image/archive_import.hpp"

#include "node/image/archive_spool.hpp"
#include "node/image/digest.hpp"
#include "node/image/file_tools.hpp"
#include "node/image/image_install.hpp"
#include "node/image/manifest.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

namespace troupe::image {

using sys::os_error;

namespace {

/// An archive's blobs are there before the installation begins.
class present_layers final : public layer_source {
public:
  void want(const std::vector<std::size_t>&) override {}

  result<unit, pull_error> await(std::size_t) override { return unit{}; }
};

struct file_facts {
  std::string digest;
  std::uint64_t size = 0;
};

result<file_facts> look_at(const std::string& path) {
  const auto fd = open_file(path, O_RDONLY);
  if (!fd)
    return fd.error();
  file_facts out;
  sha256 hash;
  std::array<char, 128 * 1024> chunk;
  for (;;) {
    const auto got = read(fd->get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return os_error("read", path);
    if (got == 0)
      break;
    hash.feed({chunk.data(), static_cast<std::size_t>(got)});
    out.size += static_cast<std::uint64_t>(got);
  }
  out.digest = hash.finish();
  return out;
}

class importer {
public:
  importer(const content_store& store, const image_service_config& config,
           const archive_spool& files, const content_lease& lease,
           std::string_view name, const std::stop_token& stop)
      : store_{store}, config_{config}, files_{files}, lease_{lease},
        name_{name}, stop_{stop} {}

  result<std::vector<image_ptr>> run() {
    if (files_.has("index.json"))
      return import_layout();
    if (files_.has("manifest.json"))
      return import_saved();
    return error{errc::corrupt, "the archive holds neither an OCI layout nor "
                                "the output of docker save"};
  }

private:
  result<std::vector<image_ptr>> import_layout() {
    const auto json = files_.read("index.json", manifest_size_max);
    if (!json)
      return json.error();
    const auto top = parse_manifest(*json);
    if (!top)
      return top.error();
    const auto* index = std::get_if<image_index>(&*top);
    if (index == nullptr)
      return error{errc::corrupt, "index.json is no index"};
    std::vector<image_ptr> out;
    for (const auto& entry : index->entries) {
      // Attestations and other platforms lie beside the images.
      if (!entry.os.empty() && !select_platform({{entry}}))
        continue;
      auto image = import_entry(entry);
      if (!image)
        return image.error();
      out.push_back(std::move(*image));
    }
    if (out.empty())
      return error{errc::unsupported, "the archive has no image for "
                                      "linux/amd64"};
    return out;
  }

  result<image_ptr> import_entry(const index_entry& entry) {
    auto names = names_of(entry);
    if (!names)
      return names.error();
    job_ = {};
    auto target = entry.target;
    names->push_back(parse_reference(names->front())->repository() + "@"
                     + target.digest);
    job_.names = std::move(*names);
    auto document = read_document(target);
    if (!document)
      return document.error();
    if (const auto* index = std::get_if<image_index>(&*document)) {
      const auto chosen = select_platform(*index);
      if (!chosen)
        return chosen.error();
      document = read_document(*chosen);
      if (!document)
        return document.error();
    }
    const auto* manifest = std::get_if<image_manifest>(&*document);
    if (manifest == nullptr)
      return error{errc::corrupt, "the index names another index"};
    if (auto done = take_blob(blob_member(manifest->config.digest),
                              manifest->config.digest);
        !done)
      return done.error();
    job_.config_digest = manifest->config.digest;
    for (const auto& layer : manifest->layers) {
      if (auto done = take_blob(blob_member(layer.digest), layer.digest); !done)
        return done.error();
      job_.layers.push_back(layer.digest);
    }
    return install();
  }

  static std::string blob_member(const std::string& digest) {
    return "blobs/sha256/" + hex_of(digest);
  }

  result<std::variant<image_manifest, image_index>>
  read_document(const descriptor& what) {
    const auto member = blob_member(what.digest);
    const auto json = files_.read(member, manifest_size_max);
    if (!json)
      return json.error();
    if (auto done = take_blob(member, what.digest); !done)
      return done.error();
    job_.manifest_digest = what.digest;
    job_.manifests.push_back(what.digest);
    return parse_manifest(*json);
  }

  /// A bare tag belongs to the repository of the name given, if one is; a name
  /// given with a tag or digest of its own stands as it is.
  result<std::vector<std::string>> names_of(const index_entry& entry) const {
    auto text = entry.name;
    if (text.empty()) {
      text = name_;
    } else if (text.find_first_of(":/") == text.npos && !name_.empty()) {
      const auto given = parse_reference(name_);
      if (!given)
        return given.error();
      const auto last = name_.find_last_of('/') + 1;
      text = name_.find_first_of(":@", last) == name_.npos
                 ? given->repository() + ":" + text
                 : name_;
    }
    if (text.empty())
      return error{errc::invalid_argument,
                   "the archive gives its image no name; say one"};
    const auto parsed = parse_reference(text);
    if (!parsed)
      return parsed.error();
    return std::vector{parsed->normalised()};
  }

  result<std::vector<image_ptr>> import_saved() {
    const auto json = files_.read("manifest.json", manifest_size_max);
    if (!json)
      return json.error();
    const auto images = parse_saved_images(*json);
    if (!images)
      return images.error();
    std::vector<image_ptr> out;
    for (const auto& saved : *images) {
      auto image = import_one_saved(saved);
      if (!image)
        return image.error();
      out.push_back(std::move(*image));
    }
    return out;
  }

  result<image_ptr> import_one_saved(const saved_image& saved) {
    job_ = {};
    for (const auto& tag : saved.repo_tags) {
      const auto parsed = parse_reference(tag);
      if (!parsed)
        return parsed.error();
      job_.names.push_back(parsed->normalised());
    }
    if (job_.names.empty()) {
      auto names = names_of({});
      if (!names)
        return names.error();
      job_.names = std::move(*names);
    }
    auto config = take_blob(saved.config, {});
    if (!config)
      return config.error();
    job_.config_digest = std::move(*config);
    for (const auto& member : saved.layers) {
      auto layer = take_blob(member, {});
      if (!layer)
        return layer.error();
      job_.layers.push_back(std::move(*layer));
    }
    return install();
  }

  /// Copies a member into the store under its digest, which must be `expected`
  /// unless that is empty.
  result<std::string> take_blob(const std::string& member,
                                const std::string& expected) {
    const auto path = files_.path_of(member);
    if (!path)
      return path.error();
    const auto facts = look_at(*path);
    if (!facts)
      return facts.error();
    if (!expected.empty() && facts->digest != expected)
      return error{errc::corrupt, "archive member \"" + member
                                      + "\" has digest " + facts->digest};
    job_.size += facts->size;
    if (auto done = store_.protect(lease_, {facts->digest}); !done)
      return done.error();
    const auto lock = store_.lock_blob(facts->digest, stop_);
    if (!lock)
      return lock.error();
    if (store_.has_blob(facts->digest))
      return facts->digest;
    const auto incoming = store_.incoming_path(facts->digest);
    // A link, for a member may serve several images of the archive.
    unlink(incoming.c_str());
    if (link(path->c_str(), incoming.c_str()) != 0)
      return os_error("link", incoming);
    if (auto done = store_.commit_blob(facts->digest); !done)
      return done.error();
    return facts->digest;
  }

  result<image_ptr> install() {
    job_.layer_size_max = config_.layer_size_max;
    present_layers layers;
    auto image = install_image(store_, lease_, job_, layers, stop_);
    if (image)
      return *image;
    const auto& fault = image.error();
    return error{fault.fault == pull_fault::corrupt ? errc::corrupt
                                                    : errc::io_error,
                 fault.message};
  }

  const content_store& store_;
  const image_service_config& config_;
  const archive_spool& files_;
  const content_lease& lease_;
  std::string name_;
  const std::stop_token& stop_;
  install_job job_; ///< of the image under way
};

} // namespace

result<std::vector<image_ptr>> import_images(const content_store& store,
                                             const image_service_config& config,
                                             const std::string& path,
                                             std::string_view name,
                                             const std::stop_token& stop) {
  const auto lease = store.lease();
  if (!lease)
    return lease.error();
  auto scratch = store.scratch_path("import");
  const auto scratch_name = scratch.substr(scratch.rfind('/') + 1);
  if (auto done = store.protect(*lease, {scratch_name}); !done)
    return done.error();
  const auto files = archive_spool::open(path, std::move(scratch),
                                         config.layer_size_max, stop);
  if (!files)
    return files.error();
  return importer{store, config, *files, *lease, name, stop}.run();
}

} // namespace troupe::image

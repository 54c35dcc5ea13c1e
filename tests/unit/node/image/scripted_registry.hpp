#pragma once

#include "tests/unit/node/image/image_fixture.hpp"
#include "tests/unit/node/image/loopback_server.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::image::test {

/// What an image is made of, to be handed out by a server.
struct served_image {
  std::map<std::string, std::string> content; ///< by tag or digest
  std::string manifest;                       ///< its digest
};

struct served_layer {
  std::string blob;
  std::string diff_id;
  std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
};

/// The layer of these members, compressed by "gzip" or "zstd" or not.
served_layer make_layer(const scratch& dir, const std::vector<member>& members,
                        const std::string& filter = "gzip");

/// The image of these layers, its manifest also by the tag "1".
served_image make_image(const std::vector<served_layer>& layers);

/// A descriptor as manifests have it.
std::string descriptor_of(const std::string& type, const std::string& content,
                          const std::string& more = {});

/// Registry "a/b" on loopback that answers as a test wants.
class scripted_registry {
public:
  struct reply {
    std::string status = "200 OK";
    std::string headers{}; ///< each with its end of line
    std::string body{};
    std::size_t lacks = 0; ///< octets promised beyond the body
  };

  /// The reply to a request's head; none: what the image has there.
  using script = std::function<std::optional<reply>(const std::string& head)>;

  explicit scripted_registry(served_image image, script answer = {});

  std::string address() const { return server_.address(); }

  std::string name() const { return address() + "/a/b:1"; }

  /// Of the requests so far.
  std::vector<std::string> heads();

private:
  reply find(const std::string& head) const;
  void serve(int connection);

  served_image image_;
  script answer_;
  std::mutex mutex_;
  std::vector<std::string> heads_;
  loopback_server server_{[this](int connection) { serve(connection); }};
};

} // namespace troupe::image::test

#include "tests/unit/node/image/scripted_registry.hpp"

#include "node/image/digest.hpp"

#include <sys/socket.h>

namespace troupe::image::test {

served_layer make_layer(const scratch& dir, const std::vector<member>& members,
                        const std::string& filter) {
  write_tar(dir / "made.tar", members);
  const auto diff_id = digest_of(read_text(dir / "made.tar"));
  write_tar(dir / "made.tar", members, filter);
  return {read_text(dir / "made.tar"), diff_id};
}

std::string descriptor_of(const std::string& type, const std::string& content,
                          const std::string& more) {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest_of(content)
         + R"(","size":)" + std::to_string(content.size()) + more + "}";
}

served_image make_image(const std::vector<served_layer>& layers) {
  served_image out;
  std::string ids;
  std::string list;
  for (const auto& layer : layers) {
    const auto* comma = ids.empty() ? "" : ",";
    ids += comma + ("\"" + layer.diff_id + "\"");
    list += comma + descriptor_of(layer.type, layer.blob);
    out.content[digest_of(layer.blob)] = layer.blob;
  }
  const auto config =
      R"({"os":"linux","architecture":"amd64","config":{"Cmd":["x"]},)"
      R"("rootfs":{"type":"layers","diff_ids":[)"
      + ids + "]}}";
  const auto manifest =
      R"({"schemaVersion":2,"config":)"
      + descriptor_of("application/vnd.oci.image.config.v1+json", config)
      + R"(,"layers":[)" + list + "]}";
  out.manifest = digest_of(manifest);
  out.content[digest_of(config)] = config;
  out.content[out.manifest] = manifest;
  out.content["1"] = manifest;
  return out;
}

scripted_registry::scripted_registry(served_image image, script answer)
    : image_{std::move(image)}, answer_{std::move(answer)} {}

std::vector<std::string> scripted_registry::heads() {
  const std::lock_guard lock{mutex_};
  return heads_;
}

scripted_registry::reply
scripted_registry::find(const std::string& head) const {
  const auto path = head.substr(0, head.find(" HTTP/"));
  const auto found = image_.content.find(path.substr(path.rfind('/') + 1));
  if (found == image_.content.end())
    return {"404 Not Found"};
  constexpr std::string_view range = "Range: bytes=";
  const auto at = head.find(range);
  if (at == head.npos)
    return {"200 OK", "", found->second};
  const auto first = std::stoul(head.substr(at + range.size()));
  const auto size = found->second.size();
  if (first >= size)
    return {"416 Range Not Satisfiable"};
  return {"206 Partial Content",
          "Content-Range: bytes " + std::to_string(first) + "-"
              + std::to_string(size - 1) + "/" + std::to_string(size) + "\r\n",
          found->second.substr(first)};
}

void scripted_registry::serve(int connection) {
  for (auto head = read_head(connection); !head.empty();
       head = read_head(connection)) {
    {
      const std::lock_guard lock{mutex_};
      heads_.push_back(head);
    }
    auto own = answer_ ? answer_(head) : std::nullopt;
    const auto out = own ? std::move(*own) : find(head);
    send_text(connection, "HTTP/1.1 " + out.status + "\r\nContent-Length: "
                              + std::to_string(out.body.size() + out.lacks)
                              + "\r\n" + out.headers + "\r\n" + out.body);
    if (out.lacks > 0)
      break;
  }
  shutdown(connection, SHUT_RDWR);
}

} // namespace troupe::image::test

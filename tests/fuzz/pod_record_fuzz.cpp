#include "messages/base/check.hpp"
#include "messages/codec/json.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"
#include "node/pod/actions.hpp"
#include "node/pod/record.hpp"
#include "node/pod/status.hpp"

#include <cstddef>
#include <cstdint>

using namespace troupe;

namespace {

/// The containers that the corpus speaks of.
const codec::document& any_pod() {
  static const auto read = codec::decode_json(
      R"({"metadata":{"name":"p","uid":"u"},"spec":{"restartPolicy":"OnFailure",)"
      R"("initContainers":[{"name":"i","image":"i"},)"
      R"({"name":"s","image":"s","restartPolicy":"Always"}],)"
      R"("containers":[{"name":"c","image":"c"}]}})",
      schema::find_type("io.k8s.api.core.v1.Pod"));
  return read->doc;
}

} // namespace

/// Whatever a record says: it is refused, or it can be planned with, told of,
/// and written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto read =
      pod::decode_record(bytes_view{reinterpret_cast<const char*>(data), size});
  if (!read)
    return 0;
  const view::core_v1::pod pod{any_pod()};
  const wall_time now{duration{1'767'225'600'000'000'000}};
  const pod::pod_config config;
  const auto text = pod::encode_record(*read);
  TROUPE_CHECK(pod::encode_record(*pod::decode_record(text)) == text,
               "a record that was read reads the same again");
  pod::compute_status(pod, *read, now, config);
  pod::compute_pod_actions(pod, *read, now, config);
  return 0;
}

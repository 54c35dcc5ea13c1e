#include "actors/gateway/stream/status_text.hpp"

#include "messages/codec/json.hpp"

namespace troupe::gateway {

std::optional<api::status> failure_of(bytes_view json) {
  const auto read = codec::decode_json(json, nullptr);
  if (!read || !read->doc.root().is(codec::node_kind::map))
    return api::internal_error("the node sent no Status");
  const auto& root = read->doc.root();
  const auto text = [&](std::string_view name) {
    const auto* found = root.find(name);
    return found == nullptr ? std::string_view{} : found->string_or({});
  };
  if (text("status") == "Success")
    return std::nullopt;
  const auto* code = root.find("code");
  api::status out;
  out.reason = text("reason");
  out.message = text("message");
  out.code = code == nullptr ? 0 : static_cast<int>(code->integer_or(0));
  if (out.code < 400 || out.code > 599)
    return api::internal_error(out.message);
  return out;
}

} // namespace troupe::gateway

#include "messages/codec/msgpack.hpp"
#include "node/agent/pod_executor.hpp"

namespace troupe::agent {

namespace {

using codec::document;
using codec::node;

node* make_list(document& doc, const std::vector<std::string>& from) {
  auto* out = doc.make_list();
  for (const auto& each : from)
    doc.push_back(*out, doc.make_octets(each));
  return out;
}

node* make_numbers(document& doc, const std::vector<gid_t>& from) {
  auto* out = doc.make_list();
  for (auto each : from)
    doc.push_back(*out, doc.make_integer(each));
  return out;
}

/// The members of a context. One that is missing or of another type is noted:
/// what it protects must not be left out in silence.
class context_reader {
public:
  explicit context_reader(const node& from) : from_(from) {}

  bool whole() const { return whole_; }

  std::string text(std::string_view key) {
    const auto* found = find(key, codec::node_kind::string);
    return found == nullptr ? std::string{} : std::string{found->string_or({})};
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    for (const auto* each : items(key, codec::node_kind::string))
      out.emplace_back(each->string_or({}));
    return out;
  }

  std::uint32_t number(std::string_view key) {
    const auto* found = find(key, codec::node_kind::integer);
    return found == nullptr ? 0 : id(*found);
  }

  std::vector<gid_t> numbers(std::string_view key) {
    std::vector<gid_t> out;
    for (const auto* each : items(key, codec::node_kind::integer))
      out.push_back(id(*each));
    return out;
  }

  bool flag(std::string_view key) {
    const auto* found = find(key, codec::node_kind::boolean);
    return found != nullptr && found->boolean_or(false);
  }

private:
  const node* find(std::string_view key, codec::node_kind kind) {
    const auto* found = from_.find(key);
    const bool right = found != nullptr && found->is(kind);
    whole_ = whole_ && right;
    return right ? found : nullptr;
  }

  std::vector<const node*> items(std::string_view key, codec::node_kind kind) {
    std::vector<const node*> out;
    if (const auto* found = find(key, codec::node_kind::list))
      for (const auto* each : found->items()) {
        whole_ = whole_ && each->is(kind);
        out.push_back(each);
      }
    return out;
  }

  std::uint32_t id(const node& from) {
    const auto value = from.integer_or(-1);
    whole_ = whole_ && value >= 0 && value <= UINT32_MAX;
    return static_cast<std::uint32_t>(value);
  }

  const node& from_;
  bool whole_ = true;
};

} // namespace

bytes container_context::encode() const {
  document doc;
  auto& root = *doc.make_map();
  doc.root(root);
  doc.set(root, "env", make_list(doc, env));
  doc.set(root, "cwd", doc.make_string(cwd));
  doc.set(root, "cgroup", doc.make_string(cgroup));
  doc.set(root, "uid", doc.make_integer(security.uid));
  doc.set(root, "gid", doc.make_integer(security.gid));
  doc.set(root, "groups", make_numbers(doc, security.groups));
  doc.set(root, "add", make_list(doc, security.capabilities.add));
  doc.set(root, "drop", make_list(doc, security.capabilities.drop));
  doc.set(root, "noNewPrivs", doc.make_boolean(security.no_new_privs));
  doc.set(root, "privileged", doc.make_boolean(security.privileged));
  doc.set(root, "unconfined",
          doc.make_boolean(security.seccomp
                           == sandbox::seccomp_profile::unconfined));
  if (security.seccomp == sandbox::seccomp_profile::own)
    doc.set(root, "profile", doc.make_octets(security.seccomp_text));
  return codec::encode_msgpack(doc.root(), nullptr);
}

result<container_context> container_context::decode(bytes_view text) {
  auto doc = codec::decode_msgpack(text, nullptr);
  if (!doc)
    return doc.error();
  const auto& root = doc->root();
  if (!root.is(codec::node_kind::map))
    return error{errc::corrupt, "a container's context must be a map"};
  context_reader from{root};
  container_context out;
  out.env = from.texts("env");
  out.cwd = from.text("cwd");
  out.cgroup = from.text("cgroup");
  auto& security = out.security;
  security.uid = from.number("uid");
  security.gid = from.number("gid");
  security.groups = from.numbers("groups");
  security.capabilities.add = from.texts("add");
  security.capabilities.drop = from.texts("drop");
  security.no_new_privs = from.flag("noNewPrivs");
  security.privileged = from.flag("privileged");
  security.seccomp = from.flag("unconfined")
                         ? sandbox::seccomp_profile::unconfined
                         : sandbox::seccomp_profile::runtime_default;
  // Agents before profiles of a node's own did not write it.
  if (root.find("profile") != nullptr) {
    security.seccomp = sandbox::seccomp_profile::own;
    security.seccomp_text = from.text("profile");
  }
  if (!from.whole())
    return error{errc::corrupt, "a container's context lacks a member"};
  return out;
}

} // namespace troupe::agent

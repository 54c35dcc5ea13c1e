#include "messages/codec/msgpack.hpp"
#include "node/agent/pod_executor.hpp"

namespace troupe::agent {

namespace {

using codec::document;
using codec::node;

node* make_list(document& doc, const std::vector<std::string>& from) {
  auto* out = doc.make_list();
  for (const auto& each : from)
    doc.push_back(*out, doc.make_string(each));
  return out;
}

node* make_numbers(document& doc, const std::vector<gid_t>& from) {
  auto* out = doc.make_list();
  for (auto each : from)
    doc.push_back(*out, doc.make_integer(each));
  return out;
}

std::vector<std::string> read_texts(const node* from) {
  std::vector<std::string> out;
  if (from != nullptr && from->is(codec::node_kind::list))
    for (const auto* each : from->items())
      out.emplace_back(each->string_or({}));
  return out;
}

std::int64_t read_number(const node& from, std::string_view key) {
  const auto* found = from.find(key);
  return found == nullptr ? 0 : found->integer_or(0);
}

bool read_flag(const node& from, std::string_view key) {
  const auto* found = from.find(key);
  return found != nullptr && found->boolean_or(false);
}

std::string read_text(const node& from, std::string_view key) {
  const auto* found = from.find(key);
  return found == nullptr ? std::string{} : std::string{found->string_or({})};
}

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
  doc.set(root, "maskProc", doc.make_boolean(security.mask_proc));
  return codec::encode_msgpack(doc.root(), nullptr);
}

result<container_context> container_context::decode(bytes_view text) {
  auto doc = codec::decode_msgpack(text, nullptr);
  if (!doc)
    return doc.error();
  const auto& root = doc->root();
  if (!root.is(codec::node_kind::map))
    return error{errc::corrupt, "a container's context must be a map"};
  container_context out;
  out.env = read_texts(root.find("env"));
  out.cwd = read_text(root, "cwd");
  out.cgroup = read_text(root, "cgroup");
  auto& security = out.security;
  security.uid = static_cast<uid_t>(read_number(root, "uid"));
  security.gid = static_cast<gid_t>(read_number(root, "gid"));
  if (const auto* groups = root.find("groups");
      groups != nullptr && groups->is(codec::node_kind::list))
    for (const auto* each : groups->items())
      security.groups.push_back(static_cast<gid_t>(each->integer_or(0)));
  security.capabilities.add = read_texts(root.find("add"));
  security.capabilities.drop = read_texts(root.find("drop"));
  security.no_new_privs = read_flag(root, "noNewPrivs");
  security.privileged = read_flag(root, "privileged");
  security.mask_proc = read_flag(root, "maskProc");
  security.seccomp = read_flag(root, "unconfined")
                         ? sandbox::seccomp_profile::unconfined
                         : sandbox::seccomp_profile::runtime_default;
  return out;
}

} // namespace troupe::agent

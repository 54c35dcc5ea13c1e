#include "messages/codec/json.hpp"
#include "messages/codec/msgpack.hpp"
#include "node/agent/pod_executor.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;

namespace {

container_context full() {
  container_context out;
  out.env = {"A=1", "B=", "C==", "D=\xff\xfe"};
  out.cwd = "/work";
  out.cgroup = "kubepods/podx/c";
  out.security.uid = 1000;
  out.security.gid = 4'000'000'000;
  out.security.groups = {1, 2};
  out.security.capabilities.add = {"NET_ADMIN"};
  out.security.capabilities.drop = {"ALL"};
  out.security.no_new_privs = true;
  out.security.seccomp = sandbox::seccomp_profile::unconfined;
  return out;
}

} // namespace

TEST_CASE("a container's context comes back as it was", "[agent]") {
  for (const auto& given : {full(), container_context{}}) {
    const auto read = container_context::decode(given.encode());
    REQUIRE(read);
    CHECK(read->env == given.env);
    CHECK(read->cwd == given.cwd);
    CHECK(read->cgroup == given.cgroup);
    const auto& a = read->security;
    const auto& b = given.security;
    CHECK(a.uid == b.uid);
    CHECK(a.gid == b.gid);
    CHECK(a.groups == b.groups);
    CHECK(a.capabilities.add == b.capabilities.add);
    CHECK(a.capabilities.drop == b.capabilities.drop);
    CHECK(a.no_new_privs == b.no_new_privs);
    CHECK(a.privileged == b.privileged);
    CHECK((a.seccomp == b.seccomp));
  }
}

TEST_CASE("a context keeps a profile of the node's own", "[agent]") {
  auto given = full();
  given.security.seccomp = sandbox::seccomp_profile::own;
  given.security.seccomp_text = R"({"defaultAction": "SCMP_ACT_ALLOW"})";
  const auto read = container_context::decode(given.encode());
  REQUIRE(read);
  CHECK((read->security.seccomp == sandbox::seccomp_profile::own));
  CHECK(read->security.seccomp_text == given.security.seccomp_text);
}

TEST_CASE("a context cut short is refused", "[agent]") {
  const auto whole = full().encode();
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK_FALSE(container_context::decode({whole.data(), i}));
}

TEST_CASE("a context that lacks a member is refused", "[agent]") {
  auto whole = codec::decode_msgpack(full().encode(), nullptr);
  REQUIRE(whole);
  std::vector<std::string> keys;
  for (const auto& each : whole->root().entries())
    keys.emplace_back(each.key);
  CHECK(keys.size() == 11);
  for (const auto& key : keys) {
    INFO(key);
    auto without = whole->clone();
    without.erase(without.root(), key);
    const auto read = container_context::decode(
        codec::encode_msgpack(without.root(), nullptr));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::corrupt);
    auto wrong = whole->clone();
    wrong.set(wrong.root(), key, wrong.make_map());
    CHECK_FALSE(container_context::decode(
        codec::encode_msgpack(wrong.root(), nullptr)));
  }
}

TEST_CASE("a context with ids out of range is refused", "[agent]") {
  for (const std::int64_t value : {std::int64_t{-1}, std::int64_t{1} << 32}) {
    auto doc = codec::decode_msgpack(full().encode(), nullptr);
    REQUIRE(doc);
    doc->set(doc->root(), "uid", doc->make_integer(value));
    CHECK_FALSE(
        container_context::decode(codec::encode_msgpack(doc->root(), nullptr)));
  }
}

TEST_CASE("what is no map is no context", "[agent]") {
  for (const char* text : {"", "\x90", "\xc0", "\x01", "\x80"})
    CHECK_FALSE(container_context::decode(text));
}

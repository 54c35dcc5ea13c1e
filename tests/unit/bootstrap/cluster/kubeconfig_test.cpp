#include "bootstrap/cluster/kubeconfig.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::cluster;

namespace {

const cluster::access one{"troupe-one", "https://127.0.0.1:6443", "CA", "CERT",
                          "KEY"};
const cluster::access two{"troupe-two", "https://127.0.0.1:7443", "ca", "cert",
                          "key"};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a kubeconfig is these octets") {
  CHECK(make_kubeconfig(one) == R"(apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://127.0.0.1:6443
  name: troupe-one
contexts:
- context:
    cluster: troupe-one
    user: troupe-one
  name: troupe-one
current-context: troupe-one
kind: Config
preferences: {}
users:
- name: troupe-one
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
)");
}

TEST_CASE("long certificates stay on one line") {
  auto value = one;
  value.client_certificate = std::string(3000, 'x');
  const auto text = make_kubeconfig(value);
  const auto at = text.find("client-certificate-data: ");
  REQUIRE(at != std::string::npos);
  CHECK(text.find('\n', at) - at > 4000);
}

TEST_CASE("access is added to nothing, and replaces itself") {
  auto text = add_to_kubeconfig("", one);
  REQUIRE(text);
  CHECK(*text == make_kubeconfig(one));
  auto again = add_to_kubeconfig(*text, one);
  REQUIRE(again);
  CHECK(*again == *text);
}

TEST_CASE("access is brought up to date where it is, and not made current") {
  const auto both = add_to_kubeconfig(make_kubeconfig(one), two).value();
  auto moved = one;
  moved.server = "https://127.0.0.1:6444";
  const auto text = refresh_kubeconfig(both, moved).value();
  CHECK(holds(text, "https://127.0.0.1:6444"));
  CHECK_FALSE(holds(text, "https://127.0.0.1:6443"));
  CHECK(holds(text, "current-context: troupe-two"));
  const auto only = make_kubeconfig(two);
  CHECK(*refresh_kubeconfig(only, moved) == only);
  CHECK_FALSE(refresh_kubeconfig("[", moved));
}

TEST_CASE("what a person has in the file stays") {
  const std::string mine = R"(# mine
apiVersion: v1
kind: Config
current-context: work
clusters:
- name: work
  cluster: {server: "https://work:443", insecure-skip-tls-verify: true}
contexts:
- name: work
  context: {cluster: work, user: me, namespace: "yes"}
users:
- name: me
  user:
    exec: {command: login, args: ["-x", "007"], apiVersion: v1}
)";
  auto added = add_to_kubeconfig(mine, one);
  REQUIRE(added);
  for (const auto* part : {"name: work", "insecure-skip-tls-verify: true",
                           "namespace: \"yes\"", "- \"-x\"", "- \"007\"",
                           "command: login", "current-context: troupe-one"}) {
    INFO(part);
    CHECK(holds(*added, part));
  }
  auto removed = remove_from_kubeconfig(*added, "troupe-one");
  REQUIRE(removed);
  CHECK_FALSE(holds(*removed, "troupe-one"));
  CHECK(holds(*removed, "command: login"));
  CHECK(holds(*removed, "current-context: \"\""));
}

TEST_CASE("two clusters share a file, and the last one leaves nothing") {
  auto both = add_to_kubeconfig(make_kubeconfig(one), two);
  REQUIRE(both);
  CHECK(holds(*both, "current-context: troupe-two"));
  auto first = remove_from_kubeconfig(*both, "troupe-two");
  REQUIRE(first);
  CHECK(holds(*first, "troupe-one"));
  CHECK(*remove_from_kubeconfig(*first, "troupe-one") == "");
}

TEST_CASE("what is no kubeconfig is left alone") {
  for (const auto* bad : {"[]", "just text", "a: [", "clusters: 7",
                          "users: [{user: {}}]", "contexts: [x]"}) {
    INFO(bad);
    CHECK_FALSE(add_to_kubeconfig(bad, one));
    CHECK_FALSE(remove_from_kubeconfig(bad, "troupe-one"));
  }
}

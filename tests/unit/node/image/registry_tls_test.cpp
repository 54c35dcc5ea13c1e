#include "messages/base/base64.hpp"
#include "tests/unit/node/image/image_fixture.hpp"
#include "tests/unit/node/image/loopback_server.hpp"

#include <catch2/catch.hpp>
#include <curl/curl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

/// An authority and certificates of it, as NAME.crt and NAME.key.
class authority {
public:
  authority() {
    make("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
         "-keyout ca.key -out ca.crt -subj '/CN=test authority' -days 2");
  }

  std::string file() const { return dir_ / "ca.crt"; }

  /// `subjects` as "IP:127.0.0.1"; `days` may be negative. Its path without
  /// the ending.
  std::string issue(const std::string& name, const std::string& subjects,
                    int days = 2) const {
    write_text(dir_ / "extensions", "subjectAltName=" + subjects + "\n");
    make("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "
         + name + ".key -out " + name + ".csr -subj /CN=registry");
    make("x509 -req -in " + name + ".csr -CA ca.crt -CAkey ca.key "
         + "-CAcreateserial -extfile extensions -days " + std::to_string(days)
         + " -out " + name + ".crt");
    return dir_ / name;
  }

private:
  void make(const std::string& arguments) const {
    REQUIRE(
        run("cd " + (dir_ / ".") + " && openssl " + arguments + " 2>/dev/null")
        == 0);
  }

  scratch dir_;
};

const authority& trusted() {
  static const authority out;
  return out;
}

/// The message of a failed pull of what no registry here has: of one that is
/// reached, that it is not found.
std::string message(const image_service_config& config, const std::string& name,
                    keyring logins = {}) {
  auto images = open_image_service(config);
  REQUIRE(images);
  const auto got = pull(**images, {name, {}, std::move(logins)});
  REQUIRE_FALSE(got);
  return got.error().message;
}

image_service_config config_for(const scratch& dir) {
  image_service_config out;
  out.root = dir / "store";
  return out;
}

std::string wanted(const std::string& name, const std::string& why) {
  const auto host = name.substr(0, name.find('/'));
  return "failed to pull and unpack image \"" + name
         + "\": failed to resolve reference \"" + name
         + "\": failed to do request: Get \"https://" + host
         + "/v2/a/b/manifests/1\": " + why;
}

constexpr const char* unverified = "tls: failed to verify certificate: x509: ";

} // namespace

TEST_CASE("a registry's certificate must be good for it") {
  struct {
    std::string subjects;
    int days;
    bool named; ///< the authority, to the service
    std::string why;
  } const rows[] = {
      {"IP:127.0.0.1", 2, true, ""},
      {"IP:127.0.0.1", 2, false, "certificate signed by unknown authority"},
      {"IP:127.0.0.1", -1, true, "certificate has expired or is not yet valid"},
      {"IP:127.0.0.2,IP:10.0.0.1", 2, true,
       "certificate is valid for 127.0.0.2, 10.0.0.1, not 127.0.0.1"},
      {"DNS:registry.example", 2, true,
       "cannot validate certificate for 127.0.0.1 because it doesn't contain "
       "any IP SANs"},
  };
  for (const auto& row : rows) {
    const scratch dir;
    registry server{dir / "registry", "",
                    trusted().issue("server", row.subjects, row.days)};
    // Named for another registry, it is good for nothing here.
    const authority other;
    auto config = config_for(dir);
    config.authorities[server.address()] =
        row.named ? trusted().file() : other.file();
    const auto name = server.address() + "/a/b:1";
    const auto got = message(config, name);
    if (row.why.empty())
      CHECK(got.ends_with(": not found: manifest unknown"));
    else
      CHECK(got == wanted(name, unverified + row.why));
  }
}

TEST_CASE("names, missing files and plain http under https") {
  const scratch dir;
  registry server{dir / "registry", "",
                  trusted().issue("named", "DNS:a.example,DNS:b.example")};
  auto config = config_for(dir);
  const auto at = "localhost" + server.address().substr(9);
  config.authorities[at] = trusted().file();
  CHECK(message(config, at + "/a/b:1")
        == wanted(at + "/a/b:1",
                  std::string{unverified}
                      + "certificate is valid for a.example, b.example, not "
                        "localhost"));
  config.authorities[at] = dir / "absent.crt";
  CHECK(message(config, at + "/a/b:1").find(dir / "absent.crt")
        != std::string::npos);
  registry plain{dir / "plain"};
  config.authorities[plain.address()] = trusted().file();
  CHECK(message(config, plain.address() + "/a/b:1")
        == wanted(plain.address() + "/a/b:1",
                  "http: server gave HTTP response to HTTPS client"));
}

TEST_CASE("a private registry over https, as a mirror and by its own name") {
  const scratch dir;
  // ann:secret
  registry server{
      dir / "registry",
      "ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n",
      trusted().issue("private", "IP:127.0.0.1")};
  auto config = config_for(dir);
  config.authorities[server.address()] = trusted().file();
  const auto auth = R"({"auth":")" + base64_encode("ann:secret") + R"("}})";
  for (const auto& secret :
       {R"({"auths":{")" + server.address() + "\":" + auth + "}",
        R"({"https://)" + server.address() + "/v1/\":" + auth}) {
    keyring logins;
    REQUIRE(logins.add_docker_config(secret));
    const auto name = server.address() + "/a/b:1";
    CHECK(message(config, name, logins)
              .ends_with(": not found: manifest unknown"));
    CHECK(message(config, name).ends_with("no basic auth credentials"));
  }
  config.mirrors["reg.invalid"] = {"https://" + server.address()};
  keyring logins;
  logins.add(server.address(), {"ann", "secret"});
  CHECK(message(config, "reg.invalid/a/b:1", logins)
            .ends_with(": not found: manifest unknown"));
}

TEST_CASE("the machine's own authorities are trusted") {
  const scratch dir;
  registry server{dir / "registry", "",
                  trusted().issue("public", "IP:127.0.0.1")};
  auto config = config_for(dir);
  config.mirrors["reg.invalid"] = {"https://" + server.address()};
  const auto attempt = [&] {
    auto images = open_image_service(config);
    std::promise<pull_outcome> done;
    (*images)->pull({"reg.invalid/a/b:1", {}, {}},
                    [&](pull_outcome got) { done.set_value(std::move(got)); });
    return done.get_future().get().error().fault;
  };
  CHECK(attempt() == pull_fault::unavailable);
  // In a mount namespace of its own the machine has one more.
  const auto* system_file = curl_version_info(CURLVERSION_NOW)->cainfo;
  REQUIRE(system_file != nullptr);
  const auto child = fork();
  if (child == 0) {
    const bool mounted =
        unshare(CLONE_NEWNS) == 0
        && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        && mount(trusted().file().c_str(), system_file, nullptr, MS_BIND,
                 nullptr)
               == 0;
    _exit(mounted && attempt() == pull_fault::not_found ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

#include "messages/base/base64.hpp"
#include "tests/unit/node/image/scripted_registry.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

using namespace troupe;
using namespace troupe::image;
using namespace troupe::image::test;

namespace {

const std::string makers = TROUPE_TEST_DATA "/../../deploy/examples/images/";

image_service_config config_for(const scratch& dir, const std::string& mirror) {
  image_service_config out;
  out.root = dir / "store";
  if (!mirror.empty())
    out.mirrors["docker.io"] = {"http://" + mirror};
  return out;
}

std::unique_ptr<image_service> open(const image_service_config& config) {
  auto out = open_image_service(config);
  INFO((out ? "" : out.error().message));
  REQUIRE(out);
  return std::move(*out);
}

/// A registry with busybox as library/busybox:1 and :latest.
struct stocked {
  scratch dir;
  registry server{dir / "registry"};

  stocked() {
    // Made once for all cases.
    static const scratch made;
    REQUIRE(run(makers + "make_busybox " + (made / "x") + " >/dev/null") == 0);
    REQUIRE(run(makers + "push_image " + (made / "x/busybox") + " "
                + server.address()
                + " library/busybox:1 library/busybox:latest")
            == 0);
  }
};

/// Forwards to a registry; cuts the first connections that carry more than
/// some octets of answers, and remembers the requests' heads.
class cutting_proxy {
public:
  cutting_proxy(std::string target, std::size_t cut_after, int cuts)
      : target_{std::move(target)}, cut_after_{cut_after}, cuts_{cuts} {}

  std::string address() const { return server_.address(); }

  std::vector<std::string> heads() {
    const std::lock_guard lock{mutex_};
    return heads_;
  }

private:
  void forward(int client) {
    const int upstream = connect_to(target_);
    std::array<pollfd, 2> both = {{{client, POLLIN, 0}, {upstream, POLLIN, 0}}};
    std::array<char, 16 * 1024> chunk;
    std::size_t answered = 0;
    while (poll(both.data(), both.size(), -1) > 0) {
      const bool asks = both[0].revents != 0;
      const auto got =
          recv(asks ? client : upstream, chunk.data(), chunk.size(), 0);
      if (got <= 0)
        break;
      std::string text{chunk.data(), static_cast<std::size_t>(got)};
      if (asks) {
        const std::lock_guard lock{mutex_};
        heads_.push_back(text);
      } else if ((answered += text.size()) > cut_after_ && cuts_-- > 0) {
        send_text(client, text.substr(0, text.size() / 2));
        break;
      }
      send_text(asks ? upstream : client, text);
    }
    shutdown(client, SHUT_RDWR);
    close(upstream);
  }

  std::string target_;
  std::size_t cut_after_;
  std::atomic<int> cuts_;
  std::mutex mutex_;
  std::vector<std::string> heads_;
  loopback_server server_{[this](int client) { forward(client); }};
};

/// The one blob of the store's registry that is larger than 100 kB: the layer.
std::string layer_file(const scratch& dir) {
  const auto list = dir / "list";
  REQUIRE(
      run("find " + (dir / "registry") + " -name data -size +100k > " + list)
      == 0);
  auto out = read_text(list);
  out.pop_back();
  REQUIRE(out.find('\n') == out.npos);
  return out;
}

} // namespace

TEST_CASE("an image is pulled from a registry through a mirror") {
  const stocked shop;
  const auto images = open(config_for(shop.dir, shop.server.address()));
  CHECK(images->find("busybox:1") == nullptr);
  const auto first = pull(*images, {"busybox:1", {}, {}});
  INFO((first ? "" : first.error().message));
  REQUIRE(first);
  CHECK_FALSE(first->present);
  CHECK(first->elapsed.count() > 0);
  CHECK(first->waited >= first->elapsed);
  const auto& image = *first->image;
  CHECK(is_digest(image.id));
  CHECK(image.repo_tags
        == std::vector<std::string>{"docker.io/library/busybox:1"});
  CHECK(image.repo_digests
        == std::vector<std::string>{"docker.io/library/busybox@"
                                    + image.manifest_digest});
  CHECK(image.size > 100'000);
  CHECK(image.config.cmd == std::vector<std::string>{"sh"});
  REQUIRE(image.layers.size() == 1);
  CHECK(run(image.layers[0] + "/bin/busybox true") == 0);
  CHECK(find_user(image.layers, "nobody")->uid == 65534);

  const auto again = pull(*images, {"busybox:1", {}, {}});
  REQUIRE(again);
  CHECK(again->present);
  CHECK(*again->image == image);

  // Another name for the same content costs one manifest.
  const auto latest = pull(*images, {"busybox", pull_policy::always, {}});
  REQUIRE(latest);
  CHECK(latest->image->id == image.id);
  CHECK(latest->image->repo_tags.size() == 2);
  const auto digest =
      pull(*images, {"busybox@" + image.manifest_digest, {}, {}});
  REQUIRE(digest);
  CHECK(digest->present);
  CHECK(images->find(image.id) != nullptr);
  CHECK(images->list().size() == 1);
}

TEST_CASE("faults read as people know them") {
  const stocked shop;
  auto config = config_for(shop.dir, shop.server.address());
  config.resumes_max = 0;
  const auto images = open(config);
  // By its own name: a registry on loopback is asked by plain http.
  const auto name = shop.server.address() + "/library/busybox:none";
  const auto missing = pull(*images, {name, {}, {}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error()
        == pull_error{pull_fault::not_found,
                      "failed to pull and unpack image \"" + name
                          + "\": failed to resolve reference \"" + name
                          + "\": " + name + ": not found: manifest unknown"});
  const auto never = pull(*images, {"busybox:1", pull_policy::never, {}});
  REQUIRE_FALSE(never);
  CHECK(never.error()
        == pull_error{pull_fault::never_pulled,
                      "Container image \"busybox:1\" is not present with pull "
                      "policy of Never"});
  const auto malformed = pull(*images, {"Bad", {}, {}});
  REQUIRE_FALSE(malformed);
  CHECK(malformed.error()
        == pull_error{pull_fault::invalid_name,
                      "Failed to apply default image tag \"Bad\": couldn't "
                      "parse image reference \"Bad\": invalid reference "
                      "format: repository name (library/Bad) must be "
                      "lowercase"});
  const deaf_port nobody;
  const auto down = pull(*images, {nobody.address() + "/a:1", {}, {}});
  REQUIRE_FALSE(down);
  CHECK(down.error().fault == pull_fault::unavailable);
  CHECK(down.error().message.find("failed to do request: Get \"http://")
        != std::string::npos);
}

TEST_CASE("a corrupt blob is refused, and fetched anew once it is whole") {
  const stocked shop;
  const auto file = layer_file(shop.dir);
  const auto whole = read_text(file);
  auto changed = whole;
  changed[changed.size() / 2] ^= 1;
  write_text(file, changed);
  const auto name = shop.server.address() + "/library/busybox:1";
  const auto images = open(config_for(shop.dir, ""));
  const auto refused = pull(*images, {name, {}, {}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == pull_fault::corrupt);
  CHECK(images->find(name) == nullptr);
  write_text(file, whole);
  CHECK(pull(*images, {name, {}, {}}));
}

TEST_CASE("an interrupted download goes on where it broke off") {
  const stocked shop;
  cutting_proxy proxy{shop.server.address(), 300'000, 2};
  const auto images = open(config_for(shop.dir, ""));
  const auto got =
      pull(*images, {proxy.address() + "/library/busybox:1", {}, {}});
  INFO((got ? "" : got.error().message));
  REQUIRE(got);
  const auto heads = proxy.heads();
  CHECK(std::ranges::count_if(heads,
                              [](const auto& head) {
                                return head.find("Range: bytes=") != head.npos
                                       && head.find("Range: bytes=0-")
                                              == head.npos;
                              })
        == 2);
}

TEST_CASE("what a killed process had fetched is used") {
  const stocked shop;
  const auto file = layer_file(shop.dir);
  const auto whole = read_text(file);
  const auto hex = file.substr(file.rfind('/', file.size() - 6) + 1, 64);
  const bool damaged = GENERATE(false, true);
  const auto config = config_for(shop.dir, "");
  open(config).reset();
  auto begun = whole.substr(0, whole.size() / 2);
  if (damaged)
    begun[5] ^= 1;
  write_text(shop.dir / ("store/incoming/" + hex), begun);
  const auto images = open(config);
  CHECK(pull(*images, {shop.server.address() + "/library/busybox:1", {}, {}}));
}

TEST_CASE("processes that share a store pull at once") {
  const stocked shop;
  const auto config = config_for(shop.dir, shop.server.address());
  const auto child_pulls = [&] {
    auto images = open_image_service(config);
    if (!images)
      return false;
    std::promise<pull_outcome> done;
    (*images)->pull({"busybox:1", pull_policy::always, {}},
                    [&](pull_outcome got) { done.set_value(std::move(got)); });
    return done.get_future().get().has_value();
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(fork());
    if (children.back() == 0)
      _exit(child_pulls() ? 0 : 1);
  }
  for (const auto child : children) {
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  const auto images = open(config);
  CHECK(images->list().size() == 1);
  CHECK(run("test -z \"$(ls -A " + (shop.dir / "store/unpacking") + " "
            + (shop.dir / "store/incoming") + " | grep -v :)\"")
        == 0);
}

TEST_CASE("requests for the same image share one pull") {
  const scratch dir;
  std::promise<void> asked;
  scripted_registry server{make_image({make_layer(dir, {{"x", 'f', "x"}})}),
                           [gate = asked.get_future().share()](const auto&) {
                             gate.wait();
                             return std::nullopt;
                           }};
  const auto images = open(config_for(dir, ""));
  std::array<std::promise<pull_outcome>, 5> waiting;
  for (auto& each : waiting)
    images->pull({server.name(), pull_policy::always, {}},
                 [&](pull_outcome got) { each.set_value(std::move(got)); });
  asked.set_value();
  for (auto& each : waiting) {
    const auto got = each.get_future().get();
    REQUIRE(got);
    CHECK(got->elapsed <= got->waited);
  }
  CHECK(std::ranges::count_if(server.heads(),
                              [](const auto& head) {
                                return head.find("/manifests/1") != head.npos;
                              })
        == 1);
}

TEST_CASE("logins of pull secrets are used where they belong") {
  const scratch dir;
  // ann:secret
  registry server{
      dir / "registry",
      "ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n"};
  const auto images = open(config_for(dir, ""));
  const auto name = server.address() + "/a/b:1";
  const auto attempt = [&](const std::string& user) {
    pull_request request{name, pull_policy::always, {}};
    if (!user.empty())
      REQUIRE(request.logins.add_docker_config(
          R"({"auths":{")" + server.address() + R"(":{"auth":")"
          + base64_encode(user) + R"("}}})"));
    return pull(*images, std::move(request)).error().fault;
  };
  CHECK(attempt("") == pull_fault::denied);
  CHECK(attempt("ann:wrong") == pull_fault::denied);
  CHECK(attempt("ann:secret") == pull_fault::not_found);
}

TEST_CASE("a token server's challenge is answered") {
  const scratch dir;
  std::string address;
  const auto answer = [](int fd, std::string_view status,
                         const std::string& headers, const std::string& body) {
    send_text(fd, "HTTP/1.1 " + std::string{status}
                      + "\r\nContent-Length: " + std::to_string(body.size())
                      + "\r\n" + headers + "\r\n" + body);
  };
  loopback_server server{[&](int fd) {
    for (auto head = read_head(fd); !head.empty(); head = read_head(fd)) {
      const auto says = [&](const std::string& text) {
        return head.find(text) != head.npos;
      };
      if (says("GET /token?") && says("scope=repository%3Aa%2Fb%3Apull")
          && says("service=shop")
          && says("Authorization: Basic " + base64_encode("ann:secret")))
        answer(fd, "200 OK", "", R"({"token":"ticket"})");
      else if (says("GET /token?"))
        answer(fd, "401 Unauthorized", "", "");
      else if (says("Authorization: Bearer ticket"))
        answer(fd, "404 Not Found", "",
               R"({"errors":[{"code":"NAME_UNKNOWN","message":"gone"}]})");
      else
        answer(fd, "401 Unauthorized",
               "WWW-Authenticate: Bearer realm=\"http://" + address
                   + "/token\",service=\"shop\"\r\n",
               "");
    }
  }};
  address = server.address();
  const auto images = open(config_for(dir, ""));
  pull_request request{address + "/a/b:1", {}, {}};
  const auto anonymous = pull(*images, request);
  REQUIRE_FALSE(anonymous);
  CHECK(anonymous.error().fault == pull_fault::denied);
  CHECK(anonymous.error().message.find("failed to fetch anonymous token")
        != std::string::npos);
  request.logins.add(address, {"ann", "secret"});
  const auto known = pull(*images, request);
  REQUIRE_FALSE(known);
  CHECK(known.error().fault == pull_fault::not_found);
  CHECK(known.error().message.ends_with(": not found: name unknown: gone"));
}

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/kubeconfig_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "bootstrap/cluster/material.hpp"

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace troupe;
using namespace troupe::cluster;

namespace {

struct directory {
  std::string path;

  directory() {
    char name[] = "/tmp/troupe-cluster-XXXXXX";
    path = mkdtemp(name);
  }

  ~directory() { std::filesystem::remove_all(path); }
};

unsigned mode_of(const std::string& path) {
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777;
}

const cluster_record sample{"a2c4e6f8-0000-4000-8000-000000000001",
                            6443,
                            3,
                            3,
                            {"docker.io=http://10.0.0.1:5000"},
                            {"registry:5000=/ca.pem"},
                            90,
                            70,
                            {{8080, 30080}},
                            true,
                            {20, 10, 5, 6},
                            {"/home/me/.kube/config"}};

} // namespace

TEST_CASE("the default base depends on the user") {
  CHECK(*default_base({true, "/root", "/x"}) == "/var/lib/troupe");
  CHECK(*default_base({false, "/home/me", "/x"}) == "/x/troupe");
  CHECK(*default_base({false, "/home/me", ""})
        == "/home/me/.local/state/troupe");
  CHECK(*default_base({false, "/home/me", "relative"})
        == "/home/me/.local/state/troupe");
  CHECK_FALSE(default_base({false, "", ""}));
}

TEST_CASE("a cluster's directory lies in its base") {
  CHECK(find_layout("/b", "one")->root() == "/b/one");
  CHECK(find_layout("/b/", "one")->root() == "/b/one");
  CHECK(find_layout("/b/../c", "one")->root() == "/c/one");
  CHECK(find_layout("here", "one")->root().starts_with('/'));
  const layout files{"/b/one"};
  CHECK(files.state_of("s1") == "/b/one/state/s1");
  CHECK(files.log_of("s1") == "/b/one/log/s1.log");
  CHECK(files.run_file() == "/b/one/run/supervisor.json");
}

TEST_CASE("a base that files cannot name is refused") {
  for (const auto* base : {"/b\"c", "/b\nc", "/b\\c", "/\xff"}) {
    const auto got = find_layout(base, "one");
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_argument);
    CHECK(got.error().message.find("--dir") != std::string::npos);
  }
  CHECK(find_layout("/with blanks/and #'$()\xc3\xbc", "one"));
}

TEST_CASE("only directories with a record or a lock are clusters") {
  const directory in;
  CHECK(list_clusters(in.path)->empty());
  CHECK(list_clusters(in.path + "/absent")->empty());
  for (const auto* name : {"b", "a"}) {
    const auto files = *find_layout(in.path, name);
    REQUIRE(make_directory(files.root()));
    REQUIRE(save_cluster(files.cluster_file(), sample));
  }
  REQUIRE(make_directory(in.path + "/other"));
  const auto begun = *find_layout(in.path, "c");
  REQUIRE(make_directory(begun.root()));
  REQUIRE(write_file(begun.lock_file(), ""));
  CHECK(*list_clusters(in.path) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a record survives its file") {
  const directory in;
  const auto path = in.path + "/cluster.json";
  CHECK(load_cluster(path).error().code == errc::not_found);
  REQUIRE(save_cluster(path, sample));
  CHECK(*load_cluster(path) == sample);
  CHECK(mode_of(path) == 0600);
  // Nothing is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator{in.path}, {}) == 1);
}

TEST_CASE("times of nodes survive the file, and have bounds") {
  auto record = sample;
  record.node_times = {6, 4, 0, 5};
  CHECK(*parse_cluster_record(to_json(record)) == record);
  const std::string head =
      R"({"version":1,"uid":"a2c4e6f8-0000-4000-8000-000000000001",)"
      R"("port":1)";
  CHECK(parse_cluster_record(head + "}")->node_times
        == cluster::node_times{50, 40, 300, 300});
  for (const auto* bad :
       {R"("nodeMonitorGraceSeconds":0)", R"("nodeMonitorGraceSeconds":3601)",
        R"("nodeLeaseSeconds":"4")", R"("notReadyTolerationSeconds":-1)",
        R"("unreachableTolerationSeconds":1000000001)"}) {
    INFO(bad);
    CHECK_FALSE(parse_cluster_record(head + "," + bad + "}"));
  }
}

TEST_CASE("damaged and foreign records are refused") {
  struct {
    std::string text;
    errc code;
  } const rows[] = {
      {"", errc::corrupt},
      {"[]", errc::corrupt},
      {"{}", errc::unsupported},
      {R"({"version":2})", errc::unsupported},
      {R"({"version":1})", errc::corrupt},
      {R"({"version":1,"uid":"short","port":1})", errc::corrupt},
      {R"({"version":1,"uid":"a2c4e6f8-0000-4000-8000-000000000001",)"
       R"("port":65536})",
       errc::corrupt},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto got = parse_cluster_record(row.text);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == row.code);
  }
}

TEST_CASE("nodes, mirrors and kubeconfigs of a record have limits") {
  const std::string head =
      R"({"version":1,"uid":"a2c4e6f8-0000-4000-8000-000000000001",)"
      R"("port":1)";
  std::string many = "\"a\"";
  for (std::size_t i = 1; i < registry_mirrors_max; ++i)
    many += ",\"a\"";
  struct {
    std::string rest;
    bool good;
  } const rows[] = {
      {"", true},
      {R"(,"servers":1)", true},
      {R"(,"servers":3)", true},
      {R"(,"servers":5)", true},
      {R"(,"servers":0)", false},
      {R"(,"servers":2)", false},
      {R"(,"servers":7)", false},
      {R"(,"servers":"3")", false},
      {R"(,"nodes":0)", true},
      {R"(,"nodes":250)", true},
      {R"(,"nodes":251)", false},
      {R"(,"nodes":-1)", false},
      {R"(,"nodes":1.5)", false},
      {R"(,"nodes":"1")", false},
      {R"(,"nodes":null)", false},
      {R"(,"registryMirrors":[])", true},
      {R"(,"registryMirrors":[)" + many + "]", true},
      {R"(,"registryMirrors":[)" + many + ",\"a\"]", false},
      {R"(,"registryMirrors":[7])", false},
      {R"(,"registryMirrors":"a")", false},
      {R"(,"registryAuthorities":["a=/b"])", true},
      {R"(,"registryAuthorities":7)", false},
      {R"(,"imageGcHighThreshold":100,"imageGcLowThreshold":0)", true},
      {R"(,"imageGcHighThreshold":101)", false},
      {R"(,"imageGcLowThreshold":-1)", false},
      {R"(,"uplink":"auto")", true},
      {R"(,"uplink":"none")", true},
      {R"(,"uplink":"yes")", false},
      {R"(,"uplink":true)", false},
      {R"(,"kubeconfigs":[)" + many + "]", true},
      {R"(,"kubeconfigs":[)" + many + ",\"a\"]", false},
      {R"(,"kubeconfigs":{})", false},
  };
  for (const auto& row : rows) {
    INFO(row.rest);
    const auto got = parse_cluster_record(head + row.rest + "}");
    CHECK(got.has_value() == row.good);
    if (!got)
      CHECK(got.error().code == errc::corrupt);
  }
}

TEST_CASE("a record of before there were nodes has none, and one server") {
  const auto got = parse_cluster_record(
      R"({"version":1,"uid":"a2c4e6f8-0000-4000-8000-000000000001",)"
      R"("port":6443,"member":"s1","kubeconfigs":["/k"]})");
  REQUIRE(got);
  CHECK(got->nodes == 0);
  CHECK(got->servers == 1);
  CHECK_FALSE(has_lab(*got));
  CHECK(got->registry_mirrors.empty());
  CHECK(got->kubeconfigs == std::vector<std::string>{"/k"});
  CHECK(node_names(*got).empty());
  CHECK(node_names(sample) == std::vector<std::string>{"n1", "n2", "n3"});
  CHECK(server_names(*got) == std::vector<std::string>{"s1"});
  auto several = *got;
  several.servers = 3;
  CHECK(server_names(several) == std::vector<std::string>{"s1", "s2", "s3"});
  CHECK(has_lab(several));
  CHECK(has_lab(sample));
}

TEST_CASE("uids are version 4 UUIDs") {
  std::array<std::uint8_t, 16> random;
  random.fill(0xff);
  CHECK(make_uuid(random) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  random.fill(0);
  CHECK(make_uuid(random) == "00000000-0000-4000-8000-000000000000");
}

TEST_CASE("the authority stays, certificates are new each time") {
  const directory in;
  const layout files{in.path};
  const wall_time now{std::chrono::hours{24 * 365 * 50}};
  const auto first = prepare_material(files, now);
  REQUIRE(first);
  const auto second = prepare_material(files, now);
  REQUIRE(second);
  CHECK(first->authority.certificate == second->authority.certificate);
  CHECK(first->server.certificate != second->server.certificate);
  CHECK(load_server_material(files)->server.private_key
        == second->server.private_key);
  CHECK(load_admin_material(files)->admin.certificate
        == second->admin.certificate);
  CHECK(mode_of(files.pki()) == 0700);
  CHECK(mode_of(files.pki() + "/ca.key") == 0600);
}

TEST_CASE("the key for tokens is made once, also for a cluster of before") {
  const directory in;
  const layout files{in.path};
  const wall_time now{std::chrono::hours{24 * 365 * 50}};
  REQUIRE(prepare_material(files, now));
  const auto path = files.pki() + "/service-account.key";
  std::filesystem::remove(path);
  const auto first = prepare_material(files, now);
  REQUIRE(first);
  CHECK(mode_of(path) == 0600);
  CHECK(first->signing_key.find("PRIVATE KEY") != std::string::npos);
  CHECK(prepare_material(files, now)->signing_key == first->signing_key);
  CHECK(load_server_material(files)->signing_key == first->signing_key);
  CHECK(load_admin_material(files)->signing_key.empty());
}

TEST_CASE("an authority that lost its key is not replaced") {
  const directory in;
  const layout files{in.path};
  const wall_time now{std::chrono::hours{24 * 365 * 50}};
  REQUIRE(prepare_material(files, now));
  std::filesystem::remove(files.pki() + "/ca.key");
  const auto got = prepare_material(files, now);
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find("ca.key") != std::string::npos);
}

TEST_CASE("a clock that an authority cannot serve is told") {
  const directory in;
  const layout files{in.path};
  const wall_time now{std::chrono::hours{24 * 365 * 50}};
  REQUIRE(prepare_material(files, now));
  const auto admin = read_file(files.pki() + "/admin.crt");
  for (const auto away :
       {-std::chrono::hours{1}, std::chrono::hours{24 * 365 * 11}}) {
    const auto got = prepare_material(files, now + away);
    REQUIRE_FALSE(got);
    CHECK(got.error().message.find("ca.crt is valid ") != std::string::npos);
    CHECK(got.error().message.find("clock") != std::string::npos);
  }
  CHECK(*read_file(files.pki() + "/admin.crt") == *admin);
  CHECK(prepare_material(files, now - std::chrono::minutes{1}));
}

TEST_CASE("the server's certificate has every name of the API") {
  const directory in;
  const auto made = prepare_material(
      layout{in.path}, wall_time{std::chrono::hours{24 * 365 * 50}},
      {*ip_address::parse("10.89.0.11")});
  REQUIRE(made);
  std::unique_ptr<BIO, decltype(&BIO_free)> text{
      BIO_new_mem_buf(made->server.certificate.data(), -1), BIO_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate{
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free};
  REQUIRE(certificate);
  for (const std::string name :
       {"kubernetes", "kubernetes.default", "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local", "localhost"})
    CHECK(
        X509_check_host(certificate.get(), name.data(), name.size(), 0, nullptr)
        == 1);
  for (const auto* address : {"127.0.0.1", "10.96.0.1", "10.89.0.11"})
    CHECK(X509_check_ip_asc(certificate.get(), address, 0) == 1);
}

TEST_CASE("a user's file is made, kept behind its link, and removed") {
  const directory in;
  const cluster::access value{"troupe-t", "https://127.0.0.1:1", "a", "b", "c"};
  const auto path = in.path + "/deep/config";
  REQUIRE(add_to_file(path, value));
  CHECK(mode_of(path) == 0600);
  std::filesystem::create_symlink(path, in.path + "/link");
  CHECK(*resolve_path(in.path + "/link")
        == std::filesystem::canonical(path).string());
  REQUIRE(remove_from_file(path, "troupe-t"));
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(remove_from_file(path, "troupe-t"));
}

TEST_CASE("a replaced file stays its owner's") {
  if (geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const directory in;
  const auto path = in.path + "/config";
  REQUIRE(write_file(path, "old"));
  REQUIRE(chown(path.c_str(), 1234, 4321) == 0);
  REQUIRE(write_file(path, "new"));
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK(about.st_uid == 1234);
  CHECK(about.st_gid == 4321);
}

TEST_CASE("a file that is no kubeconfig is reported by name") {
  const directory in;
  const auto path = in.path + "/notes";
  REQUIRE(write_file(path, "remember the milk\n"));
  const auto got =
      add_to_file(path, {"troupe-t", "https://127.0.0.1:1", "a", "b", "c"});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find(path) == 0);
  CHECK(*read_file(path) == "remember the milk\n");
  CHECK(check_file(path).error() == got.error());
  CHECK(check_file(in.path + "/absent"));
}

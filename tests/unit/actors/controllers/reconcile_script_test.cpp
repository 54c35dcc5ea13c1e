#include "actors/controllers/controllers.hpp"
#include "messages/codec/json.hpp"
#include "messages/meta/time.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace troupe;
using troupe::test::script_command;

namespace {

controllers::controllers_config config() {
  controllers::controllers_config out;
  out.api.address = *ip_address::parse("10.96.0.1");
  out.api.servers = {*ip_address::parse("10.89.0.11"),
                     *ip_address::parse("10.89.0.12")};
  out.dns.address = *ip_address::parse("10.96.0.10");
  out.root_ca = "PEM";
  out.issue_token = [](const auto& of) {
    return of.ns + "/" + of.account + "/" + of.account_uid + " in " + of.secret
           + "/" + of.secret_uid;
  };
  return out;
}

controllers::controller_spec spec_named(const std::string& name) {
  for (auto& spec : controllers::all_controllers(config()))
    if (spec.name == name)
      return spec;
  throw std::runtime_error{"no controller " + name};
}

/// One world for each script. Commands:
///
///     place            one object per line, as YAML; prints the keys
///     erase <key>      the object is gone
///     delete <key> [policy=...]   a user's request
///     plan <key>       what the controller wants; bodies below updates
///     settle           the controller works until it rests; prints its writes
///     attempt <steps>  the same, of what would never rest
///     told             what users heard since the last time
///     pass <minutes>   time goes by, and nobody works
///     list <prefix>    what is stored
///     show <key>       an object as JSON
class script {
public:
  explicit script(const std::string& controller)
      : spec_(spec_named(controller)), runner_(world_, spec_) {
    // nop
  }

  std::string run(const script_command& c) {
    if (c.name == "place")
      return place(c);
    if (c.name == "erase")
      return world_.erase(c.word(0)), "gone";
    if (c.name == "delete")
      return remove(c);
    if (c.name == "plan")
      return plan(c.word(0));
    if (c.name == "settle")
      return settle();
    if (c.name == "attempt")
      return attempt(std::stoi(c.word(0)));
    if (c.name == "told")
      return told();
    if (c.name == "pass")
      return pass(std::chrono::minutes{std::stoi(c.word(0))});
    if (c.name == "list")
      return list(c.word(0));
    if (c.name == "show")
      return show(*world_.view().get(c.word(0)), c.word(0));
    throw std::runtime_error{"unknown command " + c.name};
  }

private:
  std::string place(const script_command& c) {
    std::string out;
    std::istringstream lines{c.input};
    for (std::string line; std::getline(lines, line);)
      out += world_.place(line) + "\n";
    return out;
  }

  std::string remove(const script_command& c) {
    const auto answer = world_.remove(c.word(0), c.option("policy"));
    return answer.status.success ? "ok" : answer.status.message;
  }

  static std::string show(const codec::document& object,
                          const std::string& key) {
    const auto* resource = control::resource_of(key);
    auto copy = object.clone();
    auto& metadata = copy.object_at(copy.root(), 1);
    copy.erase(metadata, 17); // managedFields
    return codec::encode_json(copy.root(), resource->type) + "\n";
  }

  std::string plan(const std::string& key) {
    const auto what = spec_.reconcile(world_.view(), key);
    CHECK(what == spec_.reconcile(world_.view(), key));
    std::string out;
    for (const auto& action : what.actions) {
      out += to_string(action) + "\n";
      if (action.event && action.event->done)
        out += "  tells " + action.event->about.kind + " "
               + action.event->about.name + " " + to_string(*action.event->done)
               + "\n";
      if (action.body)
        out += "  " + show(*action.body, action.target);
    }
    if (what.again_at)
      out += "again at " + meta::format_time(*what.again_at) + "\n";
    return out.empty() ? "nothing" : out;
  }

  std::string pass(duration span) {
    world_.advance(span);
    return meta::format_time(world_.wall);
  }

  std::string settle() {
    runner_.settle();
    return written();
  }

  std::string attempt(int steps) {
    for (int i = 0; i < steps; ++i)
      runner_.step();
    return written();
  }

  std::string written() {
    std::string out;
    for (const auto& write : std::exchange(runner_.writes, {}))
      out += write + "\n";
    return out.empty() ? "nothing" : out;
  }

  std::string told() {
    std::string out;
    for (const auto& event : std::exchange(runner_.events, {}))
      out += event + "\n";
    return out.empty() ? "nothing" : out;
  }

  std::string list(const std::string& prefix) {
    std::string out;
    for (const auto& name : world_.names(prefix))
      out += name + "\n";
    return out.empty() ? "nothing" : out;
  }

  test::controller_world world_;
  controllers::controller_spec spec_;
  test::controller_runner runner_;
};

void run_all(const std::string& folder, const std::string& controller) {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/reconcile/" + folder)) {
    CAPTURE(file);
    script run{controller};
    for (auto& difference : test::run_script(
             file, [&](const script_command& c) { return run.run(c); }))
      FAIL_CHECK(difference);
  }
}

} // namespace

TEST_CASE("reconcile scripts: namespace") {
  run_all("namespace", "namespace");
}

TEST_CASE("reconcile scripts: garbage collector") {
  run_all("garbage_collector", "garbage-collector");
}

TEST_CASE("reconcile scripts: system namespaces") {
  run_all("system_namespaces", "system-namespaces");
}

TEST_CASE("reconcile scripts: event expiry") {
  run_all("event_expiry", "event-expiry");
}

TEST_CASE("reconcile scripts: node ipam") {
  run_all("node_ipam", "node-ipam");
}

TEST_CASE("reconcile scripts: replica set") {
  run_all("replica_set", "replicaset");
}

TEST_CASE("reconcile scripts: replication controller") {
  run_all("replication_controller", "replicationcontroller");
}

TEST_CASE("reconcile scripts: endpoint slice mirroring") {
  run_all("endpoint_slice_mirroring", "endpointslice-mirroring");
}

TEST_CASE("reconcile scripts: service account token") {
  run_all("service_account_token", "service-account-token");
}

TEST_CASE("reconcile scripts: endpoint slice") {
  run_all("endpoint_slice", "endpointslice");
}

TEST_CASE("reconcile scripts: endpoints") {
  run_all("endpoints", "endpoints");
}

TEST_CASE("reconcile scripts: kube dns") {
  run_all("kube_dns", "kube-dns");
}

TEST_CASE("reconcile scripts: kubernetes service") {
  run_all("kubernetes_service", "kubernetes-service");
}

TEST_CASE("reconcile scripts: service account") {
  run_all("service_account", "service-account");
}

TEST_CASE("reconcile scripts: root ca publisher") {
  run_all("root_ca_publisher", "root-ca-publisher");
}

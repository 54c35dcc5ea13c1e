#include "messages/view/core_v1.hpp"
#include "node/pod/admission.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace troupe;
using view_pod = view::core_v1::pod;

namespace {

codec::document with_ports(const std::string& ports) {
  return test::read_pod("metadata: {name: p}\nspec: {containers: [{name: x, "
                        "ports: ["
                        + ports + "]}]}");
}

} // namespace

TEST_CASE("a port of the node is one pod's", "[pod]") {
  struct {
    const char* name;
    const char* has;
    const char* wants;
    bool refused;
  } const rows[] = {
      {"the same", "{hostPort: 80}", "{hostPort: 80}", true},
      {"another", "{hostPort: 80}", "{hostPort: 81}", false},
      {"none", "{containerPort: 80}", "{containerPort: 80}", false},
      {"TCP by default", "{hostPort: 80, protocol: TCP}", "{hostPort: 80}",
       true},
      {"another protocol", "{hostPort: 80, protocol: UDP}", "{hostPort: 80}",
       false},
      {"one address", "{hostPort: 80, hostIP: 127.0.0.1}",
       "{hostPort: 80, hostIP: 127.0.0.1}", true},
      {"two addresses", "{hostPort: 80, hostIP: 127.0.0.1}",
       "{hostPort: 80, hostIP: 192.0.2.1}", false},
      {"all and one", "{hostPort: 80}", "{hostPort: 80, hostIP: 127.0.0.1}",
       true},
      {"one and all", "{hostPort: 80, hostIP: 127.0.0.1}",
       "{hostPort: 80, hostIP: 0.0.0.0}", true},
      {"one of several", "{hostPort: 1}, {hostPort: 2}",
       "{hostPort: 3}, {hostPort: 2}", true},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto has = with_ports(row.has);
    const auto wants = with_ports(row.wants);
    const std::vector others{view_pod{has}};
    const auto refused = pod::refuse_ports(view_pod{wants}, others);
    CHECK(refused.has_value() == row.refused);
    if (refused)
      CHECK(*refused
            == pod::refusal{"NodePorts",
                            "Predicate NodePorts failed: node(s) didn't have "
                            "free ports for the requested pod ports"});
    CHECK_FALSE(pod::refuse_ports(view_pod{wants}, {}));
  }
}

TEST_CASE("only what goes on running claims ports", "[pod]") {
  const auto init =
      test::read_pod("spec: {initContainers: [{name: i, ports: [{hostPort: "
                     "80}]}], containers: [{name: x}]}");
  CHECK_FALSE(pod::claims_ports(view_pod{init}));
  const auto sidecar = test::read_pod(
      "spec: {initContainers: [{name: i, restartPolicy: Always, ports: "
      "[{hostPort: 80}]}], containers: [{name: x}]}");
  CHECK(pod::claims_ports(view_pod{sidecar}));
  CHECK_FALSE(pod::claims_ports(view_pod{with_ports("{containerPort: 1}")}));
}

TEST_CASE("a pod sets only what others do not feel", "[pod]") {
  struct {
    const char* spec;
    const char* sysctl;
    const char* why;
  } const rows[] = {
      {"", "net.ipv4.tcp_syncookies", ""},
      {"", "net/ipv4/tcp_syncookies", ""},
      {"", "kernel.shm_rmid_forced", ""},
      {"hostIPC: true", "net.ipv4.tcp_rmem", ""},
      {"hostNetwork: true", "kernel.shm_rmid_forced", ""},
      {"", "net.core.somaxconn", "not allowlisted"},
      {"", "kernel.msgmax", "not allowlisted"},
      {"hostNetwork: true", "net.ipv4.tcp_rmem",
       "not allowed with host net enabled"},
      {"hostIPC: true", "kernel.shm_rmid_forced",
       "not allowed with host ipc enabled"},
  };
  for (const auto& row : rows) {
    INFO(row.spec << " " << row.sysctl);
    const auto wants = test::read_pod(
        std::string{"spec:\n  securityContext: {sysctls: [{name: "} + row.sysctl
        + ", value: \"1\"}]}\n  " + row.spec + "\n  containers: [{name: x}]");
    const auto refused = pod::refuse_sysctls(view_pod{wants});
    CHECK(refused.has_value() == (row.why[0] != '\0'));
    if (refused)
      CHECK(*refused
            == pod::refusal{"SysctlForbidden",
                            std::string{"forbidden sysctl: \""} + row.sysctl
                                + "\" " + row.why});
  }
}

#include "node/cgroup/hierarchies.hpp"
#include "node/sys/mount_table.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::cgroup;

namespace {

constexpr auto hybrid_table =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:7 - cgroup cgroup "
    "rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "36 31 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
    "37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    "50 31 0:32 / /elsewhere/memory rw - cgroup cgroup rw,memory\n";

constexpr auto v2_table =
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 "
    "rw,nsdelegate\n";

} // namespace

TEST_CASE("hierarchies are found in the mount table") {
  const auto found = find_hierarchies(hybrid_table, "/sys/fs/cgroup");
  CHECK(found.unified == "/sys/fs/cgroup/unified");
  CHECK(found.v1
        == decltype(found.v1){{"cpu", "/sys/fs/cgroup/cpu,cpuacct"},
                              {"cpuacct", "/sys/fs/cgroup/cpu,cpuacct"},
                              {"memory", "/sys/fs/cgroup/memory"},
                              {"devices", "/sys/fs/cgroup/devices"},
                              {"freezer", "/sys/fs/cgroup/freezer"}});
  const auto other = find_hierarchies(hybrid_table, "/elsewhere");
  CHECK(other.v1 == decltype(found.v1){{"memory", "/elsewhere/memory"}});
  CHECK(find_hierarchies(v2_table, "/sys/fs/cgroup").unified
        == "/sys/fs/cgroup");
}

TEST_CASE("the layout follows from the hierarchies") {
  auto found = find_hierarchies(hybrid_table, "/sys/fs/cgroup");
  CHECK(choose_layout(found).value() == layout::hybrid);
  CHECK(check_layout(found, layout::v1));
  found.unified.clear();
  CHECK(choose_layout(found).value() == layout::v1);
  CHECK_FALSE(check_layout(found, layout::hybrid));
  CHECK_FALSE(check_layout(found, layout::v2));
  found.v1.erase("devices");
  CHECK_FALSE(check_layout(found, layout::v1));
  CHECK(choose_layout(find_hierarchies(v2_table, "/sys/fs/cgroup")).value()
        == layout::v2);
  CHECK(choose_layout({}).error().code == errc::unsupported);
}

TEST_CASE("group paths") {
  for (const auto* good :
       {"", "a", "kubepods/burstable/pod1a2b-3c/web", "a.b_c:d@e"})
    CHECK(check_group(good));
  for (const auto* bad : {"/", "/a", "a/", "a//b", "..", "a/../b", ".", "a b",
                          "a\n", "a/./b", "\xc3\xa4"})
    CHECK(check_group(bad).error().code == errc::invalid_argument);
  CHECK_FALSE(check_group(std::string(256, 'a')));
}

TEST_CASE("the base is checked before anything is opened") {
  CHECK(open_cgroup_manager({.base = ""}).error().code
        == errc::invalid_argument);
  CHECK(open_cgroup_manager({.base = "../x"}).error().code
        == errc::invalid_argument);
}

TEST_CASE("mount tables") {
  const auto table = sys::parse_mount_table(
      "36 35 98:0 /mnt1 /mnt2\\040x rw,noatime master:1 - ext3 /dev/root rw\n"
      "nonsense\n"
      "\n"
      "37 35 0:1 / /a\\134b rw - tmpfs none rw");
  REQUIRE(table.size() == 2);
  CHECK(table[0]
        == sys::mount_entry{"/mnt1", "/mnt2 x", "ext3", "/dev/root", "rw"});
  CHECK(table[1].mount_point == "/a\\b");
  CHECK(sys::is_within("/a/b", "/a"));
  CHECK(sys::is_within("/a", "/a"));
  CHECK(sys::is_within("/a", "/"));
  CHECK_FALSE(sys::is_within("/ab", "/a"));
}

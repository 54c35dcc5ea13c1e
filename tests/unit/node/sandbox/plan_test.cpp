#include "messages/base/crc32c.hpp"
#include "node/sandbox/capabilities.hpp"
#include "node/sandbox/container_plan.hpp"
#include "node/sandbox/describe.hpp"
#include "node/sandbox/plan_writer.hpp"
#include "node/sandbox/seccomp_filter.hpp"
#include "tests/unit/messages/protocol/golden.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>

using namespace troupe;
using namespace troupe::sandbox;
using troupe::test::golden;

namespace {

bytes sample_plan() {
  plan_writer plan;
  plan.add(shim::op::enter_cgroup, {3});
  plan.add(shim::op::mount_filesystem, {14},
           {"proc", "/proc", "source", "proc"},
           shim::step_make_directory | shim::step_no_links);
  plan.add(shim::op::user, {1000, 2000, 3000});
  plan.add(shim::op::execute, {2}, {"echo", "hello", "PATH=/bin"});
  return std::move(plan).finish();
}

template <std::size_t Size>
void put(char (&to)[Size], const char* text) {
  std::strncpy(to, text, Size - 1);
}

shim::journal_record record(const char* id, std::uint16_t kind) {
  shim::journal_record made = {};
  made.magic = shim::journal_magic;
  made.version = shim::journal_version;
  made.kind = kind;
  made.pid = 4711;
  made.start_ticks = 99;
  made.started_at = 1'000'000'000;
  made.finished_at = kind == shim::journal_exited ? 2'000'000'000 : 0;
  made.status = kind == shim::journal_exited ? 0x0300 : 0;
  std::memset(made.boot_id, 7, sizeof(made.boot_id));
  put(made.id, id);
  const bytes_view all{reinterpret_cast<const char*>(&made), sizeof(made)};
  made.crc = crc32c(all.substr(offsetof(shim::journal_record, version)));
  return made;
}

bytes journal(const std::vector<shim::journal_record>& records) {
  bytes all;
  for (const auto& each : records)
    all.append(reinterpret_cast<const char*>(&each), sizeof(each));
  return all;
}

std::string text_of(int number, shim::op step, const char* detail,
                    std::uint16_t flags = 0) {
  shim::outcome how = {};
  how.error = number;
  how.step = static_cast<std::uint16_t>(step);
  how.flags = flags;
  put(how.detail, detail);
  return describe(how).message;
}

} // namespace

TEST_CASE("a plan's octets never change", "[sandbox]") {
  const auto made = sample_plan();
  CHECK(golden("shim/plan_v1.hex", made) == made);
}

TEST_CASE("a journal's octets never change", "[sandbox]") {
  const auto made = journal({record("web-0", shim::journal_exited)});
  CHECK(golden("shim/journal_v1.hex", made) == made);
}

TEST_CASE("messages' numbers never change", "[sandbox]") {
  CHECK(static_cast<int>(shim::message::shutdown) == 10);
  CHECK(static_cast<int>(shim::message::exec_exited) == 66);
  CHECK(offsetof(shim::start_request, flags) == 204);
  CHECK(offsetof(shim::start_reply, pid) == 272);
  CHECK(offsetof(shim::container_record, log_dropped) == 160);
  CHECK(offsetof(shim::resize_request, columns) == 136);
}

TEST_CASE("a plan is read as it was written", "[sandbox]") {
  const auto data = sample_plan();
  shim::plan_reader plan{data.data(), data.size()};
  shim::step step;
  REQUIRE(plan.next(step));
  CHECK(step.what == shim::op::enter_cgroup);
  CHECK(step.numbers[0] == 3);
  REQUIRE(plan.next(step));
  CHECK(step.string_count == 4);
  REQUIRE(plan.next(step));
  CHECK(step.number_count == 3);
  CHECK(step.numbers[2] == 3000);
  REQUIRE(plan.next(step));
  CHECK(std::string{step.strings} == "echo");
  CHECK(!plan.next(step));
  CHECK(plan.valid());
  shim::plan_reader cut{data.data(), data.size() - 8};
  CHECK(!cut.next(step));
  CHECK(!cut.valid());
}

TEST_CASE("capabilities are added and dropped by name", "[sandbox]") {
  const auto mask = [](std::vector<std::string> add,
                       std::vector<std::string> drop) {
    security_spec spec;
    spec.capabilities = {std::move(add), std::move(drop)};
    return capability_mask(spec);
  };
  CHECK(*mask({}, {}) == 0xa80425fb);
  CHECK(*mask({}, {"ALL"}) == 0);
  CHECK(*mask({"NET_BIND_SERVICE"}, {"ALL"}) == 1 << 10);
  CHECK(*mask({"ALL"}, {"CAP_CHOWN"}) == 0x1fffffffffe);
  CHECK(*mask({"CAP_SYS_ADMIN"}, {"KILL"}) == (0xa82425fb & ~(1 << 5)));
  CHECK(mask({"net_admin"}, {}).error().code == errc::invalid_argument);
}

TEST_CASE("failures are told as users know them", "[sandbox]") {
  using shim::op;
  CHECK(text_of(ENOENT, op::execute, "foo")
        == "exec: \"foo\": executable file not found in $PATH");
  CHECK(text_of(ENOENT, op::execute, "./foo")
        == "exec: \"./foo\": stat ./foo: no such file or directory");
  CHECK(text_of(EACCES, op::execute, "/etc")
        == "exec: \"/etc\": permission denied");
  CHECK(text_of(ENOEXEC, op::execute, "/bin/x", shim::failed_found)
        == "exec /bin/x: exec format error");
  CHECK(text_of(E2BIG, op::execute, "/bin/x", shim::failed_found)
        == "exec /bin/x: argument list too long");
  CHECK(text_of(ENOTDIR, op::mount_descriptor, "/etc/hosts")
        == "mount /etc/hosts: not a directory");
  CHECK(text_of(ENOENT, op::working_directory, "/x")
        == "chdir to cwd (\"/x\") failed: no such file or directory");
}

TEST_CASE("a journal says what is known", "[sandbox]") {
  auto data = journal({record("a", shim::journal_started),
                       record("b", shim::journal_started),
                       record("a", shim::journal_exited)});
  auto torn = data.substr(0, 50);
  const auto entries = parse_journal(data + torn);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].state.id == "a");
  CHECK(entries[0].state.phase == container_phase::exited);
  CHECK(entries[0].state.exit->code == 3);
  CHECK(entries[0].boot_id == std::string(16, '\7'));
  CHECK(entries[1].state.phase == container_phase::lost);
  CHECK(entries[1].start_ticks == 99);
  // One that was torn in the middle hides itself alone.
  const auto mended = parse_journal(torn + data);
  CHECK(mended.size() == 2);
  data[60] = static_cast<char>(data[60] ^ 1);
  CHECK(parse_journal(data).size() == 2);
  CHECK(parse_journal("").empty());
}

TEST_CASE("containers see the machine's cgroup hierarchies", "[sandbox]") {
  const auto views = cgroup_views(sys::parse_mount_table(
      "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup "
      "rw,cpu,cpuacct\n"
      "33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
      "rw,xattr,release_agent=/lib/x,name=systemd\n"
      "34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "35 31 0:32 / /somewhere rw - cgroup cgroup rw,pids\n"));
  CHECK(views
        == std::vector<cgroup_view>{
            {"cgroup", "cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"},
            {"cgroup", "name=systemd", "/sys/fs/cgroup/systemd"},
            {"cgroup2", "", "/sys/fs/cgroup/unified"}});
}

TEST_CASE("rude specs are refused", "[sandbox]") {
  const auto make = [] {
    container_spec spec;
    spec.id = "web-0";
    spec.rootfs = {{"/layer"}, "/upper", "/work"};
    spec.args = {"true"};
    spec.log.path = "/logs/0.log";
    return spec;
  };
  CHECK(validate(make()));
  const auto refused = [&](auto change) {
    auto spec = make();
    change(spec);
    return !validate(spec);
  };
  CHECK(refused([](auto& s) { s.id = "../x"; }));
  CHECK(refused([](auto& s) { s.id = std::string(128, 'x'); }));
  CHECK(refused([](auto& s) { s.args = {std::string{"a\0b", 3}}; }));
  CHECK(refused([](auto& s) { s.env = {std::string(3 << 20, 'x')}; }));
  CHECK(refused([](auto& s) { s.cwd = "tmp"; }));
  CHECK(refused([](auto& s) { s.rootfs.layers.clear(); }));
  CHECK(refused([](auto& s) { s.rootfs.layers.resize(451, "/layer"); }));
  CHECK(refused([](auto& s) { s.mounts.push_back({bind_source{"/x"}, "/"}); }));
  CHECK(refused([](auto& s) { s.mounts.push_back({bind_source{"x"}, "/x"}); }));
  CHECK(refused([](auto& s) { s.mounts.resize(221); }));
  CHECK(refused([](auto& s) { s.oom_score_adj = 1001; }));
  CHECK(refused([](auto& s) { s.log.path = "/logs/"; }));
  CHECK(refused([](auto& s) { s.security.groups.resize(257); }));
  CHECK(refused([](auto& s) { s.security.masked_paths = {"proc"}; }));
  CHECK(refused([](auto& s) { s.security.read_only_paths = {""}; }));
}

TEST_CASE("the default filter is small", "[sandbox]") {
  const auto usual = default_filter(0xa80425fb);
  REQUIRE(usual);
  CHECK(usual->size() > 100);
  CHECK(usual->size() < 4096);
  const auto admin = default_filter(0xa80425fb | sys_admin_bit);
  REQUIRE(admin);
  CHECK(*admin != *usual);
}

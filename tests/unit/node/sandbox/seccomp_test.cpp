#include "node/sandbox/seccomp_file.hpp"
#include "node/sandbox/seccomp_filter.hpp"
#include "node/sandbox/seccomp_profile.hpp"
#include "node/sys/file_tree.hpp"

#include <catch2/catch.hpp>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace troupe;
using namespace troupe::sandbox;

namespace {

constexpr kernel_version this_one{6, 1};
constexpr std::uint64_t sys_ptrace_bit = std::uint64_t{1} << 19;
constexpr std::uint32_t eperm = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t enosys = SECCOMP_RET_ERRNO | ENOSYS;

seccomp_rules parse(const std::string& text) {
  const auto parsed = parse_seccomp_profile(text);
  if (!parsed)
    FAIL(parsed.error().message);
  return *parsed;
}

std::string refusal(const std::string& text) {
  const auto parsed = parse_seccomp_profile(text);
  return parsed ? "it is fine" : parsed.error().message;
}

/// A profile that allows nothing but what `calls` say.
std::string profile_of(const std::string& calls) {
  return R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)" + calls + "]}";
}

/// Judges a call as the kernel would.
class judge {
public:
  explicit judge(const std::string& profile, std::uint64_t capabilities = 0) {
    auto made = profile_filter(parse(profile), capabilities, this_one);
    if (!made)
      FAIL(made.error().message);
    filter_ = std::move(*made);
    CHECK(filter_.size() <= BPF_MAXINSNS);
  }

  std::uint32_t operator()(int number, std::uint64_t first = 0,
                           std::uint64_t second = 0,
                           std::uint32_t architecture = AUDIT_ARCH_X86_64) {
    seccomp_data call = {};
    call.nr = number;
    call.arch = architecture;
    call.args[0] = first;
    call.args[1] = second;
    std::uint32_t accumulator = 0;
    for (std::size_t at = 0; at < filter_.size(); ++at) {
      sock_filter one;
      std::memcpy(&one, &filter_[at], sizeof(one));
      const auto jump = [&](bool holds) { at += holds ? one.jt : one.jf; };
      switch (one.code) {
        case BPF_LD | BPF_W | BPF_ABS:
          REQUIRE(one.k + 4 <= sizeof(call));
          std::memcpy(&accumulator, reinterpret_cast<char*>(&call) + one.k, 4);
          break;
        case BPF_ALU | BPF_AND | BPF_K:
          accumulator &= one.k;
          break;
        case BPF_JMP | BPF_JA:
          at += one.k;
          break;
        case BPF_JMP | BPF_JEQ | BPF_K:
          jump(accumulator == one.k);
          break;
        case BPF_JMP | BPF_JGT | BPF_K:
          jump(accumulator > one.k);
          break;
        case BPF_JMP | BPF_JGE | BPF_K:
          jump(accumulator >= one.k);
          break;
        case BPF_RET | BPF_K:
          return one.k;
        default:
          FAIL("instruction " << one.code);
      }
    }
    FAIL("the program has no end");
    return 0;
  }

private:
  std::vector<std::uint64_t> filter_;
};

} // namespace

TEST_CASE("a profile is read", "[sandbox]") {
  const auto read = parse(R"({
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
    "archMap": [
      {"architecture": "SCMP_ARCH_AARCH64",
       "subArchitectures": ["SCMP_ARCH_ARM"]},
      {"architecture": "SCMP_ARCH_X86_64",
       "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
    "flags": ["SECCOMP_FILTER_FLAG_TSYNC"],
    "syscalls": [
      {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": null,
       "comment": "", "includes": {}, "excludes": {}},
      {"name": "ptrace", "action": "SCMP_ACT_TRACE", "errnoRet": 7,
       "args": [{"index": 1, "value": 4294967295, "valueTwo": 2,
                 "op": "SCMP_CMP_MASKED_EQ"}],
       "includes": {"minKernel": "4.8", "caps": ["CAP_SYS_PTRACE"]},
       "excludes": {"arches": ["s390", "s390x"]}}]})");
  CHECK(read.otherwise == enosys);
  CHECK(read.architectures
        == std::vector<std::string>{"SCMP_ARCH_X86", "SCMP_ARCH_X32"});
  REQUIRE(read.rules.size() == 2);
  CHECK(read.rules[0]
        == seccomp_rule{{"read", "write"}, SECCOMP_RET_ALLOW, {}, {}, {}});
  CHECK(read.rules[1]
        == seccomp_rule{{"ptrace"},
                        SECCOMP_RET_TRACE | 7,
                        {{1, seccomp_operator::masked_equal, 4294967295, 2}},
                        {{}, {"CAP_SYS_PTRACE"}, kernel_version{4, 8}},
                        {{"s390", "s390x"}, {}, {}}});
}

TEST_CASE("what is wrong with a profile is told", "[sandbox]") {
  CHECK(refusal("") == "unexpected end of JSON input");
  CHECK(refusal("[]") == "a profile must be an object");
  CHECK(refusal("{}") == "defaultAction: \"\" is no action");
  CHECK(refusal(R"({"defaultAction": "ALLOW"})")
        == "defaultAction: \"ALLOW\" is no action");
  CHECK(refusal(R"({"defaultAction": 1})")
        == "defaultAction: must be a string");
  CHECK(refusal(R"({"defaultAction": "SCMP_ACT_NOTIFY"})")
        == "defaultAction: SCMP_ACT_NOTIFY is not supported by this node");
  CHECK(refusal(R"({"defaultAction": "SCMP_ACT_LOG", "flags": ["X"]})")
        == "flags: \"X\" is not supported by this node");
  CHECK(refusal(R"({"defaultAction": "SCMP_ACT_LOG", "architectures": ["A"],
                    "archMap": [{}]})")
        == "architectures: must not be there beside archMap");
  const std::pair<const char*, const char*> calls[] = {
      {"1", "syscalls[0]: must be an object"},
      {R"({"names": ["read"]})", "syscalls[0].action: \"\" is no action"},
      {R"({"names": "read"})", "syscalls[0].names: must be a list"},
      {R"({"names": [1]})", "syscalls[0].names: must hold strings only"},
      {R"({"names": [""], "action": "SCMP_ACT_LOG"})",
       "syscalls[0].names: must not be empty strings"},
      {R"({"names": ["a"], "name": "b"})",
       "syscalls[0].name: must not be there beside names"},
      {R"({"action": "SCMP_ACT_ERRNO", "errnoRet": -1})",
       "syscalls[0].errnoRet: must be an integer from 0 to 65535"},
      {R"({"action": "SCMP_ACT_LOG", "args": [1]})",
       "syscalls[0].args[0]: must be an object"},
      {R"({"action": "SCMP_ACT_LOG", "args": [{"index": 6}]})",
       "syscalls[0].args[0].index: must be an integer from 0 to 5"},
      {R"({"action": "SCMP_ACT_LOG", "args": [{"value": 0.5}]})",
       "syscalls[0].args[0].value: must be an integer from 0 to "
       "9223372036854775807"},
      {R"({"action": "SCMP_ACT_LOG", "args": [{"op": "=="}]})",
       "syscalls[0].args[0].op: \"==\" is no operator"},
      {R"({"action": "SCMP_ACT_LOG", "includes": []})",
       "syscalls[0].includes: must be an object"},
      {R"({"action": "SCMP_ACT_LOG", "excludes": {"minKernel": "new"}})",
       "syscalls[0].excludes.minKernel: \"new\" is no version of a kernel"},
      {R"({"action": "SCMP_ACT_LOG", "includes": {"caps": [true]}})",
       "syscalls[0].includes.caps: must hold strings only"}};
  for (const auto& [call, wanted] : calls)
    CHECK(refusal(profile_of(call)) == wanted);
}

TEST_CASE("a profile has limits", "[sandbox]") {
  const auto profile = [](std::size_t names) {
    std::string list;
    for (std::size_t i = 0; i < names; ++i)
      list += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\"";
    return profile_of("{\"names\": [" + list
                      + "], \"action\": \"SCMP_ACT_ALLOW\"}");
  };
  CHECK(refusal(profile(profile_rules_max)) == "it is fine");
  CHECK(refusal(profile(profile_rules_max + 1))
        == "syscalls[0]: more than 4096 calls and conditions");
  CHECK(refusal(std::string(profile_size_max + 1, ' '))
        == "more than 1048576 octets");
  CHECK(refusal(std::string(64, '[') + std::string(64, ']')) != "it is fine");
  // A condition may take several instructions.
  std::string calls;
  for (int i = 0; i < 2000; ++i) {
    const auto value =
        R"("value": )" + std::to_string(i * 7) + R"(, "op": "SCMP_CMP_EQ"})";
    calls += (i == 0 ? "" : ",")
             + (R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
                    {"index": 0, )"
                + value + R"(, {"index": 1, )" + value + "]}");
  }
  const auto filter = profile_filter(parse(profile_of(calls)), 0, this_one);
  REQUIRE(!filter);
  CHECK(filter.error().message == "the filter has more than 4096 instructions");
}

TEST_CASE("rules hold where they say", "[sandbox]") {
  const auto selected = [](const std::string& scopes,
                           std::uint64_t capabilities = 0,
                           kernel_version kernel = this_one) {
    const auto profile = parse(profile_of(
        R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", )" + scopes + "}"));
    return select_rules(profile, capabilities, kernel).size() == 1;
  };
  CHECK(selected(R"("includes": {}, "excludes": {})"));
  CHECK(selected(R"("includes": {"arches": ["arm", "amd64"]})"));
  CHECK_FALSE(selected(R"("includes": {"arches": ["arm"]})"));
  CHECK_FALSE(selected(R"("excludes": {"arches": ["arm", "amd64"]})"));
  CHECK(selected(R"("excludes": {"arches": ["arm"]})"));
  const auto* included = R"("includes": {"caps": ["CAP_SYS_PTRACE"]})";
  CHECK_FALSE(selected(included));
  CHECK(selected(included, sys_ptrace_bit));
  const auto* excluded = R"("excludes": {"caps": ["CAP_FLY",
                                                  "CAP_SYS_PTRACE"]})";
  CHECK(selected(excluded));
  CHECK_FALSE(selected(excluded, sys_ptrace_bit));
  CHECK_FALSE(selected(R"("includes": {"caps": ["CAP_SYS_PTRACE", "CAP_FLY"]})",
                       ~std::uint64_t{0}));
  const auto* newer = R"("includes": {"minKernel": "5.10"})";
  CHECK(selected(newer, 0, {5, 10}));
  CHECK(selected(newer, 0, {6, 0}));
  CHECK_FALSE(selected(newer, 0, {5, 9}));
  CHECK_FALSE(selected(R"("excludes": {"minKernel": "5.10"})", 0, {5, 10}));
  CHECK(parse_kernel_version("6.18.44-x") == kernel_version{6, 18});
  CHECK(parse_kernel_version("4.8") == kernel_version{4, 8});
  for (const auto* bad : {"", "6", "6.", ".1", "x.1", "-1.2"})
    CHECK_FALSE(parse_kernel_version(bad));
}

TEST_CASE("a filter does what its profile says", "[sandbox]") {
  judge few{profile_of(
      R"({"names": ["read", "no_such_call"], "action": "SCMP_ACT_ALLOW"},
         {"names": ["openat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
         {"names": ["mkdir"], "action": "SCMP_ACT_KILL_PROCESS"},
         {"names": ["chdir"], "action": "SCMP_ACT_ERRNO"})")};
  CHECK(few(SYS_read) == SECCOMP_RET_ALLOW);
  CHECK(few(SYS_write) == eperm);
  CHECK(few(SYS_chdir) == eperm);
  CHECK(few(SYS_openat2) == (SECCOMP_RET_ERRNO | EACCES));
  CHECK(few(SYS_mkdir) == SECCOMP_RET_KILL_PROCESS);
  // Newer than what the profile knows: programs fall back.
  CHECK(few(SYS_openat2 + 1) == enosys);
  CHECK(few(SYS_read, 0, 0, AUDIT_ARCH_I386) == SECCOMP_RET_KILL_THREAD);
  judge open{R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures":
                 ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "syscalls":
                 [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]})"};
  CHECK(open(SYS_mkdir) == eperm);
  CHECK(open(SYS_openat2 + 1) == SECCOMP_RET_ALLOW);
  CHECK(open(39, 0, 0, AUDIT_ARCH_I386) == eperm);
  CHECK(open(3, 0, 0, AUDIT_ARCH_I386) == SECCOMP_RET_ALLOW);
  judge logs{R"({"defaultAction": "SCMP_ACT_LOG"})"};
  CHECK(logs(SYS_read) == SECCOMP_RET_LOG);
}

TEST_CASE("arguments are compared", "[sandbox]") {
  const auto rule = [](const std::string& args) {
    return profile_of(R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW",
                          "args": [)"
                      + args + "]}");
  };
  const auto compare = [&](const char* name, std::uint64_t argument) {
    judge one{rule(R"({"index": 0, "value": 5, "op": "SCMP_CMP_)"
                   + std::string{name} + "\"}")};
    return one(SYS_socket, argument) == SECCOMP_RET_ALLOW;
  };
  CHECK((compare("NE", 4) && !compare("NE", 5)));
  CHECK((compare("LT", 4) && !compare("LT", 5)));
  CHECK((compare("LE", 5) && !compare("LE", 6)));
  CHECK((compare("EQ", 5) && !compare("EQ", 6)));
  CHECK((compare("GE", 5) && !compare("GE", 4)));
  CHECK((compare("GT", 6) && !compare("GT", 5)));
  judge masked{rule(R"({"index": 0, "value": 12, "valueTwo": 4,
                        "op": "SCMP_CMP_MASKED_EQ"})")};
  CHECK(masked(SYS_socket, 0x35) == SECCOMP_RET_ALLOW);
  CHECK(masked(SYS_socket, 0x3d) == eperm);
  judge both{rule(R"({"index": 0, "value": 1, "op": "SCMP_CMP_EQ"},
                     {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"})")};
  CHECK(both(SYS_socket, 1, 2) == SECCOMP_RET_ALLOW);
  CHECK(both(SYS_socket, 1, 3) == eperm);
  judge either{rule(R"({"index": 0, "value": 1, "op": "SCMP_CMP_EQ"},
                       {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"})")};
  CHECK(either(SYS_socket, 1) == SECCOMP_RET_ALLOW);
  CHECK(either(SYS_socket, 2) == SECCOMP_RET_ALLOW);
  CHECK(either(SYS_socket, 3) == eperm);
}

TEST_CASE("an architecture must exist", "[sandbox]") {
  for (const auto* name : {"x86", "SCMP_ARCH_", "SCMP_ARCH_PDP11"}) {
    const auto filter = profile_filter(
        parse(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": [")"
              + std::string{name} + "\"]}"),
        0, this_one);
    REQUIRE(!filter);
    CHECK(filter.error().message
          == "the architecture \"" + std::string{name} + "\" is unknown");
  }
}

TEST_CASE("a profile is a file below its root", "[sandbox]") {
  char made[] = "/tmp/troupe-seccomp-XXXXXX";
  REQUIRE(mkdtemp(made) != nullptr);
  const std::string base{made};
  const auto root = base + "/seccomp";
  const auto fault = [&](const std::string& name) {
    const auto text = read_seccomp_profile(root, name);
    return text ? "it is fine" : text.error().message;
  };
  const auto missing = "cannot load seccomp profile \"" + root
                       + "/a/b.json\": open " + root
                       + "/a/b.json: no such file or directory";
  CHECK(fault("a/b.json") == missing);
  std::filesystem::create_directories(root + "/a");
  CHECK(fault("a/b.json") == missing);
  const auto allow = R"({"defaultAction": "SCMP_ACT_ALLOW"})";
  std::ofstream{root + "/a/b.json"} << allow;
  CHECK(read_seccomp_profile(root, "a/b.json").value() == allow);
  std::ofstream{base + "/outside.json"} << allow;
  std::filesystem::create_symlink("../outside.json", root + "/out.json");
  std::filesystem::create_symlink("/a/b.json", root + "/in.json");
  CHECK(fault("out.json").ends_with(": no such file or directory"));
  CHECK(fault("../outside.json").ends_with(": no such file or directory"));
  CHECK(fault("in.json") == "it is fine");
  CHECK(fault("a").ends_with("\": it is no regular file"));
  REQUIRE(mkfifo((root + "/pipe").c_str(), 0600) == 0);
  CHECK(fault("pipe").ends_with("\": it is no regular file"));
  std::ofstream{root + "/big"} << std::string(profile_size_max + 1, ' ');
  CHECK(fault("big").ends_with("\": it has more than 1048576 octets"));
  std::ofstream{root + "/bad"} << "{";
  CHECK(fault("bad")
        == "decoding seccomp profile failed \"" + root
               + "/bad\": unexpected end of JSON input");
  CHECK(sys::delete_tree(base));
}

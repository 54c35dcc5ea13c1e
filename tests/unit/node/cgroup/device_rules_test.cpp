#include "node/cgroup/device_rules.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace troupe::cgroup;

namespace {

/// Runs a program of the few instructions that are used, as the kernel would.
class machine {
public:
  explicit machine(const std::vector<bpf_insn>& program) : program_(program) {}

  bool allows(char type, std::uint32_t access, std::uint32_t major,
              std::uint32_t minor) {
    const std::uint32_t kind =
        type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
    context_ = {access << 16 | kind, major, minor};
    for (std::size_t at = 0;; ++at) {
      REQUIRE(at < program_.size());
      const auto& one = program_[at];
      if (one.code == (BPF_JMP | BPF_EXIT))
        return registers_[0] == 1;
      if (one.code == (BPF_JMP32 | BPF_JNE | BPF_K)) {
        if (registers_[one.dst_reg] != static_cast<std::uint32_t>(one.imm))
          at += static_cast<std::size_t>(one.off);
        continue;
      }
      compute(one);
    }
  }

private:
  void compute(const bpf_insn& one) {
    auto& to = registers_[one.dst_reg];
    const auto value = static_cast<std::uint32_t>(one.imm);
    if (one.code == (BPF_LDX | BPF_MEM | BPF_W))
      to = context_.at(static_cast<std::size_t>(one.off) / 4);
    else if (one.code == (BPF_ALU | BPF_MOV | BPF_X))
      to = registers_[one.src_reg];
    else if (one.code == (BPF_ALU | BPF_MOV | BPF_K))
      to = value;
    else if (one.code == (BPF_ALU | BPF_AND | BPF_K))
      to &= value;
    else if (one.code == (BPF_ALU | BPF_RSH | BPF_K))
      to >>= value;
    else
      FAIL("an instruction that is not used");
  }

  const std::vector<bpf_insn>& program_;
  std::array<std::uint32_t, 3> context_{};
  std::array<std::uint32_t, 11> registers_{};
};

constexpr auto making = BPF_DEVCG_ACC_MKNOD;
constexpr auto reading = BPF_DEVCG_ACC_READ;
constexpr auto writing = BPF_DEVCG_ACC_WRITE;

} // namespace

TEST_CASE("rules as v1 writes them") {
  CHECK(to_text({'c', 1, 3}) == "c 1:3 rwm");
  CHECK(to_text({'b', 8, {}, true, false, true}) == "b 8:* rm");
  CHECK(to_text({'c', {}, {}, false, false, true}) == "c *:* m");
}

TEST_CASE("a program allows what a rule allows") {
  const auto program = make_device_program(usual_device_rules());
  machine usual{program};
  for (const auto minor : {3, 5, 7, 8, 9})
    CHECK(usual.allows('c', reading | writing, 1,
                       static_cast<std::uint32_t>(minor)));
  for (const auto minor : {0, 1, 2})
    CHECK(usual.allows('c', reading | writing, 5,
                       static_cast<std::uint32_t>(minor)));
  CHECK(usual.allows('c', reading, 136, 77));
  CHECK(usual.allows('c', making, 1, 11));
  CHECK(usual.allows('b', making, 8, 0));
  CHECK_FALSE(usual.allows('c', writing, 1, 11));
  CHECK_FALSE(usual.allows('c', making | reading, 1, 11));
  CHECK_FALSE(usual.allows('b', reading, 8, 0));
  CHECK_FALSE(usual.allows('b', reading, 1, 3));
  CHECK_FALSE(usual.allows('c', reading, 10, 200));
}

TEST_CASE("a program holds numbers of any size") {
  const auto program =
      make_device_program({{'b', 0xffffffff, 0x80000000, true, false, false}});
  machine one{program};
  CHECK(one.allows('b', reading, 0xffffffff, 0x80000000));
  CHECK_FALSE(one.allows('b', writing, 0xffffffff, 0x80000000));
  CHECK_FALSE(one.allows('b', reading, 0xffffffff, 0));
  const auto none = make_device_program({});
  machine closed{none};
  CHECK_FALSE(closed.allows('c', reading, 1, 3));
}

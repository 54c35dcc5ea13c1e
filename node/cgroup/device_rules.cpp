#include "node/cgroup/device_rules.hpp"

#include <cstddef>

namespace troupe::cgroup {

namespace {

constexpr int result_register = 0;
constexpr int context_register = 1; ///< bpf_cgroup_dev_ctx, then scratch
constexpr int type_register = 2;
constexpr int access_register = 3;
constexpr int major_register = 4;
constexpr int minor_register = 5;

constexpr std::uint32_t all_access =
    BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

bpf_insn instruction(int code, int to, int from, int offset,
                     std::uint32_t value) {
  bpf_insn made = {};
  made.code = static_cast<std::uint8_t>(code);
  made.dst_reg = static_cast<std::uint8_t>(to) & 0xf;
  made.src_reg = static_cast<std::uint8_t>(from) & 0xf;
  made.off = static_cast<std::int16_t>(offset);
  made.imm = static_cast<std::int32_t>(value);
  return made;
}

bpf_insn load(int to, std::size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, context_register,
                     static_cast<int>(offset), 0);
}

bpf_insn compute(int operation, int to, std::uint32_t value) {
  return instruction(BPF_ALU | operation | BPF_K, to, 0, 0, value);
}

bpf_insn copy(int to, int from) {
  return instruction(BPF_ALU | BPF_MOV | BPF_X, to, from, 0, 0);
}

void answer(std::vector<bpf_insn>& program, std::uint32_t allowed) {
  program.push_back(compute(BPF_MOV, result_register, allowed));
  program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

std::uint32_t access_of(const device_rule& rule) {
  std::uint32_t access = 0;
  if (rule.make)
    access |= BPF_DEVCG_ACC_MKNOD;
  if (rule.read)
    access |= BPF_DEVCG_ACC_READ;
  if (rule.write)
    access |= BPF_DEVCG_ACC_WRITE;
  return access;
}

/// Jumps behind the rule, to where the caller fills in, unless equal.
bpf_insn unless_equal(int what, std::uint32_t value) {
  return instruction(BPF_JMP32 | BPF_JNE | BPF_K, what, 0, 0, value);
}

void add_rule(std::vector<bpf_insn>& program, const device_rule& rule) {
  const auto first = program.size();
  program.push_back(unless_equal(type_register, rule.type == 'b'
                                                    ? BPF_DEVCG_DEV_BLOCK
                                                    : BPF_DEVCG_DEV_CHAR));
  if (const auto allowed = access_of(rule); allowed != all_access) {
    program.push_back(copy(context_register, access_register));
    program.push_back(compute(BPF_AND, context_register, ~allowed));
    program.push_back(unless_equal(context_register, 0));
  }
  if (rule.major)
    program.push_back(unless_equal(major_register, *rule.major));
  if (rule.minor)
    program.push_back(unless_equal(minor_register, *rule.minor));
  answer(program, 1);
  for (auto at = first; at < program.size(); ++at)
    if (program[at].code == (BPF_JMP32 | BPF_JNE | BPF_K))
      program[at].off = static_cast<std::int16_t>(program.size() - at - 1);
}

} // namespace

const std::vector<device_rule>& usual_device_rules() {
  static const std::vector<device_rule> rules{
      {'c', {}, {}, false, false, true},
      {'b', {}, {}, false, false, true},
      {'c', 1, 3},   // null
      {'c', 1, 5},   // zero
      {'c', 1, 7},   // full
      {'c', 1, 8},   // random
      {'c', 1, 9},   // urandom
      {'c', 5, 0},   // tty
      {'c', 5, 1},   // console
      {'c', 5, 2},   // ptmx
      {'c', 136, {}} // pts/*
  };
  return rules;
}

std::string to_text(const device_rule& rule) {
  const auto number = [](const std::optional<std::uint32_t>& value) {
    return value ? std::to_string(*value) : std::string{"*"};
  };
  return std::string{rule.type} + " " + number(rule.major) + ":"
         + number(rule.minor) + " " + (rule.read ? "r" : "")
         + (rule.write ? "w" : "") + (rule.make ? "m" : "");
}

std::vector<bpf_insn>
make_device_program(const std::vector<device_rule>& rules) {
  constexpr int type_bits = 16;
  constexpr std::uint32_t type_mask = 0xffff;
  std::vector<bpf_insn> program{
      load(type_register, offsetof(bpf_cgroup_dev_ctx, access_type)),
      copy(access_register, type_register),
      compute(BPF_AND, type_register, type_mask),
      compute(BPF_RSH, access_register, type_bits),
      load(major_register, offsetof(bpf_cgroup_dev_ctx, major)),
      load(minor_register, offsetof(bpf_cgroup_dev_ctx, minor))};
  for (const auto& rule : rules)
    add_rule(program, rule);
  answer(program, 0);
  return program;
}

} // namespace troupe::cgroup

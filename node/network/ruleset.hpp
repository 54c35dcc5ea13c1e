#pragma once

#include "messages/base/bytes.hpp"
#include "messages/base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// A table of nftables as a value, and the way from one to another as commands
/// of nft(8). Pure.
///
///     const auto step = change(before, after, "inet t");
///     run(step.commands);  // one transaction: traffic sees one or the other
///     run(step.leftovers); // chains nothing leads to any more
namespace troupe::network {

struct ruleset {
  /// A named set or map.
  struct set {
    /// "set { type ipv4_addr; }", "map { type … : verdict; }": as declared,
    /// the name left out.
    std::string declaration;
    /// Key to verdict; of a set the verdicts are empty. What packets add by
    /// themselves is not told here.
    std::map<std::string, std::string> elements;

    friend bool operator==(const set&, const set&) = default;
  };

  struct chain {
    /// "type nat hook output priority -100"; empty: one that is jumped to.
    std::string hook;
    std::vector<std::string> rules;

    friend bool operator==(const chain&, const chain&) = default;
  };

  std::map<std::string, set> sets;
  std::map<std::string, chain> chains;

  friend bool operator==(const ruleset&, const ruleset&) = default;
};

struct ruleset_change {
  std::string commands;
  /// To run once the commands were: kernels before 6.2 hold on to a chain that
  /// was led to for a moment.
  std::vector<std::string> leftovers;
};

/// What brings the table, which exists, from `before` to `after`. Chains and
/// sets that are the same stay untouched, with what packets added to them.
/// Where one of them is now declared otherwise the table is rewritten.
ruleset_change change(const ruleset& before, const ruleset& after,
                      std::string_view table);

/// Makes the table anew, whatever there was: what packets added is lost.
std::string rewrite(const ruleset& after, std::string_view table);

/// Takes rules and elements away, but not what packets added. To be run with
/// the change from `found` to another in one transaction.
std::string empty(const ruleset& found, std::string_view table);

/// The declarations in what "list table" printed: no rules, no elements.
/// `corrupt` when it makes no sense.
result<ruleset> read_declarations(bytes_view printed);

/// The declaration of a set that packets add to; what is in it goes after a
/// time.
std::string timed_set(std::string_view type, std::int64_t seconds);

} // namespace troupe::network

#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Runs text scripts whose expected half is the output itself.
///
///     # A comment; kept as it is.
///     propose a payload=x
///     optional input lines
///     ----
///     what the command printed, up to the next blank line
///
/// With TROUPE_REWRITE=1 in the environment the expected halves are replaced
/// by what was printed: read the difference before keeping it.
namespace troupe::test {

struct script_command {
  std::string name;
  std::vector<std::string> words;             ///< arguments without '='
  std::map<std::string, std::string> options; ///< arguments `key=value`
  std::string input;                          ///< lines before the `----`
  std::size_t line = 0;                       ///< in the script, from 1

  /// The option's value, or `fallback`.
  std::string option(const std::string& key, std::string fallback = "") const;

  /// Word number `i`; throws naming the line if there is none.
  const std::string& word(std::size_t i) const;
};

/// What a command prints; a final newline is added, blank lines are dropped.
using script_handler = std::function<std::string(const script_command&)>;

/// Runs the script and returns one text per command that printed something
/// else; empty means it passed. Throws `std::runtime_error` if the file cannot
/// be read or is malformed.
std::vector<std::string> run_script(const std::filesystem::path& file,
                                    const script_handler& handler);

/// The `.txt` files of a folder, sorted; throws if there is none.
std::vector<std::filesystem::path>
scripts_in(const std::filesystem::path& folder);

} // namespace troupe::test

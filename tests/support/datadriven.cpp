#include "tests/support/datadriven.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace troupe::test {

namespace {

std::vector<std::string> read_lines(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in)
    throw std::runtime_error{"cannot read " + file.string()};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

script_command parse(const std::string& text, std::size_t line) {
  script_command c;
  c.line = line;
  std::istringstream in{text};
  in >> c.name;
  for (std::string word; in >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos)
      c.words.push_back(word);
    else
      c.options[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return c;
}

/// Ends every line and drops blank ones, which would end the expected half.
std::string normalise(const std::string& output) {
  std::istringstream in{output};
  std::string out;
  for (std::string line; std::getline(in, line);)
    if (!line.empty())
      out += line + '\n';
  return out;
}

class runner {
public:
  runner(const std::filesystem::path& file, const script_handler& handler)
      : file_(file), lines_(read_lines(file)), handler_(handler) {
    // nop
  }

  std::vector<std::string> run() {
    while (at_ < lines_.size()) {
      const auto& line = lines_[at_];
      if (line.empty() || line.front() == '#') {
        rewritten_ += line + '\n';
        ++at_;
      } else {
        run_command();
      }
    }
    return failures_;
  }

  const std::string& rewritten() const { return rewritten_; }

private:
  void run_command() {
    auto command = parse(lines_[at_], at_ + 1);
    rewritten_ += lines_[at_++] + '\n';
    while (at_ < lines_.size() && lines_[at_] != "----") {
      command.input += lines_[at_] + '\n';
      rewritten_ += lines_[at_++] + '\n';
    }
    if (at_++ == lines_.size())
      throw std::runtime_error{place(command.line) + "no ---- follows"};
    std::string want;
    while (at_ < lines_.size() && !lines_[at_].empty())
      want += lines_[at_++] + '\n';
    const auto got = normalise(handler_(command));
    rewritten_ += "----\n" + got;
    if (got != want)
      failures_.push_back(place(command.line) + command.name + "\n-- want\n"
                          + want + "-- got\n" + got);
  }

  std::string place(std::size_t line) const {
    return file_.string() + ":" + std::to_string(line) + ": ";
  }

  std::filesystem::path file_;
  std::vector<std::string> lines_;
  const script_handler& handler_;
  std::size_t at_ = 0;
  std::string rewritten_;
  std::vector<std::string> failures_;
};

} // namespace

std::string script_command::option(const std::string& key,
                                   std::string fallback) const {
  const auto found = options.find(key);
  return found == options.end() ? fallback : found->second;
}

const std::string& script_command::word(std::size_t i) const {
  if (i >= words.size())
    throw std::runtime_error{"line " + std::to_string(line) + ": " + name
                             + " lacks an argument"};
  return words[i];
}

std::vector<std::string> run_script(const std::filesystem::path& file,
                                    const script_handler& handler) {
  runner r{file, handler};
  auto failures = r.run();
  const auto* rewrite = std::getenv("TROUPE_REWRITE");
  if (rewrite == nullptr || std::string{rewrite} != "1")
    return failures;
  std::ofstream{file} << r.rewritten();
  return {};
}

std::vector<std::filesystem::path>
scripts_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& file : std::filesystem::directory_iterator{folder})
    if (file.path().extension() == ".txt")
      out.push_back(file.path());
  if (out.empty())
    throw std::runtime_error{"no scripts in " + folder.string()};
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace troupe::test

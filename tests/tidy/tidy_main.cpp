/// The rules of the tree as a test: include directions, sizes, forbidden text.
/// Usage: tidy <root> <layers.txt> <rules.txt>; prints each offence as
/// `file:line: rule: what to do`.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

struct source {
  std::string path; ///< relative to the root
  std::vector<std::string> lines;
};

struct rule {
  std::string name;
  std::regex pattern;
  std::vector<std::string> allowed;
};

int offences = 0;

void offend(const std::string& path, std::size_t line,
            const std::string& what) {
  std::printf("%s:%zu: %s\n", path.c_str(), line, what.c_str());
  ++offences;
}

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size()
         && text.compare(text.size() - suffix.size(), suffix.size(), suffix)
                == 0;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> out;
  for (std::string word; in >> word;)
    out.push_back(word);
  return out;
}

std::vector<std::string> read_lines(const fs::path& file) {
  std::ifstream in{file};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

std::vector<source> read_sources(const fs::path& root) {
  std::vector<source> out;
  for (const char* top :
       {"messages", "runtime", "actors", "node", "bootstrap", "tests"}) {
    if (!fs::exists(root / top))
      continue;
    for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
      const auto extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp")
        out.push_back({fs::relative(entry.path(), root).string(),
                       read_lines(entry.path())});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

using layer_table = std::map<std::string, std::vector<std::string>>;

layer_table read_layers(const fs::path& file) {
  layer_table out;
  for (const auto& line : read_lines(file)) {
    const auto colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == line.npos)
      continue;
    out[line.substr(0, colon)] = words(line.substr(colon + 1));
  }
  return out;
}

/// The row for a path: the longest folder that holds it.
const std::pair<const std::string, std::vector<std::string>>*
find_layer(const layer_table& layers, const std::string& path) {
  const std::pair<const std::string, std::vector<std::string>>* best = nullptr;
  for (const auto& row : layers)
    if (starts_with(path, row.first + "/")
        && (!best || row.first.size() > best->first.size()))
      best = &row;
  return best;
}

std::string folder(const std::string& path, int depth) {
  std::size_t end = 0;
  while (depth-- > 0 && end != path.npos)
    end = path.find('/', end + 1);
  return path.substr(0, end);
}

/// Siblings under actors/ and node/ never include each other.
bool own_folder(const std::string& layer, const std::string& from,
                const std::string& to) {
  const bool by_role = layer == "actors" || layer == "node";
  const auto own = by_role ? folder(from, 2) : layer;
  return starts_with(to, own + "/");
}

/// Shells and their faces, and nothing else beside them, know the actor
/// machinery.
bool is_shell(const std::string& path) {
  const auto stem = path.substr(0, path.rfind('.'));
  return ends_with(stem, "_actor") || ends_with(stem, "_handle");
}

void check_includes(const layer_table& layers, const source& file) {
  static const std::regex include{R"(^#include "([^"]+)\")"};
  const auto* layer = find_layer(layers, file.path);
  if (layer == nullptr)
    return offend(file.path, 1, "layers: no row in layers.txt for this folder");
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(file.lines[i], match, include))
      continue;
    const auto to = match[1].str();
    const auto& may = layer->second;
    if (own_folder(layer->first, file.path, to)
        || (is_shell(file.path) && starts_with(to, "runtime/caf/"))
        || std::any_of(may.begin(), may.end(), [&](const auto& prefix) {
             return starts_with(to, prefix + "/");
           }))
      continue;
    offend(file.path, i + 1,
           "layers: " + layer->first + " may not include " + to);
  }
}

std::vector<rule> read_rules(const fs::path& file) {
  std::vector<rule> out;
  for (const auto& line : read_lines(file)) {
    const auto parts = words(line);
    if (parts.size() < 3 || parts[0].front() == '#')
      continue;
    std::vector<std::string> allowed;
    std::istringstream list{parts.back()};
    for (std::string item; std::getline(list, item, ',');)
      allowed.push_back(item);
    out.push_back({parts[0], std::regex{parts[1]}, allowed});
  }
  return out;
}

bool allowed(const rule& which, const std::string& path) {
  return std::any_of(
      which.allowed.begin(), which.allowed.end(), [&](const auto& pattern) {
        return pattern.front() == '*' ? ends_with(path, pattern.substr(1))
                                      : starts_with(path, pattern);
      });
}

void check_rules(const std::vector<rule>& rules, const source& file) {
  if (starts_with(file.path, "tests/tidy/"))
    return;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto code = file.lines[i].substr(0, file.lines[i].find("//"));
    for (const auto& it : rules) {
      const auto& text = it.name == "unfinished" ? file.lines[i] : code;
      if (!allowed(it, file.path) && std::regex_search(text, it.pattern))
        offend(file.path, i + 1,
               it.name + ": not here; rules.txt says where it may stand");
    }
  }
}

void check_size(const source& file) {
  const bool test = starts_with(file.path, "tests/");
  const std::size_t most = test                           ? 800
                           : ends_with(file.path, ".hpp") ? 300
                                                          : 500;
  if (file.lines.size() > most)
    offend(file.path, file.lines.size(),
           "size: over " + std::to_string(most) + " lines; split it");
  constexpr std::size_t shell_max = 150;
  if (starts_with(file.path, "actors/") && ends_with(file.path, "_actor.cpp")
      && file.lines.size() > shell_max)
    offend(file.path, file.lines.size(),
           "size: an actor shell has at most 150 lines; move what decides "
           "into a core");
}

void check_pragma(const source& file) {
  if (ends_with(file.path, ".hpp")
      && (file.lines.empty() || file.lines.front() != "#pragma once"))
    offend(file.path, 1, "header: the first line is #pragma once");
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: tidy <root> <layers.txt> <rules.txt>\n");
    return 2;
  }
  const auto layers = read_layers(argv[2]);
  const auto rules = read_rules(argv[3]);
  const auto sources = read_sources(argv[1]);
  for (const auto& file : sources) {
    check_includes(layers, file);
    check_rules(rules, file);
    check_size(file);
    check_pragma(file);
  }
  std::printf("%zu files, %d offences\n", sources.size(), offences);
  return offences == 0 && !sources.empty() ? 0 : 1;
}

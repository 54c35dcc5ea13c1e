#include "messages/schema/gen/emit.hpp"
#include "messages/schema/gen/link.hpp"
#include "messages/schema/gen/parser.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace troupe::schema::gen;

namespace fs = std::filesystem;

bool read(const fs::path& path, std::string& to) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream content;
  content << in.rdbuf();
  to = content.str();
  return in.good();
}

/// Leaves a file with the same content alone, so that nothing that depends on
/// it is built again.
bool write(const fs::path& path, const std::string& content) {
  std::string present;
  if (read(path, present) && present == content)
    return true;
  fs::create_directories(path.parent_path());
  std::ofstream out{path, std::ios::binary};
  out << content;
  return out.flush().good();
}

bool load(int count, char** files, model& into, diagnostics& errors) {
  for (int i = 0; i < count; ++i) {
    std::string text;
    if (!read(files[i], text))
      errors.push_back({{files[i], 1}, "expected a readable file"});
    else
      parse(files[i], text, into, errors);
  }
  return errors.empty() && link(into, errors);
}

bool save(const fs::path& out, const model& what) {
  bool ok = write(out / "registry_tables.cpp", emit_registry(what));
  for (auto& each : what.versions) {
    ok &= write(out / (each->id + ".cpp"), emit_tables(*each));
    ok &= write(out / "messages/schema/ids" / (each->id + ".hpp"),
                emit_ids(*each));
    ok &= write(out / "messages/view" / (each->id + ".hpp"), emit_views(*each));
  }
  return ok;
}

} // namespace

/// troupe_schema_gen OUTPUT_FOLDER FILE.schema ...
int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: troupe_schema_gen OUTPUT_FOLDER FILE.schema ...\n";
    return 2;
  }
  model what;
  diagnostics errors;
  if (!load(argc - 2, argv + 2, what, errors)) {
    for (auto& each : errors)
      std::cerr << to_string(each) << '\n';
    return 1;
  }
  if (!save(argv[1], what)) {
    std::cerr << argv[1] << ": cannot be written\n";
    return 1;
  }
  return 0;
}

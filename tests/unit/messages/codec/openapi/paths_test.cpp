#include "messages/codec/openapi/model.hpp"
#include "messages/schema/registry.hpp"
#include "tests/unit/messages/codec/openapi/golden.hpp"
#include "tests/unit/messages/codec/openapi/sample_schema.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace troupe;
using namespace troupe::codec::openapi;

namespace {

std::string join(const std::vector<std::string>& parts, char by) {
  std::string result;
  for (auto& part : parts)
    result += (&part == parts.data() ? "" : std::string{by}) + part;
  return result;
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> result(1);
  for (auto c : text)
    if (c == by)
      result.emplace_back();
    else
      result.back() += c;
  return result;
}

/// A list of media types without those of CBOR, which we do not speak.
std::string without_cbor(const std::string& media) {
  auto types = split(media, ',');
  std::erase_if(types,
                [](auto& type) { return type.find("cbor") != type.npos; });
  return join(types, ',');
}

std::string media_of(const std::vector<std::string_view>& media) {
  return join({media.begin(), media.end()}, ',');
}

std::string query_of(const path_model& path, const operation_model& op) {
  std::set<std::string> names;
  for (auto* list : {&path.common, &op.parameters})
    for (auto* parameter : *list)
      if (!parameter->in_path)
        names.emplace(parameter->name);
  return join({names.begin(), names.end()}, ',');
}

/// The operation in the columns of the data file.
std::string row_of(const path_model& path, const operation_model& op) {
  auto kind = op.kind.value_or(schema::group_version_kind{});
  return join({path.path, std::string{to_string(op.method)},
               std::string{op.action}, std::string{kind.group},
               std::string{kind.version}, std::string{kind.kind},
               query_of(path, op), std::string{op.body},
               std::string{op.response.empty() ? "string" : op.response},
               media_of(op.consumes), media_of(op.produces)},
              '\t');
}

std::set<std::string> rows_of(const std::vector<path_model>& paths) {
  std::set<std::string> result;
  for (auto& path : paths)
    for (auto& op : path.operations)
      result.insert(row_of(path, op));
  return result;
}

std::set<std::string> upstream_rows() {
  std::istringstream in{test::read_data("openapi/upstream_paths.tsv")};
  std::string line;
  std::getline(in, line);
  std::set<std::string> result;
  while (std::getline(in, line)) {
    auto columns = split(line, '\t');
    REQUIRE(columns.size() == 11);
    columns[9] = without_cbor(columns[9]);
    columns[10] = without_cbor(columns[10]);
    result.insert(join(columns, '\t'));
  }
  return result;
}

/// Of a version that upstream does not serve any more.
bool is_given_up(const std::string& row) {
  return row.starts_with("/apis/apps/v1beta")
         || row.starts_with("/apis/extensions/");
}

} // namespace

TEST_CASE("the paths are those of upstream") {
  auto derived = rows_of(make_paths(schema::group_versions(), {}));
  auto upstream = upstream_rows();
  REQUIRE(upstream.size() > 100);
  for (auto& row : upstream) {
    INFO("upstream: " << row);
    CHECK(derived.contains(row));
  }
  for (auto& row : derived) {
    INFO("derived: " << row);
    CHECK((upstream.contains(row) || is_given_up(row)));
  }
}

TEST_CASE("paths of any resource follow from scope, verbs and subresources") {
  auto paths = make_paths(test::sample_versions(), {});
  std::string text;
  for (auto& path : paths)
    for (auto& op : path.operations)
      text += path.path + " " + std::string{to_string(op.method)} + " " + op.id
              + " " + op.tag + " "
              + (op.kind ? std::string{op.kind->kind} : "-") + "\n";
  CHECK(test::matches_golden("openapi/sample_paths.txt", text));
}

#include "tests/unit/runtime/watch/watch_objects.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::watch;

namespace {

selection make(const std::string& prefix, const std::string& labels,
               const std::string& fields) {
  return {prefix, meta::label_selector::parse(labels).value(),
          meta::field_selector::parse(fields).value()};
}

} // namespace

TEST_CASE("the pivot is an equality with a value, the name first", "[watch]") {
  struct row {
    const char* fields;
    const char* want;
  };
  const auto rows = std::vector<row>{
      {"", ""},
      {"spec.nodeName=n1", "spec.nodeName n1"},
      {"spec.nodeName!=n1", ""},
      {"spec.nodeName=", ""},
      {"spec.nodeName!=n1,status.phase=Running", "status.phase Running"},
      {"spec.nodeName=n1,metadata.name=a", "metadata.name a"},
      {"metadata.name!=a,spec.nodeName=n1", "spec.nodeName n1"},
  };
  for (const auto& [fields, want] : rows) {
    CAPTURE(fields);
    const auto what = make("core/pods/", "", fields);
    const auto* pivot = what.pivot();
    CHECK((pivot ? pivot->name + " " + pivot->value : "") == want);
  }
}

TEST_CASE("fingerprints tell selections apart", "[watch]") {
  std::set<std::string> seen;
  for (auto* prefix : {"", "core/pods/", "core/pods/a/"})
    for (auto* labels : {"", "a", "!a", "a=b", "a!=b", "a in (b,c)",
                         "a notin (b,c)", "a=b,c", "a>1", "a<1", "ab", "a,b"})
      for (auto* fields : {"", "a=b", "a!=b", "a=b,c=d", "ab=", "a=bc"}) {
        const auto what = make(prefix, labels, fields).fingerprint();
        CHECK(what == make(prefix, labels, fields).fingerprint());
        CHECK(seen.insert(what).second);
      }
  const selection nothing{"", meta::label_selector::nothing(), {}};
  CHECK(seen.insert(nothing.fingerprint()).second);
}

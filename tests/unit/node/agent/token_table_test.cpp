#include "node/agent/token_table.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;

namespace {

const wall_time start{std::chrono::hours{24 * 365 * 50}};

token_wish wish_of(const std::string& pod_uid) {
  return {"ns", "web", "p", pod_uid, "", 3600};
}

} // namespace

TEST_CASE("token table: a token is fresh for four fifths of its time, or a day",
          "[agent]") {
  struct row {
    duration lifetime;
    duration age;
    duration jitter;
    bool fresh;
  };
  const row rows[] = {
      {1000s, 0s, 0s, true},       {1000s, 800s, 0s, true},
      {1000s, 801s, 0s, false},    {1000s, 791s, 10s, false},
      {1000s, 790s, 10s, true},    {1000s, 2000s, 0s, false},
      {365 * 24h, 24h, 0s, true},  {365 * 24h, 24h + 1s, 0s, false},
      {30h, 24h, 0s, true},        {30h, 24h + 1s, 0s, false},
      {365 * 24h, 24h, 1s, false},
  };
  for (const auto& r : rows) {
    INFO(r.lifetime.count() << " " << r.age.count());
    token_table table;
    table.put(wish_of("u"), {"t", start + r.lifetime, r.lifetime}, start);
    const auto* found = table.find_fresh(wish_of("u"), start + r.age, r.jitter);
    CHECK((found != nullptr) == r.fresh);
    CHECK(table.find(wish_of("u")) != nullptr);
  }
}

TEST_CASE("token table: every wish has its own", "[agent]") {
  token_table table;
  table.put(wish_of("u"), {"t", start + 1h, 1h}, start);
  auto other = wish_of("u");
  other.audience = "vault";
  CHECK(table.find(other) == nullptr);
  other = wish_of("u");
  other.seconds = 600;
  CHECK(table.find(other) == nullptr);
  CHECK(table.find(wish_of("v")) == nullptr);
  table.put(other, {"s", start + 10min, 10min}, start);
  table.put(wish_of("v"), {"r", start + 1h, 1h}, start);
  table.forget("u");
  CHECK(table.size() == 1);
  CHECK(table.find(wish_of("v"))->text == "r");
}

TEST_CASE("token table: what is over goes with the next one", "[agent]") {
  token_table table;
  table.put(wish_of("u"), {"t", start + 1h, 1h}, start);
  table.put(wish_of("v"), {"s", start + 3h, 1h}, start + 2h);
  CHECK(table.size() == 1);
}

TEST_CASE("token table: a wish reads as kubelet's key", "[agent]") {
  CHECK(to_text(wish_of("u"))
        == R"("web"/"ns"/[]string(nil)/3600/)"
           R"(v1.BoundObjectReference{Kind:"Pod", APIVersion:"v1", Name:"p", )"
           R"(UID:"u"})");
  auto wish = wish_of("u");
  wish.audience = "a";
  CHECK(to_text(wish).find(R"(/[]string{"a"}/)") != std::string::npos);
}

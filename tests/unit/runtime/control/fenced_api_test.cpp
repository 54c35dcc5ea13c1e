#include "runtime/control/fenced_api.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace troupe;
using namespace troupe::control;

namespace {

/// Keeps what is asked; the test answers.
class asked_api final : public api_port {
public:
  void call(api::request request, mono_time,
            std::function<void(api::response)> done) override {
    requests.push_back(std::move(request));
    answers.push_back(std::move(done));
  }

  std::vector<api::request> requests;
  std::vector<std::function<void(api::response)>> answers;
};

struct fixture {
  std::shared_ptr<asked_api> inner = std::make_shared<asked_api>();
  std::vector<std::uint64_t> refused;
  std::shared_ptr<fenced_api> door = std::make_shared<fenced_api>(
      inner, api::fence{"lease", 7},
      [this](std::uint64_t standing) { refused.push_back(standing); });
  std::vector<api::response> heard;

  /// Who was not answered still holds the door.
  ~fixture() { inner->answers.clear(); }

  void call() {
    door->call({}, {}, [this](api::response x) { heard.push_back(x); });
  }

  void answer(std::size_t at, std::optional<std::uint64_t> fenced_off = {}) {
    api::response out;
    out.status.success = !fenced_off;
    out.fenced_off = fenced_off;
    inner->answers.at(at)(std::move(out));
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "every request carries the fence", "[fenced api]") {
  call();
  REQUIRE(inner->requests.size() == 1);
  CHECK(inner->requests[0].fence == api::fence{"lease", 7});
  answer(0);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].status.success);
  CHECK(refused.empty());
}

TEST_CASE_METHOD(fixture, "nothing passes once the fence was refused",
                 "[fenced api]") {
  call();
  call();
  answer(0, 9);
  answer(1, 9);
  CHECK(refused == std::vector<std::uint64_t>{9}); // told once
  call();
  CHECK(inner->requests.size() == 2);
  REQUIRE(heard.size() == 3);
  CHECK(heard[2].status.code == 403);
  CHECK(heard[2].fenced_off);
}

TEST_CASE_METHOD(fixture, "nothing passes once it is closed", "[fenced api]") {
  call();
  door->close();
  call();
  CHECK(inner->requests.size() == 1);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].status.message == "the lease \"lease\" is not held any more");
  // What was under way is still answered, whoever has let go of the door.
  door.reset();
  answer(0);
  CHECK(heard.size() == 2);
  CHECK(refused.empty());
}

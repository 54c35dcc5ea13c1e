#include "runtime/bus/raft_transport.hpp"
#include "runtime/nats/nats_raft_transport.hpp"
#include "runtime/raft/config.hpp"
#include "tests/contract/bus/bus_world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

const bus_peer s1{"server", "s1"};
const bus_peer s2{"server", "s2"};

/// What one replica heard: "<from> <message>".
class hearing {
public:
  raft_receiver receiver() {
    return [got = got_](const raft::member_id& from, bytes_view message) {
      got->with([&](auto& all) {
        all.push_back(from.value() + " " + std::string{message});
      });
    };
  }

  std::vector<std::string> all() const {
    return got_->with([](auto& x) { return x; });
  }

  bool heard(const std::string& what) const {
    const auto now = all();
    return std::find(now.begin(), now.end(), what) != now.end();
  }

private:
  using texts = std::vector<std::string>;
  std::shared_ptr<guarded<texts>> got_ = std::make_shared<guarded<texts>>();
};

class fake_transports {
public:
  std::unique_ptr<raft_transport_port> join(const bus_peer& self,
                                            raft_receiver receiver) {
    auto made = bus::make_raft_transport("6d0f9c1e", self, bus_.connect(self),
                                         std::move(receiver));
    REQUIRE(made.has_value());
    return std::move(*made);
  }

  void away() { bus_.away(true); }

  void back() { bus_.away(false); }

private:
  fake_bus bus_;
};

class nats_transports {
public:
  std::unique_ptr<raft_transport_port> join(const bus_peer& self,
                                            raft_receiver receiver) {
    auto made =
        make_nats_raft_transport(server_.config_for(self), std::move(receiver));
    INFO((made ? std::string{} : made.error().message));
    REQUIRE(made.has_value());
    return std::move(*made);
  }

  void away() { server_.kill(); }

  void back() { server_.start(); }

private:
  nats_process server_;
};

/// Messages may be lost: says it until it was heard.
bool reaches(raft_transport_port& from, const raft::member_id& to,
             const std::string& what, bool bulk, const hearing& at,
             const std::string& as) {
  return eventually([&] {
    from.send(to, what, bulk);
    return at.heard(as);
  });
}

} // namespace

TEMPLATE_TEST_CASE("replicas hear each other, and nobody else", "",
                   fake_transports, nats_transports) {
  TestType world;
  hearing at_s1;
  hearing at_s2;
  const auto first = world.join(s1, at_s1.receiver());
  const auto second = world.join(s2, at_s2.receiver());
  for (const bool bulk : {false, true}) {
    const std::string what = bulk ? "chunk" : "append";
    CHECK(reaches(*first, raft::member_id{"s2"}, what, bulk, at_s2,
                  "s1 " + what));
    CHECK(reaches(*second, raft::member_id{"s1"}, what, bulk, at_s1,
                  "s2 " + what));
  }
  CHECK_FALSE(at_s1.heard("s1 append"));
  // The largest there are, and many of them in their order.
  const std::string large(raft::config{}.proposal_bytes_max + 4096, 'x');
  CHECK(reaches(*first, raft::member_id{"s2"}, large, false, at_s2,
                "s1 " + large));
  const auto before = at_s2.all().size();
  for (int i = 0; i < 500; ++i)
    first->send(raft::member_id{"s2"}, std::to_string(i), false);
  CHECK(eventually([&] { return at_s2.heard("s1 499"); }));
  const auto all = at_s2.all();
  std::vector<std::string> numbers;
  for (auto i = before; i < all.size(); ++i)
    if (all[i].size() < 8)
      numbers.push_back(all[i]);
  REQUIRE(numbers.size() == 500);
  for (int i = 0; i < 500; ++i)
    CHECK(numbers[static_cast<std::size_t>(i)] == "s1 " + std::to_string(i));
}

TEMPLATE_TEST_CASE("what is said while the bus is away is lost, and later "
                   "messages arrive",
                   "", fake_transports, nats_transports) {
  TestType world;
  hearing at_s2;
  const auto first = world.join(s1, {[](const auto&, auto) {}});
  const auto second = world.join(s2, at_s2.receiver());
  REQUIRE(reaches(*first, raft::member_id{"s2"}, "a", false, at_s2, "s1 a"));
  world.away();
  first->send(raft::member_id{"s2"}, "lost", false);
  world.back();
  CHECK(reaches(*first, raft::member_id{"s2"}, "b", false, at_s2, "s1 b"));
}

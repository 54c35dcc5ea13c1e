#include "node/agent/network_core.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;
using api_call::event_type;

namespace {

constexpr const char* n1 = R"({"metadata":{"name":"n1","uid":"1"},
    "spec":{"podCIDR":"10.244.0.0/24"}})";
constexpr const char* n2 = R"({"metadata":{"name":"n2","uid":"2"},
    "spec":{"podCIDR":"10.244.1.0/24"}})";
constexpr const char* web = R"({"metadata":{"name":"web","uid":"3",
    "namespace":"default"},"spec":{"clusterIP":"10.96.0.10",
    "ports":[{"port":80}]}})";

api_call::watch_event event(event_type type, const char* kind,
                            const char* json) {
  return {type, 1, false, test::shared_object(kind, json)};
}

const api_call::watch_event end_of_beginning{event_type::bookmark, 9, true,
                                             nullptr};

/// "n1 n2 web": nodes and services of the job; "-": none now.
std::string show(const std::optional<network_job>& job) {
  if (!job)
    return "-";
  std::string out;
  for (const auto& each : job->nodes)
    out += each.name + " ";
  if (!job->services)
    return out + "?";
  for (const auto& each : *job->services)
    out += each.service + " ";
  return out;
}

struct world {
  network_core core{"n1"};
  mono_time now{1h};

  std::string next() { return show(core.next(now)); }

  void done(bool succeeded = true) { core.done(succeeded, now); }

  void hear_all() {
    core.heard(network_kind::nodes,
               {event(event_type::added, "Node", n1), end_of_beginning});
    core.heard(network_kind::services,
               {event(event_type::added, "Service", web), end_of_beginning});
    core.heard(network_kind::slices, {end_of_beginning});
  }
};

} // namespace

TEST_CASE("routes do not wait for services, and none is half known",
          "[agent]") {
  world it;
  CHECK(it.next() == "-");
  it.core.heard(network_kind::nodes, {event(event_type::added, "Node", n2)});
  CHECK(it.next() == "-");
  it.core.heard(network_kind::nodes, {end_of_beginning});
  // The node itself has no pods yet.
  CHECK(it.next() == "-");
  it.core.heard(network_kind::nodes, {event(event_type::added, "Node", n1)});
  CHECK(it.next() == "n1 n2 ?");
  it.done();
  it.core.heard(network_kind::services,
                {event(event_type::added, "Service", web), end_of_beginning});
  CHECK(it.next() == "-");
  it.core.heard(network_kind::slices, {end_of_beginning});
  CHECK(it.next() == "n1 n2 default/web ");
}

TEST_CASE("one job at a time, of the newest there is", "[agent]") {
  world it;
  it.hear_all();
  CHECK(it.next() == "n1 default/web ");
  CHECK(it.next() == "-");
  it.core.heard(network_kind::nodes, {event(event_type::added, "Node", n2)});
  it.core.heard(network_kind::services,
                {event(event_type::deleted, "Service", web)});
  CHECK(it.next() == "-");
  it.done();
  CHECK(it.next() == "n1 n2 ");
  it.done();
  CHECK(it.next() == "-");
  // A change that matters to nobody is no work.
  it.core.heard(network_kind::nodes, {event(event_type::modified, "Node", n2)});
  CHECK(it.next() == "-");
}

TEST_CASE("a job that failed is done again, after a while", "[agent]") {
  world it;
  it.hear_all();
  CHECK(it.next() == "n1 default/web ");
  it.done(false);
  CHECK(it.next() == "-");
  it.core.heard(network_kind::nodes, {event(event_type::added, "Node", n2)});
  CHECK(it.next() == "-");
  it.now += network_core::retry;
  CHECK(it.next() == "n1 n2 default/web ");
  it.done();
  CHECK(it.next() == "-");
}

TEST_CASE("what was done is done again from time to time", "[agent]") {
  world it;
  it.hear_all();
  CHECK(it.next() == "n1 default/web ");
  it.done();
  it.now += network_core::period - 1ms;
  CHECK(it.next() == "-");
  it.now += 1ms;
  CHECK(it.next() == "n1 default/web ");
  CHECK(it.next() == "-");
  it.done();
  CHECK(it.next() == "-");
}

TEST_CASE("while the API is away things stay as they are", "[agent]") {
  world it;
  it.hear_all();
  CHECK(it.next() == "n1 default/web ");
  it.done();
  for (const auto what : network_kinds)
    it.core.ended(what, "the bus is gone");
  CHECK(it.next() == "-");
  CHECK(it.core.resume_after(network_kind::nodes) == 9U);
  // History is gone: it begins anew, and what is missing then is gone.
  it.core.ended(network_kind::services, api_call::expired);
  CHECK_FALSE(it.core.resume_after(network_kind::services));
  CHECK(it.next() == "-");
  it.core.heard(network_kind::services, {end_of_beginning});
  CHECK(it.next() == "n1 ");
}

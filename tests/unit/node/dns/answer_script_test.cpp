#include "node/dns/answerer.hpp"
#include "node/dns/name.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/support/script_words.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <stdexcept>

using namespace troupe;
using namespace troupe::dns;
using test::must;
using test::read_addresses;
using test::split;

namespace {

/// "http/tcp/80"; "/udp/53" has no name.
named_port read_port(const std::string& text) {
  const auto parts = split(text, '/');
  return {parts.at(0), parts.at(1),
          static_cast<std::uint16_t>(std::stoi(parts.at(2)))};
}

/// "one/web cluster=10.96.0.1 port=http/tcp/80", or a headless one with slices:
/// "one/db slice port=sql/tcp/5432 10.244.1.7=db-0 10.244.1.8".
named_service read_service(const std::string& line) {
  std::istringstream in{line};
  named_service out;
  std::string key;
  in >> key;
  out.namespace_ = split(key, '/').at(0);
  out.name = split(key, '/').at(1);
  for (std::string word; in >> word;) {
    const auto equals = word.find('=');
    const auto left = word.substr(0, equals);
    const auto right =
        equals == word.npos ? std::string{} : word.substr(equals + 1);
    if (word == "slice")
      out.groups.emplace_back();
    else if (left == "cluster")
      out.addresses = read_addresses(right);
    else if (left == "external")
      out.external_name = right;
    else if (left == "port")
      (out.groups.empty() ? out.ports : out.groups.back().ports)
          .push_back(read_port(right));
    else
      out.groups.back().endpoints.push_back({read_addresses(left), right});
  }
  return out;
}

std::uint16_t read_type(const std::string& text) {
  const std::pair<const char*, record_type> all[] = {
      {"A", record_type::a},         {"AAAA", record_type::aaaa},
      {"SRV", record_type::srv},     {"PTR", record_type::ptr},
      {"CNAME", record_type::cname}, {"SOA", record_type::soa},
      {"NS", record_type::ns},       {"TXT", record_type::txt},
      {"ANY", record_type::any},
  };
  for (const auto& [name, type] : all)
    if (text == name)
      return static_cast<std::uint16_t>(type);
  return static_cast<std::uint16_t>(std::stoi(text));
}

std::string print(const record& each) {
  const auto head = each.owner + " " + std::to_string(each.ttl) + " ";
  if (const auto* it = std::get_if<ip_address>(&each.data))
    return head + (each.type == record_type::a ? "A " : "AAAA ")
           + it->to_string();
  if (const auto* it = std::get_if<srv_data>(&each.data))
    return head + "SRV " + std::to_string(it->priority) + " "
           + std::to_string(it->weight) + " " + std::to_string(it->port) + " "
           + it->target;
  if (const auto* it = std::get_if<text_data>(&each.data))
    return head + "TXT \"" + it->text + "\"";
  if (const auto* it = std::get_if<soa_data>(&each.data))
    return head + "SOA " + it->server + " " + it->mailbox + " "
           + std::to_string(it->minimum);
  const auto& name = std::get<name_data>(each.data).name;
  return head
         + (each.type == record_type::cname ? "CNAME "
            : each.type == record_type::ptr ? "PTR "
                                            : "NS ")
         + name;
}

std::string print(const answer& what) {
  static const std::map<response_code, std::string> names{
      {response_code::no_error, "NOERROR"},
      {response_code::name_error, "NXDOMAIN"},
      {response_code::server_failure, "SERVFAIL"},
      {response_code::refused, "REFUSED"},
      {response_code::bad_version, "BADVERS"}};
  auto out = names.at(what.code) + (what.authoritative ? " aa\n" : "\n");
  for (const auto& each : what.answers)
    out += "  " + print(each) + "\n";
  for (const auto& each : what.authority)
    out += "  authority " + print(each) + "\n";
  for (const auto& each : what.additional)
    out += "  additional " + print(each) + "\n";
  return out;
}

std::string print(const verdict& what) {
  if (std::holds_alternative<ask_others>(what))
    return "others are asked\n";
  if (const auto* alias = std::get_if<ask_for_alias>(&what))
    return print(alias->begun) + "others are asked for " + alias->target + "\n";
  return print(std::get<answer>(what));
}

struct world {
  zone_config config{.domain = "cluster.local",
                     .ranges = {must(ip_prefix::parse("10.96.0.0/12")),
                                must(ip_prefix::parse("10.244.0.0/16")),
                                must(ip_prefix::parse("fd00:96::/64"))},
                     .addresses = {must(ip_address::parse("10.96.0.10"))}};
  std::unique_ptr<name_table> names;

  std::string run(const test::script_command& c) {
    if (c.name == "services") {
      std::vector<named_service> all;
      for (const auto& line : split(c.input, '\n'))
        all.push_back(read_service(line));
      names = std::make_unique<name_table>(config.domain, all);
      return "ok";
    }
    if (c.name == "unknown") {
      names.reset();
      return "ok";
    }
    if (c.name != "ask")
      throw std::runtime_error{"what is " + c.name + "?"};
    query asked;
    asked.asked = make_question(must(to_name_text(c.word(0))), record_type::a);
    asked.asked.type = read_type(c.words.size() > 1 ? c.words[1] : "A");
    asked.asked.class_ =
        static_cast<std::uint16_t>(std::stoi(c.option("class", "1")));
    if (const auto version = c.option("edns"); !version.empty())
      asked.extension =
          edns{512, static_cast<std::uint8_t>(std::stoi(version)), false};
    return print(answer_question(config, names.get(), asked,
                                 std::stoull(c.option("turn", "0"))));
  }
};

} // namespace

TEST_CASE("answers to questions for the cluster's names", "[dns]") {
  for (const auto& file :
       test::scripts_in(std::filesystem::path{TROUPE_TEST_DATA} / "dns")) {
    world it;
    INFO(file);
    const auto wrong =
        test::run_script(file, [&](const auto& c) { return it.run(c); });
    for (const auto& each : wrong)
      FAIL_CHECK(each);
  }
}

TEST_CASE("an address and its name for looking it up", "[dns]") {
  for (const auto* text : {"10.96.0.1", "0.0.0.0", "255.255.255.255", "::1",
                           "fd00:96::12ab", "2001:db8::ff00:42:8329"}) {
    const auto address = must(ip_address::parse(text));
    CHECK(reverse_address(reverse_name(address)) == address);
  }
  CHECK(reverse_name(must(ip_address::parse("10.96.0.1")))
        == "1.0.96.10.in-addr.arpa");
  for (const auto* text : {"in-addr.arpa", "ip6.arpa", "1.10.in-addr.arpa",
                           "1.2.3.4.5.in-addr.arpa", "01.0.96.10.in-addr.arpa",
                           "256.0.96.10.in-addr.arpa", "1.0.96.10",
                           "x.0.96.10.in-addr.arpa", "1.0.ip6.arpa"})
    CHECK_FALSE(reverse_address(text));
}

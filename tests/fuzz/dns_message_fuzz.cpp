#include "node/dns/answerer.hpp"
#include "node/dns/message.hpp"

#include <cstddef>
#include <cstdint>

/// No message leads a reader out of it, and what was understood can be answered
/// within any size that is allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace troupe;
  using namespace troupe::dns;
  static const name_table names{
      "cluster.local",
      {{"web", "one", {*ip_address::parse("10.96.0.1")}, {{"http"}}, {}, {}}}};
  const bytes_view message{reinterpret_cast<const char*>(data), size};
  const auto asked = parse_query(message);
  if (!asked) {
    TROUPE_CHECK(asked.error().response.size() <= 12, "a refusal is short");
  } else {
    const auto verdict = answer_question({}, &names, *asked, 0);
    const auto* said = std::get_if<answer>(&verdict);
    const auto out = encode_response(*asked, said != nullptr ? *said : answer{},
                                     asked->response_octets_max());
    TROUPE_CHECK(out.size() <= datagram_octets_max, "a response fits");
    TROUPE_CHECK(parse_response(out, *asked), "a response can be read");
    const auto again = parse_query(encode_query(*asked));
    TROUPE_CHECK(again, "a question can be passed on");
    TROUPE_CHECK(again->asked == asked->asked, "a question stays as it is");
  }
  const query mine{0x1234, true, make_question("web.one", record_type::a), {}};
  if (parse_response(message, mine))
    (void)relay_response(message, mine, plain_octets_max);
  return 0;
}

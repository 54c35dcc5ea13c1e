#include "node/sys/netlink_message.hpp"

#include <linux/netlink.h>

#include <algorithm>
#include <limits>

namespace troupe::sys {

namespace {

constexpr std::size_t aligned(std::size_t length) {
  return (length + 3) & ~std::size_t{3};
}

error leaves(std::string_view what) {
  return {errc::corrupt, "a netlink " + std::string{what}
                             + " has a length that leaves its datagram"};
}

} // namespace

netlink_request::netlink_request(std::uint16_t type, std::uint16_t flags) {
  nlmsghdr head{};
  head.nlmsg_type = type;
  head.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
  header(head);
}

void netlink_request::append(bytes_view data) {
  out_.append(data);
  out_.append(aligned(out_.size()) - out_.size(), '\0');
}

void netlink_request::attribute(std::uint16_t type, bytes_view payload) {
  TROUPE_CHECK(payload.size() <= 0x7fff, "an attribute's length has 16 bits");
  const nlattr head{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()),
                    type};
  header(head);
  append(payload);
}

void netlink_request::text(std::uint16_t type, std::string_view value) {
  bytes with_nul{value};
  with_nul += '\0';
  attribute(type, with_nul);
}

std::size_t netlink_request::begin(std::uint16_t type) {
  const auto started = out_.size();
  attribute(static_cast<std::uint16_t>(type | NLA_F_NESTED), {});
  return started;
}

void netlink_request::end(std::size_t started) {
  const auto length = out_.size() - started;
  TROUPE_CHECK(length <= std::numeric_limits<std::uint16_t>::max(),
               "an attribute's length has 16 bits");
  const auto value = static_cast<std::uint16_t>(length);
  std::memcpy(out_.data() + started + offsetof(nlattr, nla_len), &value,
              sizeof value);
}

bytes netlink_request::finish(std::uint32_t sequence) const {
  bytes out = out_;
  const auto length = static_cast<std::uint32_t>(out.size());
  std::memcpy(out.data() + offsetof(nlmsghdr, nlmsg_len), &length,
              sizeof length);
  std::memcpy(out.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence,
              sizeof sequence);
  return out;
}

result<std::vector<netlink_attribute>> split_attributes(bytes_view data) {
  std::vector<netlink_attribute> out;
  while (data.size() >= sizeof(nlattr)) {
    nlattr head{};
    std::memcpy(&head, data.data(), sizeof head);
    if (head.nla_len < sizeof head || head.nla_len > data.size())
      return leaves("attribute");
    if (out.size() == netlink_attributes_max)
      return error{errc::too_large, "a netlink message has more than "
                                        + std::to_string(netlink_attributes_max)
                                        + " attributes"};
    const auto payload = data.substr(sizeof head, head.nla_len - sizeof head);
    out.push_back(
        {static_cast<std::uint16_t>(head.nla_type & NLA_TYPE_MASK), payload});
    data.remove_prefix(std::min(data.size(), aligned(head.nla_len)));
  }
  return out;
}

const bytes_view* find_attribute(const std::vector<netlink_attribute>& all,
                                 std::uint16_t type) {
  const auto found =
      std::find_if(all.rbegin(), all.rend(),
                   [type](const auto& one) { return one.type == type; });
  return found == all.rend() ? nullptr : &found->payload;
}

std::string text_of(bytes_view payload) {
  return std::string{payload.substr(0, payload.find('\0'))};
}

result<std::vector<netlink_message>> split_datagram(bytes_view datagram) {
  std::vector<netlink_message> out;
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr head{};
    std::memcpy(&head, datagram.data(), sizeof head);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > datagram.size())
      return leaves("message");
    if (out.size() == netlink_messages_max)
      return error{errc::too_large, "a netlink datagram has more than "
                                        + std::to_string(netlink_messages_max)
                                        + " messages"};
    out.push_back({head.nlmsg_type, head.nlmsg_flags, head.nlmsg_seq,
                   datagram.substr(sizeof head, head.nlmsg_len - sizeof head)});
    datagram.remove_prefix(std::min(datagram.size(), aligned(head.nlmsg_len)));
  }
  return out;
}

result<netlink_ack> parse_ack(const netlink_message& message) {
  auto rest = message.payload;
  auto code = take_header<int>(rest);
  if (!code)
    return code.error();
  // The kernel negates errno; the least int has no opposite.
  netlink_ack out{*code == std::numeric_limits<int>::min() ? *code : -*code,
                  {}};
  if ((message.flags & NLM_F_ACK_TLVS) == 0)
    return out;
  if (message.type == NLMSG_ERROR) {
    // The request follows: all of it, or with NLM_F_CAPPED its header alone.
    nlmsghdr request{};
    if (rest.size() < sizeof request)
      return leaves("acknowledgement");
    std::memcpy(&request, rest.data(), sizeof request);
    const std::size_t echoed = (message.flags & NLM_F_CAPPED) != 0
                                   ? sizeof request
                                   : aligned(request.nlmsg_len);
    if (echoed > rest.size())
      return leaves("acknowledgement");
    rest.remove_prefix(echoed);
  }
  const auto attributes = split_attributes(rest);
  if (!attributes)
    return attributes.error();
  if (const auto* text = find_attribute(*attributes, NLMSGERR_ATTR_MSG))
    out.text = text_of(*text);
  return out;
}

} // namespace troupe::sys

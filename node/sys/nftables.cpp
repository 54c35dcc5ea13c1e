#include "node/sys/nftables.hpp"

#include "node/sys/os_error.hpp"
#include "node/sys/unique_fd.hpp"

#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace troupe::sys {

namespace {

/// The first line of what was complained about says what; the others where.
error failure_of(const char* complaint) {
  std::string text = complaint == nullptr ? "" : complaint;
  const auto code = text.find("No such file or directory") != std::string::npos
                        ? errc::not_found
                        : errc::io_error;
  text.resize(std::min(text.find('\n'), text.size()));
  return error{code, "nftables: " + text};
}

/// libnftables ends the process when there is no such socket.
status_result look_for_netfilter() {
  const unique_fd found{
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)};
  if (found)
    return unit{};
  return error{errc::unsupported,
               "nftables: the kernel offers no nf_tables: "
                   + os_error("socket", "NETLINK_NETFILTER").message};
}

} // namespace

result<std::string> run_nftables(const netns& where,
                                 const std::string& commands) {
  std::string printed;
  // A context's socket belongs to the namespace of the thread that made it.
  auto done = where.run([&]() -> status_result {
    if (auto able = look_for_netfilter(); !able)
      return able;
    const std::unique_ptr<nft_ctx, void (*)(nft_ctx*)> context{
        nft_ctx_new(NFT_CTX_DEFAULT), nft_ctx_free};
    if (!context)
      return error{errc::unavailable, "nftables: no context could be made"};
    nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON
                                                | NFT_CTX_OUTPUT_HANDLE
                                                | NFT_CTX_OUTPUT_NUMERIC_ALL);
    nft_ctx_buffer_output(context.get());
    nft_ctx_buffer_error(context.get());
    if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0)
      return failure_of(nft_ctx_get_error_buffer(context.get()));
    if (const auto* text = nft_ctx_get_output_buffer(context.get()))
      printed = text;
    return unit{};
  });
  if (!done)
    return done.error();
  return printed;
}

} // namespace troupe::sys

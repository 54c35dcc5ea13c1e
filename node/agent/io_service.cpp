#include "node/agent/io_service.hpp"

#include "node/agent/command_streamer.hpp"
#include "node/agent/log_streamer.hpp"

namespace troupe::agent {

namespace {

class io_service final : public bus_service {
public:
  io_service(node_services& services, const pod_registry& registry,
             work_pool& workers)
      : services_(services), registry_(registry), workers_(workers) {
    // nop
  }

  void on_request(bus_request, reply<bus_answer> answer) override {
    answer({message_type::no_answer, {}});
  }

  result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request request, std::shared_ptr<bus_stream> stream) override {
    if (request.from.role != "server")
      return error{errc::permission_denied, "only servers are answered here"};
    auto to = std::make_shared<io_stream>(std::move(stream));
    auto work = describe(request, to);
    if (!work)
      return work.error();
    if (!workers_.post(std::move(*work)))
      return error{errc::unavailable, "too many streams at this node"};
    return std::shared_ptr<bus_stream_handler>{to};
  }

private:
  result<std::function<void()>> describe(const bus_request& request,
                                         std::shared_ptr<io_stream> to) {
    if (request.type == message_type::log_open) {
      auto wanted = node_io::decode_log_request(request.payload);
      if (!wanted)
        return wanted.error();
      return std::function<void()>{
          [this, to = std::move(to), what = std::move(*wanted)] {
            stream_log(services_, registry_, what, *to);
          }};
    }
    if (request.type == message_type::command_open) {
      auto wanted = node_io::decode_command_request(request.payload);
      if (!wanted)
        return wanted.error();
      return std::function<void()>{
          [this, to = std::move(to), what = std::move(*wanted)] {
            stream_command(registry_, what, *to);
          }};
    }
    return error{errc::unsupported, "no such stream"};
  }

  node_services& services_;
  const pod_registry& registry_;
  work_pool& workers_;
};

} // namespace

std::shared_ptr<bus_service> make_io_service(node_services& services,
                                             const pod_registry& registry,
                                             work_pool& workers) {
  return std::make_shared<io_service>(services, registry, workers);
}

} // namespace troupe::agent

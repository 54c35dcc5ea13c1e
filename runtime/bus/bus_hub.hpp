#pragma once

#include "runtime/bus/bus_core.hpp"
#include "runtime/bus/bus_messenger.hpp"
#include "runtime/bus/dispatcher.hpp"
#include "runtime/bus/load_table.hpp"
#include "runtime/bus/outbox.hpp"
#include "runtime/bus/service_table.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace troupe::bus {

/// What a messenger, its streams and its promises share: the core behind a
/// lock, and the threads around it. Under the lock nothing is called and
/// nothing waits: effects go to the outboxes and to the dispatcher, in order.
class bus_hub final : public bus_listener,
                      public std::enable_shared_from_this<bus_hub> {
public:
  bus_hub(messenger_config config, std::unique_ptr<bus_port> port);
  ~bus_hub() override;

  status_result start();

  /// Ends everything and every thread. Not from a callback.
  void stop();

  void ask(const std::string& address, message_type type, bytes payload,
           mono_time deadline, std::function<void(result<bus_answer>)> done);
  std::shared_ptr<bus_stream> open(const std::string& address,
                                   message_type type, bytes payload,
                                   std::shared_ptr<bus_stream_handler> handler);
  std::shared_ptr<service_entry> serve(const std::string& address,
                                       std::shared_ptr<bus_service> service);
  void withdraw(const std::string& address, service_entry& entry);
  bool connected() const;

  bool send(stream_id id, bytes message);
  std::size_t queued(stream_id id);
  void consumed(stream_id id, std::size_t octets);
  void half_close(stream_id id);
  void reset(stream_id id, std::string why);

  void on_message(std::string_view subject, bytes_view octets) override;
  void on_nobody(std::uint64_t id) override;

private:
  /// This process's end of a stream. The handler belongs to the strand.
  struct stream_holder {
    std::shared_ptr<strand> order = std::make_shared<strand>();
    std::shared_ptr<bus_stream_handler> handler;
  };

  using holder_ptr = std::shared_ptr<stream_holder>;

  template <class F>
  auto locked(F&& use);
  void carry_out(bus_effects effects);
  void carry_out(publish& effect);
  void carry_out(ask_ended& effect);
  void carry_out(request_came& effect);
  void carry_out(stream_came& effect);
  void carry_out(stream_heard& effect);
  void run_request(request_came effect);
  void run_open(stream_id id, bus_request request, const holder_ptr& holder);
  void give_answer(const return_address& to, std::size_t request_octets,
                   bus_answer answer);
  std::shared_ptr<service_entry> service_at(const std::string& address) const;
  void run_timer();

  messenger_config config_;
  std::unique_ptr<bus_port> port_;
  service_table services_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bus_core core_;
  std::unordered_map<std::uint64_t, std::function<void(result<bus_answer>)>>
      asks_;
  std::unordered_map<stream_id, holder_ptr> holders_;
  load_table load_; ///< requests past its limits are told that nobody answers
  mono_time planned_wake_ = mono_time::max();
  bool stopping_ = false;
  dispatcher dispatcher_;
  outbox control_;
  outbox bulk_;
  std::thread timer_;
};

} // namespace troupe::bus

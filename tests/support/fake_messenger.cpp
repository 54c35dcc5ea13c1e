#include "tests/support/fake_messenger.hpp"

#include <chrono>

namespace troupe::test {

namespace {

constexpr auto patience = std::chrono::seconds{30};

} // namespace

fake_stream::fake_stream(std::string to, message_type what, bytes with,
                         std::shared_ptr<bus_stream_handler> handler)
    : address(std::move(to)), type(what), payload(std::move(with)),
      handler_(std::move(handler)) {
  // nop
}

bool fake_stream::send(bytes message) {
  std::lock_guard lock{mutex_};
  if (ended_)
    return false;
  sent_.push_back(std::move(message));
  changed_.notify_all();
  return true;
}

std::size_t fake_stream::queued() const {
  std::lock_guard lock{mutex_};
  return full_ ? 1 : 0;
}

void fake_stream::consumed(std::size_t octets) {
  std::lock_guard lock{mutex_};
  consumed_ += octets;
}

void fake_stream::half_close() {
  std::lock_guard lock{mutex_};
  half_closed_ = true;
}

void fake_stream::reset(std::string why) {
  {
    std::lock_guard lock{mutex_};
    reset_ = why;
    changed_.notify_all();
  }
  end(stream_end::reset, why);
}

void fake_stream::say(node_io::channel channel, const bytes& data) {
  if (const auto to = handler())
    to->on_message(bytes(1, static_cast<char>(channel)) + data);
}

void fake_stream::end(stream_end how, const std::string& why) {
  std::shared_ptr<bus_stream_handler> to;
  {
    std::lock_guard lock{mutex_};
    ended_ = true;
    to.swap(handler_);
  }
  if (to)
    to->on_end(how, why);
}

void fake_stream::fill() {
  std::lock_guard lock{mutex_};
  full_ = true;
}

void fake_stream::drain() {
  {
    std::lock_guard lock{mutex_};
    full_ = false;
  }
  if (const auto to = handler())
    to->on_drained();
}

std::vector<bytes> fake_stream::take_sent() {
  std::lock_guard lock{mutex_};
  return std::exchange(sent_, {});
}

bool fake_stream::wait_sent(std::size_t messages) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience,
                           [&] { return sent_.size() >= messages; });
}

std::size_t fake_stream::consumed_octets() const {
  std::lock_guard lock{mutex_};
  return consumed_;
}

bool fake_stream::half_closed() const {
  std::lock_guard lock{mutex_};
  return half_closed_;
}

std::string fake_stream::reset_text() const {
  std::lock_guard lock{mutex_};
  return reset_;
}

bool fake_stream::wait_reset() {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return !reset_.empty(); });
}

std::shared_ptr<bus_stream_handler> fake_stream::handler() const {
  std::lock_guard lock{mutex_};
  return handler_;
}

void fake_messenger::ask(std::string, message_type, bytes, mono_time,
                         std::function<void(result<bus_answer>)> done) {
  done(error{errc::unavailable, "nobody serves the address"});
}

std::shared_ptr<bus_stream>
fake_messenger::open(std::string address, message_type type, bytes payload,
                     std::shared_ptr<bus_stream_handler> handler) {
  std::lock_guard lock{mutex_};
  streams_.push_back(std::make_shared<fake_stream>(
      std::move(address), type, std::move(payload), std::move(handler)));
  changed_.notify_all();
  return streams_.back();
}

std::unique_ptr<bus_registration>
fake_messenger::serve(std::string, std::shared_ptr<bus_service>) {
  return std::make_unique<bus_registration>();
}

bool fake_messenger::connected() const {
  std::lock_guard lock{mutex_};
  return connected_;
}

void fake_messenger::disconnect() {
  std::lock_guard lock{mutex_};
  connected_ = false;
}

std::shared_ptr<fake_stream> fake_messenger::stream() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, patience, [&] { return !streams_.empty(); });
  return streams_.empty() ? nullptr : streams_.back();
}

std::size_t fake_messenger::opened() const {
  std::lock_guard lock{mutex_};
  return streams_.size();
}

void fake_messenger::lose_all() {
  std::vector<std::shared_ptr<fake_stream>> all;
  {
    std::lock_guard guard{mutex_};
    all = streams_;
  }
  for (const auto& each : all)
    each->end(stream_end::lost);
}

} // namespace troupe::test

#include "runtime/nats/nats_connection.hpp"

#include "messages/base/base64.hpp"
#include "runtime/base/backoff.hpp"
#include "runtime/base/entropy.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/prng.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <deque>

namespace troupe::bus {

namespace {

// Milliseconds, as nats.c wants them.
constexpr std::int64_t connect_timeout = 2'000;
constexpr std::int64_t ping_interval = 5'000;
constexpr std::int64_t write_deadline = 5'000;
constexpr int pings_out_max = 2;

constexpr std::size_t graves_max = 64;

constexpr backoff_policy reconnect{std::chrono::milliseconds{50},
                                   std::chrono::seconds{5}};

/// What the callbacks of one connection share. Keeps itself until the last of
/// them, which says that the connection is closed.
struct context {
  context(std::string who, const nats_credentials& credentials,
          std::function<void()> on_given_up)
      : name{std::move(who)}, jwt{credentials.jwt}, key{credentials.key},
        given_up{std::move(on_given_up)} {}

  std::shared_ptr<context> self;
  std::string name;
  std::string jwt;
  nkey key;
  std::string left_out; ///< see add_signature
  std::function<void()> given_up;
  prng jitter{random_u64()};
  std::atomic<bool> closing{false};
  /// The `life_of` the connection in which the server read the subscriptions.
  std::atomic<std::int64_t> heard_in{-1};
};

/// Nobody says when the callbacks of a connection that never came to be have
/// ended: keeps its context until many more have failed.
void bury(std::shared_ptr<context> failed) {
  static guarded<std::deque<std::shared_ptr<context>>> graves;
  failed->self = nullptr;
  graves.with([&](auto& all) {
    all.push_back(std::move(failed));
    if (all.size() > graves_max)
      all.pop_front();
  });
}

context& of(void* closure) {
  return *static_cast<context*>(closure);
}

/// A copy that nats.c frees.
char* copy_for_nats(std::string_view text) {
  auto* out = static_cast<char*>(std::malloc(text.size() + 1));
  if (out != nullptr) {
    std::memcpy(out, text.data(), text.size());
    out[text.size()] = '\0';
  }
  return out;
}

natsStatus give_jwt(char** jwt, char**, void* closure) {
  *jwt = copy_for_nats(of(closure).jwt);
  return *jwt == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

natsStatus sign(char**, unsigned char** signature, int* length,
                const char* nonce, void* closure) {
  const auto made = of(closure).key.sign(nonce);
  of(closure).left_out = made.front() == '\0' ? base64url_encode(made) : "";
  *signature = reinterpret_cast<unsigned char*>(copy_for_nats(made));
  *length = static_cast<int>(made.size());
  return *signature == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

/// nats.c before 3.8 takes a signature whose first octet is zero, as one of 256
/// is, for none, and connects without. It asks for a token after the signature
/// and puts it between quotes as it is: an empty one, then the signature.
const char* add_signature(void* closure) {
  auto& text = of(closure).left_out;
  if (text.empty())
    return nullptr;
  text = R"(","sig":")" + text;
  return text.c_str();
}

std::int64_t reconnect_delay(natsConnection*, int attempts, void* closure) {
  const auto base = reconnect.delay(std::max(attempts - 1, 0));
  const auto most =
      std::chrono::duration_cast<std::chrono::milliseconds>(base).count();
  // Half of it by chance, so that a cluster does not come back at once.
  const auto half = static_cast<std::uint64_t>(most / 2);
  return static_cast<std::int64_t>(half + of(closure).jitter.below(half + 1));
}

/// Counts how often the connection was made anew; callbacks that tell of it may
/// come late.
std::int64_t life_of(natsConnection* connection) {
  natsStatistics* counts = nullptr;
  std::uint64_t lives = 0;
  if (natsStatistics_Create(&counts) == NATS_OK
      && natsConnection_GetStats(connection, counts) == NATS_OK)
    natsStatistics_GetCounts(counts, nullptr, nullptr, nullptr, nullptr,
                             &lives);
  natsStatistics_Destroy(counts);
  return static_cast<std::int64_t>(lives);
}

/// Waits until the server has read the subscriptions.
bool tell_subscriptions(natsConnection* connection, context& shared) {
  const auto life = life_of(connection);
  auto status = NATS_TIMEOUT;
  while (status == NATS_TIMEOUT)
    status = natsConnection_FlushTimeout(connection, connect_timeout);
  if (status == NATS_OK)
    shared.heard_in = life;
  return status == NATS_OK;
}

void on_connected(natsConnection* connection, void* closure) {
  if (tell_subscriptions(connection, of(closure)))
    log_info("bus", of(closure).name + ": connected");
}

void on_disconnected(natsConnection* connection, void* closure) {
  if (of(closure).closing)
    return;
  const char* why = nullptr;
  natsConnection_GetLastError(connection, &why);
  log_warning("bus", of(closure).name + ": disconnected"
                         + (why && *why ? std::string{": "} + why : ""));
}

void on_error(natsConnection* connection, natsSubscription*, natsStatus status,
              void* closure) {
  const char* why = nullptr;
  natsConnection_GetLastError(connection, &why);
  log_warning("bus", of(closure).name + ": "
                         + (why && *why ? why : natsStatus_GetText(status)));
}

void on_closed(natsConnection* connection, void* closure) {
  const auto last = std::move(of(closure).self);
  const char* why = nullptr;
  natsConnection_GetLastError(connection, &why);
  if (of(closure).closing)
    return;
  log_warning("bus", of(closure).name + ": given up"
                         + (why && *why ? std::string{": "} + why : ""));
  of(closure).given_up();
}

void on_message(natsConnection*, natsSubscription*, natsMsg* message,
                void* closure) {
  (*static_cast<std::shared_ptr<nats_inlet>*>(closure))
      ->take(message_ptr{message});
}

void on_complete(void* closure) {
  delete static_cast<std::shared_ptr<nats_inlet>*>(closure);
}

struct free_options {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};

using options_ptr = std::unique_ptr<natsOptions, free_options>;

/// Stands for the first failure of a row of calls.
class steps {
public:
  steps& operator<<(natsStatus status) {
    if (status_ == NATS_OK)
      status_ = status;
    return *this;
  }

  natsStatus status() const { return status_; }

private:
  natsStatus status_ = NATS_OK;
};

natsStatus set_security(natsOptions* options, const nats_config& config,
                        context& shared) {
  steps done;
  done << natsOptions_SetSecure(options, true)
       << natsOptions_SetCATrustedCertificates(options, config.ca_pem.c_str())
       << natsOptions_SetUserCredentialsCallbacks(options, give_jwt, &shared,
                                                  sign, &shared)
       << natsOptions_SetTokenHandler(options, add_signature, &shared);
  if (!config.server_name.empty())
    done << natsOptions_SetExpectedHostname(options,
                                            config.server_name.c_str());
  if (!config.certificate_pem.empty())
    done << natsOptions_SetCertificatesChain(options,
                                             config.certificate_pem.c_str(),
                                             config.private_key_pem.c_str());
  return done.status();
}

natsStatus set_urls(natsOptions* options, const nats_config& config) {
  std::vector<const char*> urls;
  for (const auto& url : config.urls)
    urls.push_back(url.c_str());
  steps done;
  done << natsOptions_SetServers(options, urls.data(),
                                 static_cast<int>(urls.size()))
       << natsOptions_SetNoRandomize(options, config.first_url_first);
  return done.status();
}

natsStatus set_manners(natsOptions* options, lane on, context& shared) {
  steps done;
  done << natsOptions_SetName(options, shared.name.c_str())
       << natsOptions_SetTimeout(options, connect_timeout)
       << natsOptions_SetPingInterval(options, ping_interval)
       << natsOptions_SetMaxPingsOut(options, pings_out_max)
       << natsOptions_SetWriteDeadline(options, write_deadline)
       << natsOptions_SetSendAsap(options, true)
       << natsOptions_SetIgnoreDiscoveredServers(options, true)
       // Replicas wait for nobody else's messages.
       << natsOptions_UseGlobalMessageDelivery(options, on != lane::raft)
       << natsOptions_SetReconnectBufSize(options, 0)
       << natsOptions_SetMaxReconnect(options, -1)
       << natsOptions_SetCustomReconnectDelay(options, reconnect_delay, &shared)
       << natsOptions_SetRetryOnFailedConnect(options, true, on_connected,
                                              &shared)
       << natsOptions_SetReconnectedCB(options, on_connected, &shared)
       << natsOptions_SetDisconnectedCB(options, on_disconnected, &shared)
       << natsOptions_SetErrorHandler(options, on_error, &shared)
       << natsOptions_SetClosedCB(options, on_closed, &shared);
  return done.status();
}

error wrong(natsStatus status, std::string_view what) {
  return {errc::invalid_argument,
          std::string{what} + ": " + natsStatus_GetText(status)};
}

error away(natsStatus status) {
  return {errc::unavailable,
          std::string{"the bus: "} + natsStatus_GetText(status)};
}

} // namespace

// -- nats_inlet ---------------------------------------------------------------

void nats_inlet::take(message_ptr message) {
  std::lock_guard lock{mutex_};
  if (listener_ != nullptr)
    hand_over(*message);
  else if (!closed_ && waiting_.size() < inlet_waiting_max)
    waiting_.push_back(std::move(message));
}

void nats_inlet::hand_over(natsMsg& message) {
  const std::string_view text = natsMsg_GetSubject(&message);
  if (!natsMsg_IsNoResponders(&message))
    return listener_->on_message(
        text, {natsMsg_GetData(&message),
               static_cast<std::size_t>(natsMsg_GetDataLength(&message))});
  // Only the NATS server can speak as nobody.
  if (auto parsed = parse_subject(text))
    if (auto id = nobody_id(*parsed))
      listener_->on_nobody(*id);
}

void nats_inlet::open(bus_listener& listener) {
  std::lock_guard lock{mutex_};
  listener_ = &listener;
  for (auto& each : std::exchange(waiting_, {}))
    hand_over(*each);
}

void nats_inlet::close() {
  std::lock_guard lock{mutex_};
  listener_ = nullptr;
  closed_ = true;
  waiting_.clear();
}

// -- nats_connection ----------------------------------------------------------

result<std::unique_ptr<nats_connection>> nats_connection::open(
    const nats_config& config, const nats_credentials& credentials, lane on,
    const std::shared_ptr<nats_inlet>& inlet, std::function<void()> given_up) {
  natsOptions* made = nullptr;
  auto status = natsOptions_Create(&made);
  options_ptr options{made};
  auto shared =
      std::make_shared<context>(config.self.role + "/" + config.self.name + " "
                                    + std::string{to_string(on)},
                                credentials, std::move(given_up));
  if (status == NATS_OK)
    status = set_urls(made, config);
  if (status != NATS_OK)
    return wrong(status, "the bus's URLs");
  status = set_security(made, config, *shared);
  if (status != NATS_OK)
    return wrong(status, "the bus's certificates");
  status = set_manners(made, on, *shared);
  if (status != NATS_OK)
    return wrong(status, "the bus's options");
  std::unique_ptr<nats_connection> out{new nats_connection};
  shared->self = shared;
  status = natsConnection_Connect(&out->connection_, made);
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED) {
    bury(std::move(shared));
    return away(status);
  }
  out->context_ = shared;
  for (auto& one : subscriptions(config.cluster_uid, config.self, on))
    if (auto done = out->subscribe(one, inlet); !done)
      return done.error();
  if (natsConnection_Status(out->connection_) == NATS_CONN_STATUS_CONNECTED)
    tell_subscriptions(out->connection_, *shared);
  return out;
}

nats_connection::~nats_connection() {
  for (auto* one : subscriptions_)
    natsSubscription_Destroy(one);
  if (context_ != nullptr) {
    of(context_.get()).closing = true;
    natsConnection_Close(connection_);
    natsConnection_Destroy(connection_);
  }
}

status_result
nats_connection::subscribe(const subscription& what,
                           const std::shared_ptr<nats_inlet>& inlet) {
  auto closure = std::make_unique<std::shared_ptr<nats_inlet>>(inlet);
  natsSubscription* made = nullptr;
  const auto* pattern = what.pattern.c_str();
  const auto status =
      what.queue.empty()
          ? natsConnection_Subscribe(&made, connection_, pattern, on_message,
                                     closure.get())
          : natsConnection_QueueSubscribe(&made, connection_, pattern,
                                          what.queue.c_str(), on_message,
                                          closure.get());
  if (status != NATS_OK)
    return away(status);
  subscriptions_.push_back(made);
  natsSubscription_SetOnCompleteCB(made, on_complete, closure.release());
  return unit{};
}

status_result nats_connection::publish(const std::string& subject,
                                       const std::string& reply_to,
                                       bytes_view octets) {
  const auto size = static_cast<int>(octets.size());
  const auto status = reply_to.empty()
                          ? natsConnection_Publish(connection_, subject.c_str(),
                                                   octets.data(), size)
                          : natsConnection_PublishRequest(
                              connection_, subject.c_str(), reply_to.c_str(),
                              octets.data(), size);
  if (status != NATS_OK)
    return error{errc::unavailable,
                 std::string{"the bus: "} + natsStatus_GetText(status)};
  return unit{};
}

bool nats_connection::closed() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CLOSED;
}

bool nats_connection::connected() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED
         && of(context_.get()).heard_in == life_of(connection_);
}

} // namespace troupe::bus

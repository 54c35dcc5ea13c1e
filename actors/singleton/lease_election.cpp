#include "actors/singleton/lease_election.hpp"

#include "actors/singleton/lease_document.hpp"
#include "messages/base/check.hpp"
#include "runtime/control/object_codec.hpp"

#include <algorithm>

namespace troupe::singleton {

namespace {

constexpr std::string_view ns = "kube-system";
constexpr int conflict = 409;
constexpr int not_found = 404;
/// Tries of a server that leaves; then others wait until it is silent.
constexpr int returns_max = 3;

std::string namespace_key() {
  return control::make_key("", "namespaces", {}, ns);
}

std::string lease_key(const std::string& name) {
  return control::make_key("coordination.k8s.io", "leases", ns, name);
}

/// It may have happened.
bool is_unknown(const api::status& status) {
  return status.code == 503 || status.code == 504;
}

} // namespace

status_result election_config::validate() const {
  if (lease.empty() || member.empty() || member.find('_') != member.npos)
    return error{errc::invalid_argument,
                 "a candidate needs a lease and a member without '_'"};
  if (lease_duration <= renew_deadline || renew_deadline <= retry_period)
    return error{errc::invalid_argument,
                 "lease_duration must be longer than renew_deadline, and that "
                 "than retry_period"};
  return unit{};
}

lease_election::lease_election(election_config config, std::uint64_t seed)
    : config_(std::move(config)), key_(lease_key(config_.lease)), random_(seed),
      returns_left_(returns_max) {
  TROUPE_CHECK(config_.validate().has_value(), "an election's times fit");
}

std::vector<std::string>
lease_election::prefixes(const election_config& config) {
  return {lease_key(config.lease), namespace_key()};
}

void lease_election::fenced_off(store::revision standing) {
  standing_ = std::max(standing_, standing);
}

election_effects
lease_election::step(const control::moment& now,
                     std::shared_ptr<const store::store_snapshot> view,
                     std::vector<control::loop_input> inputs) {
  now_ = now;
  look(std::move(view));
  for (auto& input : inputs)
    std::visit([this](auto& what) { take(what); }, input);
  read();
  check_holding();
  if (leaving_)
    give_back();
  else if (phase_ == phase::raising)
    raise();
  if (leaving_)
    return std::exchange(out_, {});
  if (phase_ == phase::waiting)
    campaign();
  else
    renew();
  return std::exchange(out_, {});
}

void lease_election::look(std::shared_ptr<const store::store_snapshot> view) {
  if (view_ != nullptr && view->applied() < view_->applied())
    return;
  const bool first = view_ == nullptr;
  view_ = std::move(view);
  const auto version = view_->get(key_);
  const auto at = version == nullptr ? store::revision{} : version->modified;
  if (at == lease_.at && !first)
    return;
  changed_ = now_.mono;
  lease_ = {};
  if (version != nullptr)
    read_lease(version);
}

void lease_election::read_lease(const store::version_ptr& version) {
  lease_.at = version->modified;
  auto object = control::decode_object(key_, *version);
  if (!object) {
    out_.warnings.push_back("the lease cannot be read: "
                            + object.error().message);
    return;
  }
  lease_.object = std::make_shared<const codec::document>(std::move(*object));
  lease_.holder = holder_of(*lease_.object);
  lease_.lasts = duration_of(*lease_.object).value_or(config_.lease_duration);
}

void lease_election::take(control::call_answered& input) {
  TROUPE_CHECK(open_ && open_->ticket == input.ticket,
               "one write is under way at a time");
  const auto mine = *std::exchange(open_, std::nullopt);
  const auto& status = input.response.status;
  if (status.success)
    return acquired(mine, store::revision{input.response.revision});
  if (is_unknown(status))
    doubt_ = mine;
  else if (status.code != conflict && status.code != not_found)
    out_.warnings.push_back("the lease was not written: " + status.message);
  // Somebody else wrote it, which this view may not show yet.
  must_read_ = must_read_ || is_unknown(status) || status.code == conflict
               || status.code == not_found;
}

void lease_election::take(control::read_ended& input) {
  reading_ = false;
  if (input.outcome != store::barrier_outcome::reached) {
    next_read_ = now_.mono + config_.retry_period;
    return;
  }
  must_read_ = false;
  settle_doubt();
}

void lease_election::read() {
  if (!must_read_ || reading_)
    return;
  if (now_.mono < next_read_)
    return wake_at(next_read_);
  out_.read = reading_ = true;
}

/// The view is as new as the read: it shows what became of the write.
void lease_election::settle_doubt() {
  const auto mine = std::exchange(doubt_, std::nullopt);
  if (!mine || lease_.object == nullptr || lease_.holder != mine->holder)
    return;
  if (mine->holder != holder_
      || renew_time_of(*lease_.object) == mine->renew_time)
    acquired(*mine, lease_.at);
}

void lease_election::acquired(const asked& by, store::revision at) {
  if (by.holder.empty())
    return; // given back
  if (phase_ != phase::waiting) {
    if (by.holder == holder_)
      renewed_ = by.at;
    return;
  }
  // Too late to be of use: the next holding has another identity.
  if (now_.mono >= by.at + config_.renew_deadline || by.holder == holder_)
    return;
  phase_ = phase::raising;
  holder_ = by.holder;
  epoch_ = at;
  renewed_ = by.at;
  raised_.reset();
}

void lease_election::check_holding() {
  if (phase_ == phase::waiting)
    return;
  const auto standing = std::max(standing_, view_->fence(config_.lease));
  if (standing > epoch_)
    return lose("epoch " + std::to_string(standing.value()) + " stands");
  // A view from before the acquisition says nothing.
  if (view_->applied() >= epoch_ && !mine())
    return lose(lease_.at.value() == 0 ? "the lease is gone"
                                       : lease_.holder + " holds it");
  if (now_.mono >= renewed_ + config_.renew_deadline)
    lose("it could not be renewed in time");
}

void lease_election::lose(const std::string& why) {
  out_.warnings.push_back("lost the lease " + config_.lease + ": " + why);
  step_down();
}

void lease_election::step_down() {
  out_.stop = phase_ == phase::holding;
  phase_ = phase::waiting;
  epoch_ = {};
  next_try_ = std::max(next_try_, now_.mono + config_.retry_period);
}

void lease_election::raise() {
  if (view_->fence(config_.lease) == epoch_) {
    phase_ = phase::holding;
    out_.start = epoch_;
    return;
  }
  if (!raised_ || now_.mono >= *raised_ + config_.retry_period) {
    out_.raise = epoch_;
    raised_ = now_.mono;
  }
  wake_at(*raised_ + config_.retry_period);
}

void lease_election::campaign() {
  if (open_ || must_read_)
    return;
  if (now_.mono < next_try_)
    return wake_at(next_try_);
  if (view_->get(namespace_key()) == nullptr)
    return; // its coming is news
  const bool free = lease_.holder.empty() || is_of_member();
  if (!free && now_.mono < changed_ + lease_.lasts)
    return wake_at(changed_ + lease_.lasts);
  write(config_.member + "_" + new_identity(random_), true);
}

void lease_election::renew() {
  wake_at(renewed_ + config_.renew_deadline);
  if (open_ || must_read_)
    return;
  if (now_.mono < next_try_)
    return wake_at(next_try_);
  if (mine())
    write(holder_, false);
}

/// Of this process, for its data directory is locked, or of one before it.
bool lease_election::is_of_member() const {
  return lease_.holder.starts_with(config_.member + "_");
}

bool lease_election::has_left() const {
  return leaving_ && !open_ && (!is_of_member() || returns_left_ == 0);
}

/// What this member holds, or what a write under way turns out to have given
/// it. Others need not wait then until it is silent.
void lease_election::give_back() {
  if (phase_ != phase::waiting)
    step_down();
  if (open_ || must_read_ || !is_of_member() || returns_left_ == 0)
    return;
  --returns_left_;
  const auto time = time_text(now_.wall);
  ask({}, time, free_lease(*lease_.object, time));
}

void lease_election::write(std::string holder, bool anew) {
  const auto renew_time = time_text(now_.wall);
  // Candidates that wait for the same moment shall not stay together.
  const auto jitter = config_.retry_period
                      * static_cast<int>(anew ? random_.below(100) : 0) / 100;
  next_try_ = now_.mono + config_.retry_period + jitter;
  auto body = make_lease({config_.lease, std::string{ns}, holder,
                          config_.lease_duration, renew_time, anew},
                         lease_.object.get());
  ask(std::move(holder), renew_time, std::move(body));
  wake_at(next_try_);
}

void lease_election::ask(std::string holder, std::string time,
                         std::shared_ptr<const codec::document> body) {
  last_ticket_ = last_ticket_.next();
  open_ = asked{last_ticket_, now_.mono, std::move(holder), std::move(time)};
  api::request request;
  request.user = config_.user;
  request.field_manager = config_.lease;
  request.verb = lease_.object ? api::verb::update : api::verb::create;
  request.target = {"coordination.k8s.io",
                    "v1",
                    "leases",
                    "",
                    std::string{ns},
                    lease_.object ? config_.lease : std::string{}};
  request.body = std::move(body);
  if (lease_.object)
    request.resource_version = std::to_string(lease_.at.value());
  out_.calls.push_back({last_ticket_, std::move(request)});
}

void lease_election::wake_at(mono_time when) {
  if (!out_.wake_at || when < *out_.wake_at)
    out_.wake_at = when;
}

} // namespace troupe::singleton

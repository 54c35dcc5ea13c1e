#include "node/image/image_service.hpp"

#include "node/image/archive_import.hpp"
#include "node/image/content_store.hpp"
#include "node/image/puller.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace troupe::image {

namespace {

constexpr std::size_t owner_length_max = 200;

using answer = std::function<void(pull_outcome)>;

/// Who waits for a pull, and since when.
struct waiter {
  answer done;
  mono_time since;
};

/// One pull for all who ask for the same.
struct pull_job {
  std::string key;
  reference name;
  pull_request request;
  std::vector<waiter> waiters;
};

using job_ptr = std::shared_ptr<pull_job>;

pull_error stopping() {
  return {pull_fault::unavailable, "the image service is stopping"};
}

/// What makes two requests one: name, policy and logins.
std::string key_of(const reference& name, const pull_request& request) {
  auto out = name.normalised() + "\n"
             + std::to_string(static_cast<int>(request.policy));
  for (const auto& [username, password] : request.logins.lookup(name))
    out += "\n" + std::to_string(username.size()) + ":" + username + ":"
           + password;
  return out;
}

class service final : public image_service {
public:
  service(image_service_config config, content_store store)
      : config_{std::move(config)}, store_{std::move(store)} {
    // What is present must not wait behind what is slow.
    workers_.emplace_back([this] { look_up(); });
    for (std::size_t i = 0; i < config_.pulls_max; ++i)
      workers_.emplace_back([this] { work(); });
  }

  ~service() override {
    stop_.request_stop();
    {
      const std::lock_guard lock{mutex_};
      changed_.notify_all();
    }
    workers_.clear();
    for (const auto* jobs : {&arrivals_, &queue_})
      for (const auto& job : *jobs)
        for (auto& each : job->waiters)
          each.done(stopping());
  }

  void pull(pull_request request, answer done) override {
    const auto name = parse_reference(request.reference);
    if (!name)
      return done(pull_error{pull_fault::invalid_name,
                             "Failed to apply default image tag \""
                                 + request.reference
                                 + "\": " + name.error().message});
    if (!enqueue(*name, std::move(request), done))
      done(pull_error{pull_fault::unavailable,
                      "more than " + std::to_string(config_.queue_max)
                          + " image pulls are waiting"});
  }

  image_ptr find(std::string_view text) override {
    if (is_digest(text))
      return store_.load(std::string{text});
    const auto name = parse_reference(text);
    return name ? store_.find(name->normalised()) : nullptr;
  }

  std::vector<image_ptr> list() override { return store_.list(); }

  status_result remove(std::string_view text) override {
    if (is_digest(text))
      return store_.remove_image(std::string{text});
    const auto name = parse_reference(text);
    if (!name)
      return name.error();
    return store_.remove_name(name->normalised());
  }

  status_result pin(std::string_view owner, std::string_view id) override {
    if (owner.empty() || owner.size() > owner_length_max
        || owner.find('\n') != owner.npos)
      return error{errc::invalid_argument,
                   "the owner of a pin has 1 to 200 octets on one line"};
    return store_.pin(owner, id);
  }

  status_result unpin(std::string_view owner) override {
    return store_.unpin(owner);
  }

  std::vector<std::string> pins(std::string_view prefix) override {
    return store_.pins(prefix);
  }

  result<std::vector<image_ptr>>
  import_archive(const std::string& path, std::string_view name) override {
    return import_images(store_, config_, path, name, stop_.get_token());
  }

  std::set<std::string> pinned() override { return store_.pinned(); }

  result<store_usage> collect() override { return store_.collect(); }

  result<store_usage> evict(std::string_view id) override {
    return store_.evict(std::string{id});
  }

  result<store_usage> usage() override { return store_.usage(); }

private:
  /// Joins the pull under way for the same, if there is one.
  bool enqueue(const reference& name, pull_request request,
               const answer& done) {
    auto key = key_of(name, request);
    const auto now = mono_now();
    const std::lock_guard lock{mutex_};
    if (waiting_ >= config_.queue_max)
      return false;
    ++waiting_;
    const auto same = [&](const job_ptr& job) { return job->key == key; };
    for (const auto* jobs : {&arrivals_, &queue_, &running_})
      if (const auto found = std::ranges::find_if(*jobs, same);
          found != jobs->end()) {
        (*found)->waiters.push_back({done, now});
        return true;
      }
    arrivals_.push_back(std::make_shared<pull_job>(
        pull_job{std::move(key), name, std::move(request), {{done, now}}}));
    changed_.notify_all();
    return true;
  }

  /// Answers what needs no registry and hands the rest on.
  void look_up() {
    while (const auto job = take(arrivals_)) {
      if (auto outcome = settle(*job))
        complete(job, *outcome, mono_now());
      else
        hand_on(job);
    }
  }

  void work() {
    while (const auto job = take(queue_)) {
      const auto begun = mono_now();
      auto image = pull_image(store_, config_, job->name, job->request.logins,
                              stop_.get_token());
      const auto ended = mono_now();
      complete(job,
               image ? pull_outcome{pulled{*image, false, ended - begun, {}}}
                     : pull_outcome{image.error()},
               ended);
    }
  }

  /// The next job; null when stopping.
  job_ptr take(std::deque<job_ptr>& from) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock,
                  [&] { return stop_.stop_requested() || !from.empty(); });
    if (stop_.stop_requested())
      return nullptr;
    auto job = from.front();
    from.pop_front();
    running_.push_back(job);
    return job;
  }

  void hand_on(const job_ptr& job) {
    const std::lock_guard lock{mutex_};
    std::erase(running_, job);
    queue_.push_back(job);
    changed_.notify_all();
  }

  void complete(const job_ptr& job, const pull_outcome& outcome,
                mono_time ended) {
    for (auto& each : finish(job)) {
      auto own = outcome;
      if (own) {
        own->waited = ended - each.since;
        // Whoever came to a pull under way saw only the rest of it.
        own->elapsed = std::min(own->elapsed, own->waited);
      }
      each.done(std::move(own));
    }
  }

  /// From here on nobody joins.
  std::vector<waiter> finish(const job_ptr& job) {
    const std::lock_guard lock{mutex_};
    std::erase(running_, job);
    waiting_ -= job->waiters.size();
    return std::move(job->waiters);
  }

  /// The outcome, if the store alone decides it.
  std::optional<pull_outcome> settle(const pull_job& job) const {
    const auto policy = job.request.policy;
    if (policy == pull_policy::always)
      return std::nullopt;
    if (auto image = store_.find(job.name.normalised()))
      return pulled{std::move(image), true, {}, {}};
    if (policy == pull_policy::never)
      return pull_error{pull_fault::never_pulled,
                        "Container image \"" + job.request.reference
                            + "\" is not present with pull policy of Never"};
    return std::nullopt;
  }

  const image_service_config config_;
  const content_store store_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job_ptr> arrivals_; ///< the store was not asked yet
  std::deque<job_ptr> queue_;    ///< for a registry
  std::deque<job_ptr> running_;
  std::size_t waiting_ = 0; ///< requests in all three
  std::vector<std::jthread> workers_;
};

} // namespace

result<std::unique_ptr<image_service>>
open_image_service(image_service_config config) {
  if (auto valid = config.validate(); !valid)
    return valid.error();
  auto store = content_store::open(config.root);
  if (!store)
    return store.error();
  return std::unique_ptr<image_service>{
      std::make_unique<service>(std::move(config), std::move(*store))};
}

} // namespace troupe::image

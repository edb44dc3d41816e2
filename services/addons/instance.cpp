#include "services/addons/instance.hpp"

#include <array>
#include <utility>

#include "schemas/exception_text.hpp"
#include "services/addons/host_functions.hpp"
#include "services/addons/library.hpp"
#include "services/telemetry/log.hpp"

namespace puff::addons {
namespace {

using namespace std::chrono_literals;
using clock = lanes::clock;

constexpr auto deadline_beat = 20ms;

/// Runs the add-on's code. What it throws although it must not is the error's text.
template <class F>
error guarded(F call) {
  try {
    call();
    return {};
  } catch (...) {
    return make_error(ec::server_error, exception_text(std::current_exception()));
  }
}

response refusal(std::uint16_t status, std::string text) {
  response r;
  r.head.status = status;
  r.head.headers.add("Content-Type", "text/plain; charset=utf-8");
  r.body = std::move(text) + "\n";
  return r;
}

/// The request as the add-on sees it; views into what it is made of.
class request_view {
 public:
  request_view(const request& what, const instance::fields& params) {
    for (std::size_t i = 0; i < what.headers.size(); ++i) {
      auto field = what.headers[i];
      fields_.push_back({to_text(field.name), to_text(field.value)});
    }
    for (const auto& [name, value] : params) params_.push_back({to_text(name), to_text(value)});
    view_.size = sizeof view_;
    view_.method = to_text(what.method);
    view_.target = to_text(what.target);
    view_.body = to_text(what.body);
    if (what.peer) view_.client = to_text(what.peer->client_address);
    view_.fields = fields_.data();
    view_.field_count = fields_.size();
    view_.params = params_.data();
    view_.param_count = params_.size();
  }
  const puff_request* get() const noexcept { return &view_; }

 private:
  std::vector<puff_field> fields_, params_;
  puff_request view_{};
};

}  // namespace

instance::instance(const puff_addon& entry, instance_options how)
    : entry_(entry),
      options_(std::move(how)),
      lanes_(std::make_shared<lanes>(options_.max_waiting)) {
  table_ = host_functions::table(*this);
}

instance::~instance() { stop(0ms); }

expected<std::unique_ptr<instance>> instance::start(const puff_addon& entry, instance_options how) {
  if (auto wrong = check_entry(&entry)) return wrong;
  std::unique_ptr<instance> made{new instance{entry, std::move(how)}};
  if (auto refused = made->call_start())
    return make_error(code_of(refused), "add-on " + made->name() + " " + made->version() +
                                            " cannot be used: " + context_of(refused));
  return made;
}

error instance::call_start() {
  std::array<char, 512> why{};
  std::uint32_t status = PUFF_OK;
  registering_ = true;
  auto thrown = guarded([&] { status = entry_.start(&table_, why.data(), why.size() - 1); });
  registering_ = false;
  if (thrown) return make_error(ec::bad_config, context_of(thrown));
  if (!refused_.empty()) return make_error(ec::bad_config, refused_);
  if (status == PUFF_OK) return {};
  return make_error(ec::bad_config, why[0] ? why.data() : "its start says no, and not why");
}

bool instance::registers(std::string_view what, std::string_view name) {
  auto refuse = [&](const char* why) {
    if (refused_.empty()) refused_ = std::string{what} + " '" + std::string{name} + "' " + why;
    return false;
  };
  if (!registering_) {
    log::error("addon." + this->name(), "{} '{}' is registered after the start: ignored", what,
               name);
    return false;
  }
  if (name.empty()) return refuse("has no name");
  for (const auto& each : actors_)
    if (what == "actor" && each.name == name) return refuse("is registered twice");
  return true;
}

void instance::begin(port& to, counters in) {
  counts_.emplace(in);
  port_ = &to;
  lanes_->start(options_.threads);
  watch_ = std::thread{[this] { watch_deadlines(); }};
  if (entry_.ready == nullptr) return;
  lanes_->post_always(0, [this] {
    if (auto thrown = guarded(entry_.ready)) log("ready: " + context_of(thrown));
  });
}

bool instance::stop(std::chrono::milliseconds patience) {
  if (stopped_.exchange(true)) return true;
  const bool ended = lanes_->stop(patience);
  end_watching();
  port_ = nullptr;
  for (auto& waiting : calls_.take_all())
    waiting(make_error(ec::shutting_down, "the add-on " + name() + " has ended"));
  for (auto& waiting : exchanges_.take_all()) waiting(refusal(503, "the node stops"));
  if (!ended) log::warning("addon." + name(), "still runs: it is left behind");
  if (ended && entry_.stop != nullptr)
    if (auto thrown = guarded(entry_.stop)) log("stop: " + context_of(thrown));
  return ended;
}

void instance::log(std::string_view what) const { log::error("addon." + name(), "{}", what); }

/// What nobody has answered in time is answered here.
void instance::watch_deadlines() {
  std::unique_lock lock{guards_watch_};
  while (!watch_ends_) {
    if (calls_.empty() && exchanges_.empty()) {
      watch_changed_.wait(lock);
      continue;
    }
    watch_changed_.wait_for(lock, deadline_beat, [this] { return watch_ends_; });
    lock.unlock();
    const auto now = clock::now();
    for (auto& waiting : calls_.take_expired(now))
      waiting(make_error(ec::timed_out, "the add-on " + name() + " has not answered in time"));
    for (auto& waiting : exchanges_.take_expired(now))
      waiting(refusal(504, "the add-on " + name() + " has not answered in time"));
    lock.lock();
  }
}

void instance::end_watching() {
  {
    std::scoped_lock lock{guards_watch_};
    watch_ends_ = true;
  }
  watch_changed_.notify_all();
  if (watch_.joinable()) watch_.join();
}

/// What was added is watched: under the lock, so that it is not missed between look and wait.
void instance::wake_watch() {
  std::scoped_lock lock{guards_watch_};
  watch_changed_.notify_all();
}

void instance::settle(puff_handle call, expected<actor_reply> outcome) {
  if (auto waiting = calls_.take(call)) (*waiting)(std::move(outcome));
}

void instance::receive(puff_receive by, void* state, std::uint32_t lane, actor_message what,
                       on_reply done, clock::time_point deadline) {
  ++counts_->arrived;
  const auto call = done ? calls_.add(std::move(done), deadline) : puff_handle{0};
  if (call != 0) wake_watch();
  const bool taken = lanes_->post(lane, [this, by, state, call, what = std::move(what)] {
    ++counts_->handled;
    const auto view = to_message(what);
    auto thrown = guarded([&] { by(state, call, &view); });
    if (!thrown) return;
    log("'" + what.verb + "' threw: " + context_of(thrown));
    settle(call, thrown);
  });
  if (taken) return;
  ++counts_->refused;
  settle(call, make_error(ec::overloaded, "the add-on " + name() + " has too much waiting"));
}

void instance::deliver(const actor& to, actor_call what, on_reply done) {
  receive(to.receive, to.state, to.lane, std::move(what.what), std::move(done), what.deadline);
}

void instance::run(const task& which, std::string parameter, on_reply done) {
  receive(which.run, which.state, 0, {which.name, content_type::json, std::move(parameter)},
          std::move(done), clock::time_point::max());
}

void instance::serve(const route& by, std::shared_ptr<const request> what, fields params,
                     on_response done) {
  ++counts_->arrived;
  const auto exchange = exchanges_.add(std::move(done), clock::now() + options_.answer_limit);
  wake_watch();
  auto answer = [this, exchange](response whole) {
    if (auto waiting = exchanges_.take(exchange)) (*waiting)(std::move(whole));
  };
  const bool taken = lanes_->post(
      0, [this, &by, exchange, answer, what = std::move(what), params = std::move(params)] {
        ++counts_->handled;
        const request_view view{*what, params};
        auto thrown = guarded([&] { by.serve(by.state, exchange, view.get()); });
        if (!thrown) return;
        log(what->method + " " + by.pattern + " threw: " + context_of(thrown));
        answer(refusal(500, "the add-on " + name() + " failed"));
      });
  if (taken) return;
  ++counts_->refused;
  answer(refusal(503, "the add-on " + name() + " has too much waiting"));
}

void instance::ask(puff_handle whom, const std::string& to, actor_message what,
                   std::chrono::milliseconds within, puff_replied replied, void* state) {
  auto tell = [replied, state](const expected<actor_reply>& outcome) {
    actor_message reply;
    if (outcome)
      reply = {{}, outcome->content_type, outcome->body};
    else
      reply.body = context_of(outcome.error());
    const auto view = to_message(reply);
    const auto status = outcome ? std::uint32_t{PUFF_OK} : status_of(code_of(outcome.error()));
    guarded([&] { replied(state, status, &view); });
  };
  // The answer may come when the add-on has ended.
  std::weak_ptr<lanes> home = lanes_;
  auto done = [home, whom, tell](expected<actor_reply> outcome) {
    if (whom == PUFF_ANYWHERE) return tell(outcome);
    if (auto running = home.lock())
      running->post_always(static_cast<std::uint32_t>(whom),
                           [tell, outcome = std::move(outcome)] { tell(outcome); });
  };
  auto* outside = port_.load();
  if (outside == nullptr)
    return done(make_error(ec::unavailable, "the node does not run yet, or no more"));
  outside->ask(to, std::move(what), within, std::move(done));
}

puff_handle instance::after(std::uint32_t lane, std::chrono::milliseconds time, puff_fired fired,
                            void* state) {
  const auto timer = timers_.add({lane, fired, state}, clock::time_point::max());
  lanes_->at(clock::now() + time, lane, [this, timer] {
    auto due = timers_.take(timer);
    if (!due) return;
    if (auto thrown = guarded([&] { due->fired(due->state); }))
      log("a timer threw: " + context_of(thrown));
  });
  return timer;
}

}  // namespace puff::addons

#include "actors/internal/graphql_work.hpp"

#include <utility>

#include "actors/internal/graphql_expiry.hpp"
#include "services/graphql/execute/same_for_all.hpp"
#include "services/telemetry/log.hpp"

namespace puff::internal {
namespace {

using graphql::outcome;
constexpr auto relaxed = std::memory_order_relaxed;

class running_job final : public graphql_job {
 public:
  running_job(std::shared_ptr<graphql::execution> run, std::shared_ptr<bool> wanted)
      : run_(std::move(run)), wanted_(std::move(wanted)) {}
  ~running_job() override {
    *wanted_ = false;
    run_->cancel();
  }
  void go_on() override {
    const auto run = run_;
    run->go_on();
  }

 private:
  std::shared_ptr<graphql::execution> run_;
  std::shared_ptr<bool> wanted_;
};

class counted_subscription final : public graphql::subscription {
 public:
  counted_subscription(std::shared_ptr<graphql::subscription> open,
                       std::shared_ptr<graphql_work> of)
      : open_(std::move(open)), of_(std::move(of)) {}
  ~counted_subscription() override { of_->counts().subscriptions.fetch_sub(1, relaxed); }
  void stop() override { open_->stop(); }
  void go_on() override { open_->go_on(); }
  void end_with(graphql_expiry expiry) { expiry_ = std::move(expiry); }

 private:
  std::shared_ptr<graphql::subscription> open_;
  std::shared_ptr<graphql_work> of_;
  graphql_expiry expiry_;
};

/// One that is shared, from the moment its subscriber may have it.
class admitted_subscription final : public graphql::subscription {
 public:
  void wait_for(std::shared_ptr<void> question) {
    if (!is_over_ && !open_) question_ = std::move(question);
  }
  void admit(std::shared_ptr<graphql::subscription> open) {
    if (!is_over_) open_ = std::move(open);
  }
  void stop() override {
    is_over_ = true;
    question_ = nullptr;
    open_ = nullptr;
  }
  void go_on() override {
    if (const auto open = open_) open->go_on();
  }

 private:
  std::shared_ptr<void> question_;
  std::shared_ptr<graphql::subscription> open_;
  bool is_over_ = false;
};

}  // namespace

graphql_outcome outcome_of(outcome how) noexcept {
  switch (how) {
    case outcome::executed: return graphql_outcome::executed;
    case outcome::refused: return graphql_outcome::refused;
    case outcome::timed_out: return graphql_outcome::timed_out;
    case outcome::too_large: return graphql_outcome::too_large;
    case outcome::cancelled: return graphql_outcome::cancelled;
  }
  return graphql_outcome::failed;
}

/// Waits for the authorizer.
class graphql_work::grant final : public graphql::receiver<expected<context_ptr>> {
 public:
  explicit grant(allowed done) : done_(std::move(done)) {}
  void receive(expected<context_ptr> answer) override {
    if (answer && has_expired(answer->get()))
      answer = make_error(ec::bad_request, std::string{expired_text});
    done_(std::move(answer));
  }
  void dropped() override { done_(make_error(ec::broken_promise)); }
  void when_cancelled(std::function<void()>) override {}

 private:
  allowed done_;
};

graphql_work::counters::counters(gauge& of)
    : running(of.level("running")),
      subscriptions(of.level("subscriptions")),
      sockets(of.level("sockets")),
      requests(of.total("requests")),
      refused(of.total("refused")),
      denied(of.total("denied")),
      errors(of.total("errors")),
      dropped(of.total("dropped")) {}

graphql_work::graphql_work(sql_asker::self_type* self, const graphql_options& options)
    : options_(options),
      documents_(options.documents),
      home_(self->home()),
      counts_(self->counts()),
      asker_(std::make_shared<sql_asker>()),
      clock_(std::make_shared<loop_clock>(*home_)),
      channels_(std::make_shared<channel_feeds>(asker_, options_.hubs)) {
  asker_->self = self;
}

void graphql_work::authorize(const header_block& headers, const std::optional<std::string>& token,
                             allowed done) {
  if (options_.authorizer == nullptr) return done(context_ptr{});
  options_.authorizer->authorize(
      headers, token,
      graphql::reply<expected<context_ptr>>{std::make_unique<grant>(std::move(done))});
}

graphql_answer graphql_work::refusal(const error& why) {
  if (code_of(why) == ec::bad_request) {
    const auto text = context_of(why);
    return {graphql_outcome::denied,
            graphql::error_body(text.empty() ? "Permission denied." : text)};
  }
  log::warning("graphql", "the authorization failed: {}", describe(why));
  return {graphql_outcome::failed, graphql::error_body("The authorization failed.")};
}

graphql_answer graphql_work::refusal(const graphql::graphql_errors& errors) {
  counts_.refused.fetch_add(1, relaxed);
  auto refused = graphql::refuse(errors);
  return {graphql_outcome::refused, std::move(refused.body)};
}

graphql::surroundings graphql_work::surroundings_of(const behalf& by) {
  graphql::surroundings out;
  out.context = by.context;
  out.clock = clock_;
  out.sql = sql_of(by);
  return out;
}

graphql::surroundings graphql_work::surroundings_of_events(const behalf& by) {
  auto out = surroundings_of(by);
  out.channels = channels_;
  if (out.sql)
    out.sql_of_event = [me = weak_from_this(), by = behalf{{}, by.session, by.database}] {
      const auto self = me.lock();
      return self ? self->sql_of(by) : nullptr;
    };
  return out;
}

std::shared_ptr<graphql::sql_executor> graphql_work::sql_of(const behalf& by) {
  sql_place place;
  if (by.session != 0 && by.database) {
    if (const auto at = options_.pools.find(*by.database); at != options_.pools.end())
      place.pool = at->second;
  } else if (options_.database) {
    place.pool = *options_.database;
  } else {
    return nullptr;
  }
  place.session = by.session;
  place.deadline = home_->now() + options_.engine->options().execution.timeout;
  return std::make_shared<pool_sql>(asker_, std::move(place));
}

graphql::result<graphql::prepared_request> graphql_work::prepare(
    graphql::wire_operation asked, graphql::incremental_format increments) {
  if (auto refused = documents_.resolve(asked)) return std::move(*refused);
  auto prepared =
      engine().prepare({asked.query, asked.operation_name, asked.variables, increments});
  if (prepared) documents_.accepted(asked);
  return prepared;
}

std::unique_ptr<graphql_job> graphql_work::execute(graphql::prepared_request prepared,
                                                   const behalf& by, answered done) {
  counts_.requests.fetch_add(1, relaxed);
  counts_.running.fetch_add(1, relaxed);
  auto wanted = std::make_shared<bool>(true);
  auto over = std::make_shared<bool>(false);
  auto finished = [me = shared_from_this(), wanted, over,
                   done = std::move(done)](graphql::response r) {
    *over = !r.has_next;
    if (*over) me->counts_.running.fetch_sub(1, relaxed);
    if (r.errors > 0) me->counts_.errors.fetch_add(1, relaxed);
    if (*wanted) done({{outcome_of(r.how), std::move(r.body)}, r.has_next});
  };
  auto run = engine().execute(std::move(prepared), surroundings_of(by), std::move(finished));
  if (*over) return nullptr;
  return std::make_unique<running_job>(std::move(run), std::move(wanted));
}

std::shared_ptr<graphql::subscription> graphql_work::subscribe(graphql::prepared_request prepared,
                                                               const behalf& by,
                                                               graphql::subscription_calls calls) {
  counts_.requests.fetch_add(1, relaxed);
  auto ended = calls.ended;
  calls.next = [next = std::move(calls.next)](graphql::response r) {
    if (r.gap) {
      if (r.shared) r.body = *std::exchange(r.shared, nullptr);
      graphql::tell_gap(r.body, r.gap);
    }
    next(std::move(r));
  };
  auto open = this->open(std::move(prepared), by, std::move(calls));
  if (!open) return nullptr;
  counts_.subscriptions.fetch_add(1, relaxed);
  auto counted = std::make_shared<counted_subscription>(open, shared_from_this());
  counted->end_with({*home_, by.context.get(), [open = std::weak_ptr{open}, ended] {
                       if (const auto running = open.lock()) running->stop();
                       ended(graphql::refuse({{.message = std::string{expired_text}}}));
                     }});
  return counted;
}

std::shared_ptr<graphql::subscription> graphql_work::open(graphql::prepared_request prepared,
                                                          const behalf& by,
                                                          graphql::subscription_calls calls) {
  // What runs in a session of the caller's own sees what nobody else does.
  if (by.session == 0 && graphql::is_same_for_all(*prepared.plan))
    return open_shared(std::move(prepared), by, std::move(calls));
  return engine().subscribe(std::move(prepared), surroundings_of_events(by), std::move(calls));
}

std::shared_ptr<graphql::subscription> graphql_work::open_shared(
    graphql::prepared_request prepared, const behalf& by, graphql::subscription_calls calls) {
  auto gate = std::make_shared<admitted_subscription>();
  auto judged = [me = shared_from_this(), to = std::weak_ptr{gate}, prepared,
                 calls = std::move(calls)](std::optional<graphql::response> refusal) mutable {
    const auto waiting = to.lock();
    if (refusal) return calls.ended(std::move(refusal));
    if (waiting) waiting->admit(me->shared().join(std::move(prepared), std::move(calls)));
  };
  gate->wait_for(
      engine().admit(std::move(prepared), surroundings_of_events(by), std::move(judged)));
  return gate;
}

shared_subscriptions& graphql_work::shared() {
  if (shared_) return *shared_;
  auto open = [me = weak_from_this()](graphql::prepared_request what,
                                      graphql::subscription_calls calls) {
    const auto self = me.lock();
    if (!self) return std::shared_ptr<graphql::subscription>{};
    auto with = self->surroundings_of_events({});
    with.is_admitted = true;
    return self->engine().subscribe(std::move(what), std::move(with), std::move(calls));
  };
  shared_ = std::make_shared<shared_subscriptions>(
      std::move(open), [&dropped = counts_.dropped] { dropped.fetch_add(1, relaxed); });
  return *shared_;
}

}  // namespace puff::internal

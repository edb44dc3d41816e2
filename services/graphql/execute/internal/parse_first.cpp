#include "services/graphql/execute/internal/parse_first.hpp"

#include <optional>
#include <utility>

#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/outside_parser.hpp"

namespace puff::graphql::internal {
namespace {

using reason = std::optional<std::string>;
using refusal = std::optional<response>;

/// Waits for the parser, and says once how it went: a refusal, or none.
class parsing : public std::enable_shared_from_this<parsing> {
 public:
  parsing(const execution_request& request, std::function<void(refusal)> ended)
      : inputs_(request.outside), clock_(request.clock), ended_(std::move(ended)) {}

  void start(outside_parser& parser, std::chrono::milliseconds timeout) {
    const auto me = shared_from_this();
    if (clock_ != nullptr)
      timer_ = clock_->after(timeout, [weak = weak_from_this(), timeout] {
        if (const auto self = weak.lock()) self->timed_out(timeout);
      });
    parser.parse(inputs_->values(), reply<reason>{std::make_unique<answered>(me)});
  }

  /// Nothing is said any more.
  void stop() {
    ended_ = nullptr;
    if (timer_) clock_->cancel(*std::exchange(timer_, std::nullopt));
    if (const auto tell = std::exchange(stop_, nullptr)) tell();
  }

 private:
  class answered final : public receiver<reason> {
   public:
    explicit answered(std::shared_ptr<parsing> to) : to_(std::move(to)) {}
    void receive(reason why) override { to_->parsed(why); }
    void dropped() override { to_->parsed("Nobody has parsed the request's values."); }
    void when_cancelled(std::function<void()> stop) override { to_->stop_ = std::move(stop); }

   private:
    std::shared_ptr<parsing> to_;
  };

  void parsed(const reason& why) {
    stop_ = nullptr;
    if (why) return end(refuse({{.message = *why}}));
    const auto faults = inputs_->faults();
    end(faults.empty() ? refusal{} : refuse(faults));
  }

  void timed_out(std::chrono::milliseconds timeout) {
    timer_.reset();
    end(refuse(
        {{.message = "The request took longer than " + std::to_string(timeout.count()) + " ms."}},
        outcome::timed_out));
  }

  void end(refusal why) {
    const auto keep = shared_from_this();
    const auto tell = std::exchange(ended_, nullptr);
    stop();
    if (tell) tell(std::move(why));
  }

  const std::shared_ptr<const outside_inputs> inputs_;
  const std::shared_ptr<execution_clock> clock_;
  std::function<void(refusal)> ended_;
  std::optional<execution_clock::ticket> timer_;
  std::function<void()> stop_;
};

class parsed_execution final : public execution,
                               public std::enable_shared_from_this<parsed_execution> {
 public:
  parsed_execution(execution_request request, response_ready done)
      : request_(std::move(request)), done_(std::move(done)) {}

  void start() {
    parsing_ = std::make_shared<parsing>(
        request_, [me = shared_from_this()](refusal why) { me->parsed(std::move(why)); });
    const auto running = parsing_;
    running->start(*request_.plan->schema->parser, request_.limits.timeout);
  }

  void cancel() override {
    if (run_ != nullptr) return run_->cancel();
    if (const auto running = std::exchange(parsing_, nullptr)) running->stop();
    if (const auto done = std::exchange(done_, nullptr))
      done(refuse({{.message = "The request was cancelled."}}, outcome::cancelled));
  }

  void go_on() override {
    if (const auto run = run_) run->go_on();
  }

 private:
  void parsed(refusal why) {
    parsing_ = nullptr;
    auto done = std::exchange(done_, nullptr);
    if (why) return done(std::move(*why));
    run_ = execute(std::move(request_), std::move(done));
  }

  execution_request request_;
  response_ready done_;
  std::shared_ptr<parsing> parsing_;
  std::shared_ptr<execution> run_;
};

class parsed_subscription final : public subscription {
 public:
  parsed_subscription(execution_request request, subscription_calls calls)
      : state_(std::make_shared<state>()) {
    state_->request = std::move(request);
    state_->calls = std::move(calls);
  }
  ~parsed_subscription() override { stop(); }

  void start() {
    state_->waits = std::make_shared<parsing>(
        state_->request, [to = state_](refusal why) { to->parsed(std::move(why)); });
    const auto running = state_->waits;
    running->start(*state_->request.plan->schema->parser, state_->request.limits.timeout);
  }

  void stop() override {
    if (const auto running = std::exchange(state_->waits, nullptr)) running->stop();
    if (const auto run = std::exchange(state_->run, nullptr)) run->stop();
  }
  void go_on() override {
    if (const auto run = state_->run) run->go_on();
  }

 private:
  struct state {
    execution_request request;
    subscription_calls calls;
    std::shared_ptr<parsing> waits;
    std::shared_ptr<subscription> run;

    void parsed(refusal why) {
      waits = nullptr;
      auto then = std::exchange(calls, {});
      if (why) return then.ended(std::move(why));
      run = subscribe(std::move(request), std::move(then));
    }
  };
  const std::shared_ptr<state> state_;
};

}  // namespace

std::shared_ptr<execution> execute_parsed(execution_request request,
                                          std::shared_ptr<const outside_inputs> inputs,
                                          response_ready done) {
  request.outside = std::move(inputs);
  auto made = std::make_shared<parsed_execution>(std::move(request), std::move(done));
  made->start();
  return made;
}

std::shared_ptr<subscription> subscribe_parsed(execution_request request,
                                               std::shared_ptr<const outside_inputs> inputs,
                                               subscription_calls calls) {
  request.outside = std::move(inputs);
  auto made = std::make_shared<parsed_subscription>(std::move(request), std::move(calls));
  made->start();
  return made;
}

}  // namespace puff::graphql::internal

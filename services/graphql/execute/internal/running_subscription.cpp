#include "services/graphql/execute/internal/running_subscription.hpp"

#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/internal/parse_first.hpp"

namespace puff::graphql::internal {

/// Brings an answer of the stream: whether it admits, or is open.
class running_subscription::step final : public receiver<std::optional<field_failure>> {
 public:
  using taker = void (running_subscription::*)(std::optional<field_failure>);
  step(std::shared_ptr<running_subscription> to, taker take) : to_(std::move(to)), take_(take) {}
  void receive(std::optional<field_failure> fault) override { (*to_.*take_)(std::move(fault)); }
  void dropped() override { (*to_.*take_)(field_failure{"Nothing opened the stream.", {}}); }
  void when_cancelled(std::function<void()> stop) override { to_->stop_opening_ = std::move(stop); }

 private:
  std::shared_ptr<running_subscription> to_;
  taker take_;
};

running_subscription::running_subscription(execution_request request, subscription_calls calls)
    : request_(std::move(request)), calls_(std::move(calls)) {}

void running_subscription::start() {
  response refusal;
  root_ = root_call::make(request_, refusal);
  if (root_ == nullptr) return finish(std::move(refusal));
  if (request_.is_admitted) return open();
  root_->stream()->admit(root_->call(), reply<std::optional<field_failure>>{std::make_unique<step>(
                                            shared_from_this(), &running_subscription::admitted)});
}

void running_subscription::admitted(std::optional<field_failure> fault) {
  stop_opening_ = nullptr;
  if (is_over()) return;
  if (fault) return finish(root_call::refuse(request_, *fault));
  open();
}

void running_subscription::open() {
  stream_ = root_->stream();
  stream_->open(root_->call(), shared_from_this(),
                reply<std::optional<field_failure>>{
                    std::make_unique<step>(shared_from_this(), &running_subscription::opened)});
}

void running_subscription::opened(std::optional<field_failure> fault) {
  stop_opening_ = nullptr;
  if (is_over()) return;
  if (fault) return finish(root_call::refuse(request_, *fault));
  is_open_ = true;
  if (const auto tell = calls_.opened) tell();
  run_next();
}

std::size_t running_subscription::next(column_ptr value, std::function<void()> taken,
                                       pubsub_gap before) {
  if (is_over() || no_more_) return 0;
  events_.push_back({std::move(value), std::move(taken), before});
  run_next();
  return events_.size();
}

// One loop however the responses come, so that many events at once need no deep stack.
void running_subscription::run_next() {
  if (looping_) return;
  const auto keep = shared_from_this();
  looping_ = true;
  while (!is_over() && is_open_ && !busy_ && !events_.empty()) {
    auto one = request_;
    one.event = std::move(events_.front().value);
    if (request_.sql_of_event) one.sql = request_.sql_of_event();
    taken_ = std::move(events_.front().taken);
    gap_ = events_.front().before;
    events_.pop_front();
    busy_ = true;
    is_answered_ = false;
    auto run = execute(std::move(one), [me = keep](response r) { me->answered(std::move(r)); });
    if (!is_answered_ && !is_over()) running_ = std::move(run);
  }
  looping_ = false;
  if (!is_over() && is_open_ && !busy_ && no_more_) finish(std::nullopt);
}

void running_subscription::answered(response r) {
  const auto keep = shared_from_this();
  is_answered_ = true;
  running_ = nullptr;
  if (is_over()) return;
  r.gap = std::exchange(gap_, {});
  calls_.next(std::move(r));
  if (!calls_.paced) go_on();
}

void running_subscription::go_on() {
  const auto keep = shared_from_this();
  if (is_over() || !busy_ || !is_answered_) return;
  busy_ = false;
  if (const auto taken = std::exchange(taken_, nullptr)) taken();
  run_next();
}

void running_subscription::failed(field_failure why) {
  if (is_over()) return;
  finish(root_call::refuse(request_, why));
}

void running_subscription::ended() {
  no_more_ = true;
  run_next();
}

void running_subscription::stop() {
  calls_.ended = nullptr;
  events_.clear();
  taken_ = nullptr;
  if (const auto run = std::exchange(running_, nullptr)) run->cancel();
  if (const auto stop_it = std::exchange(stop_opening_, nullptr)) stop_it();
  if (const auto stream = std::exchange(stream_, nullptr)) stream->stop(*this);
}

void running_subscription::finish(std::optional<response> last) {
  const auto keep = shared_from_this();
  const auto ended_now = std::exchange(calls_.ended, nullptr);
  stop();
  ended_now(std::move(last));
}

}  // namespace puff::graphql::internal

namespace puff::graphql {
namespace {

class open_subscription final : public subscription {
 public:
  explicit open_subscription(std::shared_ptr<internal::running_subscription> run)
      : run_(std::move(run)) {}
  ~open_subscription() override { run_->stop(); }
  void stop() override { run_->stop(); }
  void go_on() override { run_->go_on(); }

 private:
  std::shared_ptr<internal::running_subscription> run_;
};

/// Whether somebody may subscribe. Lives until it is answered, wanted or not: whoever answers reads
/// what it refers to.
struct open_question {
  execution_request request;
  std::unique_ptr<internal::root_call> root;
  std::function<void(std::optional<response>)> done;  ///< null: nobody wants to know
  std::function<void()> stop;

  void judge(const std::optional<field_failure>& fault) {
    stop = nullptr;
    if (const auto tell = std::exchange(done, nullptr))
      tell(fault ? std::optional{internal::root_call::refuse(request, *fault)} : std::nullopt);
  }
  void give_up() {
    done = nullptr;
    if (const auto stop_it = std::exchange(stop, nullptr)) stop_it();
  }
};

class verdict final : public receiver<std::optional<field_failure>> {
 public:
  explicit verdict(std::shared_ptr<open_question> on) : on_(std::move(on)) {}
  void receive(std::optional<field_failure> fault) override { on_->judge(fault); }
  void dropped() override { on_->judge(field_failure{"Nobody said who may subscribe.", {}}); }
  void when_cancelled(std::function<void()> stop) override { on_->stop = std::move(stop); }

 private:
  std::shared_ptr<open_question> on_;
};

}  // namespace

void tell_gap(std::string& body, const pubsub_gap& gap) {
  body.pop_back();
  body.append(",\"extensions\":{\"gap\":{\"lost\":").append(std::to_string(gap.lost));
  body.append(gap.interrupted ? ",\"interrupted\":true}}}" : ",\"interrupted\":false}}}");
}

std::shared_ptr<void> admit(execution_request request,
                            std::function<void(std::optional<response>)> done) {
  const auto asked = std::make_shared<open_question>();
  asked->request = std::move(request);
  response refusal;
  asked->root = internal::root_call::make(asked->request, refusal);
  if (asked->root == nullptr) {
    done(std::move(refusal));
    return nullptr;
  }
  asked->done = std::move(done);
  asked->root->stream()->admit(
      asked->root->call(), reply<std::optional<field_failure>>{std::make_unique<verdict>(asked)});
  return {nullptr, [asked](void*) { asked->give_up(); }};
}

std::shared_ptr<subscription> subscribe(execution_request request, subscription_calls calls) {
  if (auto inputs = internal::inputs_of(request))
    return internal::subscribe_parsed(std::move(request), std::move(inputs), std::move(calls));
  auto run = std::make_shared<internal::running_subscription>(std::move(request), std::move(calls));
  run->start();
  return std::make_shared<open_subscription>(std::move(run));
}

}  // namespace puff::graphql

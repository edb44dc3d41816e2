#include "services/graphql/execute/internal/running_subscription.hpp"

#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/internal/parse_first.hpp"
#include "services/graphql/execute/internal/shape.hpp"
#include "services/graphql/values/memory_rows.hpp"

namespace puff::graphql::internal {

/// Brings the news that the stream is open, or why it is not.
class running_subscription::opening final : public receiver<std::optional<field_failure>> {
 public:
  explicit opening(std::shared_ptr<running_subscription> to) : to_(std::move(to)) {}
  void receive(std::optional<field_failure> fault) override { to_->opened(std::move(fault)); }
  void dropped() override { to_->opened(field_failure{"Nothing opened the stream.", {}}); }
  void when_cancelled(std::function<void()> stop) override { to_->stop_opening_ = std::move(stop); }

 private:
  std::shared_ptr<running_subscription> to_;
};

running_subscription::running_subscription(execution_request request, subscription_calls calls)
    : request_(std::move(request)), calls_(std::move(calls)) {}

void running_subscription::start() {
  const auto& plan = *request_.plan;
  const auto& f = plan.root->fields.front();
  const auto* stream = f.binding == nullptr ? nullptr : std::get_if<from_stream>(f.binding);
  if (stream == nullptr) return finish(refusal({name_of(f) + " has no stream of events.", {}}, {}));
  auto arguments = arguments_of(request_, f);
  if (!arguments) {
    const auto& wrong = arguments.errors().front();
    return finish(refusal({wrong.message, wrong.extensions}, wrong.locations));
  }
  arguments_ = std::move(*arguments);
  stream_ = stream->resolver;
  root_ = request_.root == nullptr ? row_of(value_object{}) : request_.root;
  call_.emplace(field_call{plan, f, *plan.root, root_, arguments_, request_.variables,
                           request_.context.get(), memory_, true, request_.sql});
  stream_->open(*call_, shared_from_this(),
                reply<std::optional<field_failure>>{std::make_unique<opening>(shared_from_this())});
}

void running_subscription::opened(std::optional<field_failure> fault) {
  stop_opening_ = nullptr;
  if (is_over()) return;
  if (fault) return finish(refusal(*fault, {}));
  is_open_ = true;
  if (const auto tell = calls_.opened) tell();
  run_next();
}

std::size_t running_subscription::next(column_ptr value, std::function<void()> taken) {
  if (is_over() || no_more_) return 0;
  events_.push_back({std::move(value), std::move(taken)});
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
    taken_ = std::move(events_.front().taken);
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
  const auto next = calls_.next;
  next(std::move(r));
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
  finish(refusal(why, {}));
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

response running_subscription::refusal(const field_failure& why,
                                       std::vector<location> places) const {
  const auto& f = request_.plan->root->fields.front();
  graphql_error e{why.message, std::move(places), {std::string{f.response_key}}, why.extensions};
  if (e.locations.empty())
    for (const auto* node : f.nodes) e.locations.push_back(request_.plan->doc->place_of(*node));
  return refuse({std::move(e)});
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

}  // namespace

std::shared_ptr<subscription> subscribe(execution_request request, subscription_calls calls) {
  if (auto inputs = internal::inputs_of(request))
    return internal::subscribe_parsed(std::move(request), std::move(inputs), std::move(calls));
  auto run = std::make_shared<internal::running_subscription>(std::move(request), std::move(calls));
  run->start();
  return std::make_shared<open_subscription>(std::move(run));
}

}  // namespace puff::graphql

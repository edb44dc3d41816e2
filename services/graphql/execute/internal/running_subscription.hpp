#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/internal/root_call.hpp"
#include "services/graphql/execute/resolver.hpp"
#include "services/graphql/execute/subscription.hpp"

namespace puff::graphql::internal {

/// Runs the plan below the root field for each event of a stream, one after the other.
class running_subscription final : public event_sink,
                                   public std::enable_shared_from_this<running_subscription> {
 public:
  running_subscription(execution_request request, subscription_calls calls);

  void start();
  void stop();
  void go_on();

  std::size_t next(column_ptr event, std::function<void()> taken, pubsub_gap before) override;
  void failed(field_failure why) override;
  void ended() override;

 private:
  class step;
  struct event {
    column_ptr value;
    std::function<void()> taken;
    pubsub_gap before;
  };

  void admitted(std::optional<field_failure> fault);
  void open();
  void opened(std::optional<field_failure> fault);
  void run_next();
  void answered(response r);
  void finish(std::optional<response> last);
  bool is_over() const noexcept { return calls_.ended == nullptr; }

  execution_request request_;
  subscription_calls calls_;  ///< empty once it is over
  std::unique_ptr<root_call> root_;
  std::shared_ptr<stream_resolver> stream_;  ///< once it is asked to open
  std::deque<event> events_;
  pubsub_gap gap_;               ///< before the event that is executed
  std::function<void()> taken_;  ///< of the event that is executed, or whose response waits
  std::shared_ptr<execution> running_;
  std::function<void()> stop_opening_;
  bool busy_ = false;     ///< until the response was taken
  bool looping_ = false;  ///< `run_next` is on the stack
  bool is_answered_ = false;
  bool is_open_ = false;
  bool no_more_ = false;  ///< the stream has ended; what waits is still executed
};

}  // namespace puff::graphql::internal

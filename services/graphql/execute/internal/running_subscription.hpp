#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "services/graphql/execute/execution.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::graphql::internal {

/// Runs the plan below the root field for each event of a stream, one after the other.
class running_subscription final : public event_sink,
                                   public std::enable_shared_from_this<running_subscription> {
 public:
  using next_response = std::function<void(response)>;
  using over = std::function<void(std::optional<response>)>;

  running_subscription(execution_request request, next_response next_one, over ended_so);

  void start();
  void stop();

  std::size_t next(column_ptr event) override;
  void failed(field_failure why) override;
  void ended() override;

 private:
  class opening;

  void opened(std::optional<field_failure> fault);
  void run_next();
  void answered(response r);
  void finish(std::optional<response> last);
  response refusal(const field_failure& why, std::vector<location> places) const;

  execution_request request_;
  next_response next_;
  over over_;
  std::shared_ptr<stream_resolver> stream_;
  value_object arguments_;
  layer_memory memory_;
  row_set_ptr root_;
  std::optional<field_call> call_;
  std::deque<column_ptr> events_;
  std::shared_ptr<execution> running_;
  std::function<void()> stop_opening_;
  bool busy_ = false;
  bool is_open_ = false;
  bool no_more_ = false;  ///< the stream has ended; what waits is still executed
};

}  // namespace puff::graphql::internal

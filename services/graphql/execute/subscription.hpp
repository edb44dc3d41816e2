#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "services/graphql/execute/execution.hpp"

namespace puff::graphql {

/// One subscription of a client. Events are executed one after the other. Destroying it stops it.
class subscription {
 public:
  virtual ~subscription() = default;
  /// Ends it: the stream is told, and nothing is called any more.
  virtual void stop() = 0;
  /// Of a paced one: the last response was taken, the next event may be executed.
  virtual void go_on() = 0;
};

/// What a subscription calls, on the execution's thread.
struct subscription_calls {
  std::function<void(response)> next;
  /// Nothing comes after it. With a refusal if the stream could not be opened.
  std::function<void(std::optional<response>)> ended;
  bool paced = false;  ///< after each response the next event waits for `go_on`
  std::function<void()>
      opened{};  ///< once, before anything else, if the stream is open; may be none
};

/// Adds to a response that has no "extensions" what is missing before it:
/// {"extensions":{"gap":{"lost":2,"interrupted":false}}}.
void tell_gap(std::string& body, const pubsub_gap& gap);

/// Asks only whether the maker of the request may subscribe: `done` gets the refusal, or nothing if
/// it may, once, perhaps at once. Destroying what this returns gives the question up.
std::shared_ptr<void> admit(execution_request request,
                            std::function<void(std::optional<response>)> done);

/// Opens the stream of the plan's root field and executes the plan for each of its events. The
/// request has no event of its own.
std::shared_ptr<subscription> subscribe(execution_request request, subscription_calls calls);

}  // namespace puff::graphql

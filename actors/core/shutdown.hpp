#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/core/deadline_source.hpp"

namespace puff {

/// The stages of an orderly end, in this order.
enum class shutdown_stage : std::uint8_t {
  stop_accepting,  ///< no new connections, claims or subscriptions
  finish,          ///< what has begun ends
  give_back,       ///< what has not begun goes back to where it came from
  close,           ///< actors and connections end
};
constexpr std::size_t shutdown_stages = 4;

std::string_view name_of(shutdown_stage stage) noexcept;

/// What is left to say when it is over.
struct shutdown_report {
  struct remainder {
    shutdown_stage stage;
    std::string step;
    std::string why;  ///< "did not end within 10000 ms", "was not waited for", or what it threw
  };
  std::vector<remainder> unfinished;  ///< empty: all is in order
  bool hurried = false;               ///< a second call has cut it short
  std::chrono::milliseconds took{};

  bool in_order() const noexcept { return unfinished.empty(); }
};

/// One text of a line for each remainder, for the log.
std::string to_text(const shutdown_report& report);

/// Ends a node in stages: the steps of a stage are started together, in order, and the next stage
/// begins when all have called back or the stage's time is over. So the whole takes no longer than
/// the sum of the limits, whatever the steps do. A plain class on the thread of its deadlines.
class shutdown {
 public:
  /// Says that the step has ended. From the same thread, at once or later; calls after the first,
  /// too late, or after the shutdown is gone do nothing.
  using done = std::function<void()>;
  using step = std::function<void(done)>;
  using on_end = std::function<void(const shutdown_report&)>;

  explicit shutdown(deadline_source& deadlines);
  /// Waits for nothing any more and calls nobody.
  ~shutdown();

  /// Adds a step; before `begin`.
  void add(shutdown_stage stage, std::string name, step what);
  /// The time that a stage may take: 10 s unless told.
  void limit(shutdown_stage stage, std::chrono::milliseconds within);

  /// Starts the first stage; `tell` is called once, when all is over. A second call does not wait
  /// any longer: the steps not yet begun are begun, nothing is waited for, and the first caller is
  /// told at once (the second's `tell` is not used).
  void begin(on_end tell);

  bool begun() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace puff

#pragma once

#include <signal.h>

namespace puff::dev {

/// Keeps every signal from the calling thread while it lives. Whoever forks holds one until the
/// child runs its own program: a handler of this program that ran in the child would speak for this
/// one (it shares the pipe that signals are reported through), and one that ran here would cut a
/// wait short.
class blocked_signals {
 public:
  blocked_signals();
  blocked_signals(const blocked_signals&) = delete;
  blocked_signals& operator=(const blocked_signals&) = delete;
  ~blocked_signals();

 private:
  sigset_t before_;
};

/// In the child, before exec: every signal does what it does by default, and none is blocked.
void give_signals_back();

}  // namespace puff::dev

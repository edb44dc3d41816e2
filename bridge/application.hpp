#pragma once

#include <memory>
#include <vector>

#include "bridge/exchange.hpp"

namespace puff::bridge {

/// Purpose: serves requests with the applications mounted on one Python thread, and is that
/// thread's voice towards other actors. Owns: nothing; exchanges live in the thread's table,
/// applications with the thread. Talks to: the listeners that send it events. Timers: none. Ends
/// when: the thread is stopped.
class application {
 public:
  using interface = application_actor;
  static constexpr const char* name = "python";

  /// `mounts[n]` answers events whose mount is n; filled before a listener knows of this actor.
  application(self_pointer<interface> self, python_thread& thread, exchange_table& exchanges,
              const std::vector<std::unique_ptr<gateway>>& mounts);
  ~application();

  interface::behavior_type make_behavior();

 private:
  void serve(request_events events);

  self_pointer<interface> self_;
  python_thread& thread_;
  exchange_table& exchanges_;
  const std::vector<std::unique_ptr<gateway>>& mounts_;
};

}  // namespace puff::bridge

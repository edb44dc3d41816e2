#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "schemas/actor.hpp"

namespace puff::addons {

/// What an add-on can reach outside: actors by name. From any thread; nothing here waits.
class port {
 public:
  virtual ~port() = default;
  virtual void tell(const std::string& name, actor_message what) = 0;
  /// `done` is called once, from any thread.
  virtual void ask(const std::string& name, actor_message what, std::chrono::milliseconds within,
                   std::function<void(expected<actor_reply>)> done) = 0;
};

}  // namespace puff::addons

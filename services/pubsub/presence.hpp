#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "schemas/error.hpp"
#include "schemas/pubsub.hpp"
#include "services/pubsub/inbox.hpp"
#include "services/redis/client.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::pubsub {

/// Who is there: connections enter channels and leave them, and anybody can ask who is in one.
/// The server has a lease for each, which the node renews while the connection lives; those of a
/// node that died run out. Who was announced is told on "CHANNEL#presence" too, as JSON. One
/// thread.
class presence {
 public:
  using clock = deadline_wheel::clock;
  using member = std::shared_ptr<inbox>;
  using done_callback = std::function<void(const error&)>;
  using list_callback = std::function<void(expected<std::vector<pubsub_present>>)>;

  /// Both go through `server`, which outlives this. Leases are renewed three times in their life.
  presence(redis::client& server, deadline_wheel& wheel, std::chrono::milliseconds lease);
  ~presence();

  /// Success when the server has it; entering again changes the info.
  void enter(const member& who, const attendance& what, done_callback done);
  /// `not_found` if it was not there.
  void leave(const attendance& what, done_callback done);
  /// Ends all that `who` has entered, in the background.
  void leave_all(const inbox& who);
  void list(const std::string& channel, clock::time_point deadline, list_callback done);

  std::size_t size() const noexcept;

 private:
  struct entry {
    const inbox* of = nullptr;
    attendance what;
  };
  using members = std::unordered_map<std::string, entry>;  // by the connection's id

  void send_enter(const attendance& what, done_callback done);
  void send_leave(const attendance& what, std::function<void(expected<redis_value>)> done);
  void expect_renewal();
  void renew();
  void renew(const std::string& channel, const members& all);
  void enter_again(const std::string& channel, const redis_value& missing);

  redis::client& server_;
  deadline_wheel& wheel_;
  std::chrono::milliseconds lease_;
  std::map<std::string, members> here_;  // by channel
  deadline_wheel::ticket renewal_;
  bool renews_ = false;
};

}  // namespace puff::pubsub

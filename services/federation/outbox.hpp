#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "services/federation/registry.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::federation {

struct outbox_options {
  std::size_t max_frames = 8'192;     ///< that wait for one node, answers not counted
  std::size_t max_bytes = 64u << 20;  ///< of their bodies
  std::size_t bundle_frames = 256;
  std::size_t bundle_bytes = 1u << 20;         ///< of a bundle with more than one frame
  std::size_t inbox_bound = 10'000;            ///< bundles that may lie unread in an inbox
  std::chrono::milliseconds patience{10'000};  ///< with Redis, before frames are given up
};

/// Frames on their way to other nodes. Those for one node leave in order, one bundle at a time:
/// what comes meanwhile leaves with the next. A bundle whose fate is not known is sent again as it
/// is; its number lets the receiver drop it. Answers (`control`) have a lane of their own: they are
/// bounded by the asks they answer, overtake the others and are not given up for a full inbox. One
/// thread, that of the wheel.
class outbox {
 public:
  using clock = deadline_wheel::clock;
  enum class lane : std::uint8_t { user, control };
  /// Frames that have not reached a node, and will not; `shutting_down` if it certainly has not got
  /// them, since it is about to leave or gone. Must not destroy the outbox.
  using on_refused = std::function<void(const node_identity& to, std::vector<frame> frames,
                                        const actor_failure& why)>;

  outbox(registry& names, deadline_wheel& wheel, outbox_options options, on_refused refused);
  ~outbox();
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;

  /// Who sends, from now on; what waits is forgotten.
  void begin(node_identity source);
  /// False if too much waits for that node; then `f` is lost.
  bool put(const node_identity& to, frame f, lane which);
  /// That node is gone: what waits for it is refused.
  void forget(const node_identity& to, const actor_failure& why);

  std::size_t waiting() const noexcept;

 private:
  struct peer {
    node_identity who;
    std::deque<frame> user, control;
    std::vector<frame> sending;
    std::string bundle;  // what is being sent, encoded
    std::size_t bytes = 0;
    std::uint64_t sequence = 0;
    clock::time_point since{};  // of the first attempt
    bool uncertain = false;     // whether an earlier attempt may have arrived
    deadline_wheel::ticket again;
  };
  using peers = std::map<node_identity, std::shared_ptr<peer>>;

  void pack(peer& p);
  void send(const std::shared_ptr<peer>& p);
  void sent(const std::shared_ptr<peer>& p, const expected<post_reply>& reply);
  void send_later(const std::shared_ptr<peer>& p);
  void refuse_user(const std::shared_ptr<peer>& p, actor_failure why);
  void give_up(const std::shared_ptr<peer>& p, const actor_failure& why);

  registry& names_;
  deadline_wheel& wheel_;
  outbox_options options_;
  on_refused refused_;
  node_identity source_;
  peers peers_;
  std::shared_ptr<outbox*> self_;
};

}  // namespace puff::federation

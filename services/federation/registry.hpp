#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schemas/frame.hpp"
#include "services/federation/identity.hpp"
#include "services/federation/script.hpp"

namespace puff::federation {

struct join_reply {
  bool joined = false;
  node_identity other;                 ///< who has the node's name, if that is why not
  std::chrono::milliseconds lease{0};  ///< of that one
};

struct beat_reply {
  bool alive = false;  ///< false: this life is over
  std::uint64_t version = 0;
  std::vector<std::string> singletons;  ///< that this life has
};

/// What a member tells with each beat.
struct member_state {
  std::uint64_t load = 0;  ///< actors that live there
  bool unwell = false;     ///< it is the last to be given actors
};

/// A member as all see it.
struct member {
  member_record record;
  member_state state;  ///< at its last heartbeat
  std::vector<std::string> kinds;
};

struct cluster_view {
  std::uint64_t version = 0;
  std::vector<member> members;
};

struct activation_reply {
  enum class state : std::uint8_t { here, elsewhere, fenced };
  state what = state::fenced;
  std::uint64_t token = 0;
  std::string saved;
  node_identity owner;  ///< if elsewhere
};

enum class post_reply : std::uint8_t { sent, inbox_full, closed, life_over };

/// A reminder that is due.
struct due_reminder {
  std::string actor, reminder;
  std::string stamp;  ///< which of its times this is
  actor_message what;
};

struct due_reply {
  bool mine = false;                   ///< whether the asker calls reminders
  std::chrono::milliseconds next{-1};  ///< until the next is due; negative: there is none
  std::vector<due_reminder> due;
};

/// What a cluster keeps in Redis, each change one script that decides by the server's clock:
/// members and their leases, who keeps which kind of actor, who has which name, saved states,
/// reminders, inboxes. All keys have one hash tag. One thread; the port must outlive what is under
/// way.
class registry {
 public:
  using clock = redis::command_port::clock;
  template <class T>
  using answer = std::function<void(expected<T>)>;

  registry(redis::command_port& port, std::string cluster);

  const std::string& cluster() const noexcept { return cluster_; }
  std::string inbox_of(const node_identity& life) const;

  void join(const member_record& who, std::chrono::milliseconds lease, clock::time_point deadline,
            answer<join_reply> done);
  void beat(const node_identity& life, std::chrono::milliseconds lease, member_state state,
            const std::vector<std::string>& singletons, clock::time_point deadline,
            answer<beat_reply> done);
  void view(clock::time_point deadline, answer<cluster_view> done);
  /// The life's inbox takes answers only from now on.
  void close(const node_identity& life, clock::time_point deadline, answer<bool> done);
  void leave(const node_identity& life, clock::time_point deadline, answer<bool> done);
  /// False if the life is over.
  void announce(const node_identity& life, const std::string& kind, actor_life how,
                std::uint64_t load, clock::time_point deadline, answer<bool> done);
  void withdraw(const node_identity& life, const std::vector<std::string>& kinds,
                clock::time_point deadline, answer<bool> done);
  /// Where an actor is, or shall be: the least loaded that keeps its kind. Nothing if nobody does.
  void find(const node_identity& asker, const std::string& name, clock::time_point deadline,
            answer<std::optional<node_identity>> done);
  /// The name is this life's from now on, if nobody living has it.
  void activate(const node_identity& life, const std::string& name, clock::time_point deadline,
                answer<activation_reply> done);
  /// False if the name is not this life's by this token (any more).
  void rest(const node_identity& life, const actor_rest& what, clock::time_point deadline,
            answer<bool> done);
  /// The life does not want a name that it was given and has not activated.
  void disown(const node_identity& life, const std::string& name, clock::time_point deadline,
              answer<bool> done);
  /// Puts a bundle into an inbox that holds fewer than `bound`. One that is closed takes only what
  /// holds nothing but answers.
  enum class content : std::uint8_t { answers, more };
  void post(const node_identity& target, const std::string& bundle, content what, std::size_t bound,
            clock::time_point deadline, answer<post_reply> done);

  void remind(const actor_reminder& what, clock::time_point deadline, answer<bool> done);
  /// False if there is none of that name.
  void forget(const std::string& actor, const std::string& reminder, clock::time_point deadline,
              answer<bool> done);
  /// At most `most` that are due, if the life calls reminders; each is due again after `patience`
  /// unless `fired` says that it has arrived, or sets another delay.
  void due(const node_identity& life, std::chrono::milliseconds patience, std::size_t most,
           clock::time_point deadline, answer<due_reply> done);
  void fired(const due_reminder& what, std::optional<std::chrono::milliseconds> again,
             clock::time_point deadline, answer<bool> done);

  /// The singleton whose node calls reminders.
  static constexpr const char* reminders_keeper = "~reminders";

 private:
  void run(const char* script, const std::vector<std::string_view>& words,
           clock::time_point deadline, answer<redis_value> done);

  redis::command_port& port_;
  std::string cluster_, prefix_;
};

}  // namespace puff::federation

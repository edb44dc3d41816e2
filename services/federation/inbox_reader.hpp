#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/redis/script.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::federation {

/// Reads a stream to its one reader, entry by entry and each once: waits in the server, trims what
/// it has read with the next wait. After a lost connection it goes on behind the last it has seen.
/// One thread, that of the wheel.
class inbox_reader {
 public:
  using clock = deadline_wheel::clock;
  /// Field and value of an entry. Must not destroy the reader.
  using callback = std::function<void(const std::string& field, std::string value)>;

  /// `port` sends commands that wait on connections of their own.
  inbox_reader(redis::command_port& port, deadline_wheel& wheel, callback on_entry);
  ~inbox_reader();
  inbox_reader(const inbox_reader&) = delete;
  inbox_reader& operator=(const inbox_reader&) = delete;

  /// Leaves the stream it reads for another, from its beginning.
  void read(std::string key);
  void stop();

 private:
  void wait();
  bool take(redis_value& reply);
  void take_entry(redis_value& entry);

  redis::command_port& port_;
  deadline_wheel& wheel_;
  callback on_entry_;
  std::string key_, last_;
  std::uint64_t round_ = 0;  // of `read`: replies of an earlier one are not ours
  deadline_wheel::ticket again_;
  std::shared_ptr<inbox_reader*> self_;
};

}  // namespace puff::federation

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/redis/blocking_connections.hpp"
#include "services/redis/command_table.hpp"
#include "services/redis/connection.hpp"
#include "services/redis/key_slot.hpp"

namespace puff::redis::internal {

/// The servers of a Redis Cluster: sends each command to the one that has its key's slot. What is
/// sent together is divided between servers and its replies are put in order again, but for a
/// transaction, which stays together. A server that sends a command elsewhere (MOVED, ASK) is
/// followed; one that is lost is replaced by what the others say. One thread.
class cluster {
 public:
  using clock = connection::clock;
  using reply_callback = connection::reply_callback;

  /// `home` is a connection to any server, which is asked who has which slots.
  cluster(boost::asio::io_context& io, deadline_wheel& wheel, connection& home,
          blocking_options options);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// For commands that `classify` has let through.
  void send(redis_commands commands, command_kind kind, clock::time_point deadline,
            reply_callback done);
  void close();
  blocking_stats stats() const;

 private:
  /// One server.
  struct server {
    std::unique_ptr<connection> shared;
    std::unique_ptr<blocking_connections> lent;
  };
  struct unit;
  struct request;
  using request_ptr = std::shared_ptr<request>;
  using places = std::vector<std::size_t>;

  void dispatch(const request_ptr& what, const places& units);
  void send_to(const std::string& address, const request_ptr& what, const places& units, bool ask);
  void take(const request_ptr& what, const places& units, bool asked,
            expected<std::vector<redis_value>> replies);
  void again(const request_ptr& what, places units);
  server& server_at(const std::string& address);
  void learn();
  void learned(const expected<std::vector<redis_value>>& replies);
  void let_go_of_the_lost();

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  connection& home_;
  blocking_options options_;
  std::map<std::string, server, std::less<>> servers_;
  std::array<std::string, slots> owners_;                // addresses; empty while nobody has said
  std::vector<std::pair<request_ptr, places>> waiting_;  // for somebody to say
  bool learning_ = false, knows_ = false, closed_ = false;
  deadline_wheel::ticket retry_;
};

}  // namespace puff::redis::internal

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/http/internal/websocket_protocol.hpp"
#include "services/http/server.hpp"
#include "services/http/session.hpp"

namespace puff::http::internal {

class accept_loop;

/// What the sessions of one server share: slots, the batch of events of a turn, the read buffer,
/// the clock. A turn is everything that happens between two waits of the loop: its end is posted
/// behind the handlers that are ready.
class engine : public std::enable_shared_from_this<engine> {
 public:
  using clock = deadline_wheel::clock;

  engine(boost::asio::io_context& io, deadline_wheel& wheel, server_options options,
         application_port& application);
  ~engine();

  // For the server.
  void listen(acceptor where);
  void answer(response_parts parts);
  void drain(std::function<void()> done);
  void close_all();
  /// After this nothing reaches the application, and no session its engine.
  void shut_down();

  // For the accept loops.
  bool has_room() const noexcept;
  void adopt(int descriptor, std::shared_ptr<const peer_info> peer);
  void resume_accepting_at(clock::time_point when);

  // For sessions.
  const http::limits& bounds() const noexcept { return options_.limits; }
  const std::shared_ptr<const http::router>& routes() const noexcept { return options_.router; }
  const cors_policy* cors() const noexcept { return options_.cors.get(); }
  boost::asio::io_context& io() noexcept { return io_; }
  server_stats& stats() noexcept { return stats_; }
  bool draining() const noexcept { return draining_since_.has_value(); }
  std::optional<clock::time_point> draining_since() const noexcept { return draining_since_; }
  std::span<char> read_space() noexcept { return {read_space_.get(), read_size}; }
  clock::time_point now() const noexcept { return now_; }
  void tick() noexcept { now_ = clock::now(); }
  deadline_wheel::clock::time_point wheel_time() const noexcept { return wheel_.now(); }
  deadline_wheel::ticket arm(clock::time_point when, const session& whom);
  void cancel(deadline_wheel::ticket t) noexcept { wheel_.cancel(t); }

  shared_deflate& deflate() noexcept { return deflate_; }

  void emit(request_event event);
  /// Has `s` pumped at the end of the turn.
  void touch(session& s);
  /// Has `s` read at the end of the turn.
  void read_again(session& s);
  void release(session& s) noexcept;
  std::unique_ptr<request> take_request();
  void give_back(std::unique_ptr<request> used);
  bool logs_access() const noexcept { return static_cast<bool>(options_.access_log); }
  void log_access(const access_record& record) const { options_.access_log(record); }
  void log_error(std::string_view text) const;

 private:
  static constexpr std::size_t read_size = 64 * 1024;
  static constexpr std::size_t max_spares = 64, max_spare_bytes = 4 * 1024;

  struct slot {
    session_ref holder;
    std::uint32_t turn = 0;    // of the next holder's first request
    std::uint32_t serial = 0;  // counts holders, for their deadlines
  };

  session_ref holder_of(std::uint32_t index, std::uint32_t serial) const;
  void post_turn_end();
  void end_turn();
  void check_drained();
  void on_deadline(std::uint32_t index, std::uint32_t serial);
  std::vector<session_ref> living() const;

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  readiness sockets_;
  server_options options_;
  application_port* application_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::shared_ptr<accept_loop>> acceptors_;
  request_events batch_;
  std::vector<session_ref> touched_, unread_;
  std::vector<std::unique_ptr<request>> spares_;
  std::unique_ptr<char[]> read_space_;
  clock::time_point now_ = clock::now();
  deadline_wheel::ticket retry_;
  std::function<void()> drained_;
  server_stats stats_;
  bool turn_posted_ = false;
  std::optional<clock::time_point> draining_since_;
  shared_deflate deflate_;
};

}  // namespace puff::http::internal

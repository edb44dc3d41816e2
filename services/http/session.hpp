#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/request.hpp"
#include "schemas/response.hpp"
#include "services/http/internal/byte_stream.hpp"
#include "services/http/internal/output_queue.hpp"
#include "services/http/internal/readiness.hpp"
#include "services/http/request_parser.hpp"
#include "services/http/response_writer.hpp"
#include "services/http/router.hpp"
#include "services/timers/deadline_wheel.hpp"

namespace puff::http {

namespace internal {
class engine;
class native_exchange;
class native_websocket;
struct websocket_state;
struct websocket_wish;
}  // namespace internal

class session;
void intrusive_ptr_add_ref(session* s) noexcept;
void intrusive_ptr_release(session* s) noexcept;
/// Not atomic: a session belongs to one thread.
using session_ref = boost::intrusive_ptr<session>;

/// One connection of HTTP/1.1: reads requests, has them answered, writes the answers, in order.
///
/// Life of a connection:
///   idle -> head -> [collecting] -> running -> [discarding] -> idle ...
///   running -> websocket, once it is accepted
///   from anywhere -> closing (answer is leaving) -> [lingering (client reads it)] -> closed
/// Pipelined requests wait, as bytes, until the answer before is complete; as long as neither the
/// application nor the client lags behind, the socket is watched, so a client that leaves is
/// noticed.
class session {
 public:
  session(internal::engine& host, exchange_id first, internal::byte_stream stream,
          std::shared_ptr<const peer_info> peer);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void open();
  /// Takes one part of the running exchange's answer; `pump` sends it.
  void apply(response_part& part);
  /// Writes what can be written, reads on in what is buffered, waits for whatever comes next.
  void pump();
  void begin_drain();
  /// Cuts the connection and tells whoever works on its request.
  void lose();
  void on_deadline();
  /// What `readiness` saw of the socket.
  void on_edge(internal::readiness::edge seen);
  /// Reads on where the last read left something.
  void read_on();

  std::uint32_t slot() const noexcept { return id_.slot; }
  std::uint32_t turn() const noexcept { return id_.turn; }

  // For the exchange of a coroutine handler.
  void want_body();
  bool takes_more() const noexcept;
  bool head_sent() const noexcept { return answer_.head_sent; }
  void answer_failed(std::string_view why);
  internal::engine& host() noexcept { return *host_; }

 private:
  using time_point = deadline_wheel::clock::time_point;
  enum class stage : std::uint8_t {
    idle,        ///< no byte of the next request has come
    head,        ///< in the midst of a head
    collecting,  ///< the body, or its beginning, is gathered before anyone is asked
    running,     ///< somebody works on the answer
    websocket,   ///< frames instead of requests
    discarding,  ///< the answer is complete, the rest of the request's body is thrown away
    closing,     ///< closes when the last byte has left
    lingering,   ///< our side is closed; gives the client time to read
    closed,
  };
  enum class maker : std::uint8_t { engine, plain, coroutine, application };
  enum class after : std::uint8_t { keep_open, close };

  /// What is known of the request under way.
  struct asked {
    maker by = maker::engine;
    const plain_handler* plain = nullptr;
    const coroutine_handler* coroutine = nullptr;
    const websocket_handler* socket = nullptr;
    std::shared_ptr<internal::websocket_wish> wish;  // of a request for a WebSocket
    path_params params;
    std::uint32_t mount = 0;
    bool head_request = false, keep_alive = false, counted = false;
    bool whole = false;          // wait for the whole body before asking anyone
    bool continue_owed = false;  // the client waits for "100 Continue"
    std::uint8_t minor_version = 1;
    std::uint64_t unconsumed = 0;  // body bytes handed over and not yet consumed
    std::uint64_t discarded = 0;
    time_point since{};
    std::string origin;  // of the page, if there are rules for other sites
  };
  struct answered {
    answer_plan plan;
    bool head_sent = false, overrun = false;
    std::uint16_t status = 0;
    std::uint64_t bytes = 0;  // of the body
    std::uint64_t owed = 0;   // of these, not yet reported as drained
  };
  struct log_text {
    std::string method, target, user_agent;
  };

  // Input: session.cpp
  void on_readable();
  void on_end_of_input();
  void feed(std::string_view fresh);
  std::string_view digest(std::string_view in);
  bool wants_input() const noexcept;
  bool watches() const noexcept;
  void watch();
  void set_stage(stage next) noexcept;
  void refresh_deadline();
  std::optional<time_point> deadline() const noexcept;
  void close() noexcept;

  // The request: session_request.cpp
  void begin_request();
  void on_head();
  void route();
  void on_body();
  void check_collected();
  void dispatch();
  void run_plain();
  void hand_over();
  void deliver(std::string piece);
  void consumed(std::uint64_t bytes);
  void send_continue();
  void refuse(std::uint16_t status, std::string_view reason);
  void disown();
  void forget_request();

  // A WebSocket: session_websocket.cpp
  void take_wish();
  void apply_websocket(response_part& part);
  void apply_socket_part(response_part& part);
  void accept_websocket(response_part& part);
  std::string_view digest_frames(std::string_view in);
  void on_frame_event(std::uint8_t what);
  void on_message();
  void send_close(std::uint16_t code, std::string_view reason);
  void tell_closed(std::uint16_t code, std::string_view reason);
  void end_websocket();
  void on_websocket_deadline();
  std::optional<time_point> websocket_deadline() const noexcept;
  bool wants_frames() const noexcept;

  // The answer: session_answer.cpp
  void answer_self(response whole, after what);
  void start(const response_head& head, std::optional<std::uint64_t> whole);
  void add_body(std::string piece);
  void finish();
  void end_exchange();
  void log();
  bool write_out();
  void on_writable();
  void report_drained(std::uint64_t bytes);
  void finish_closing();
  bool abandons_body() const noexcept;

  friend void intrusive_ptr_add_ref(session* s) noexcept;
  friend void intrusive_ptr_release(session* s) noexcept;

  internal::engine* host_;
  exchange_id id_;
  std::uint32_t references_ = 0;
  stage stage_ = stage::idle;
  bool watching_ = false;  // input is read as soon as there is some
  bool readable_ = false;  // the socket may hold input
  bool ended_ = false;     // the socket tells no edge any more
  bool blocked_ = false;   // there is no room to write
  bool starved_ = false;   // what is in `in_` is no complete piece of anything
  bool linger_ = false;    // unread input may be on its way: see `lingering`
  internal::byte_stream stream_;
  std::shared_ptr<const peer_info> peer_;
  std::optional<request_parser> parser_;
  std::unique_ptr<request> request_;
  std::shared_ptr<internal::native_exchange> native_;
  std::shared_ptr<internal::native_websocket> native_socket_;
  std::unique_ptr<internal::websocket_state> websocket_;
  std::unique_ptr<log_text> log_text_;
  std::string in_;
  internal::output_queue out_;
  asked asked_;
  answered answer_;
  time_point since_{};    // the stage began
  time_point read_at_{};  // the last byte of a body came
  time_point written_at_{};
  time_point armed_for_{};
  deadline_wheel::ticket ticket_;
};

}  // namespace puff::http

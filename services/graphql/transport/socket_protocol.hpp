#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "services/graphql/transport/http_question.hpp"

namespace puff::graphql {

/// The two protocols for operations over a WebSocket.
enum class socket_dialect : std::uint8_t {
  transport_ws,  ///< "graphql-transport-ws", of npm's graphql-ws
  legacy,        ///< "graphql-ws", of npm's subscriptions-transport-ws
};

/// The first of a client's subprotocols that is one of ours.
std::optional<socket_dialect> choose_dialect(const std::vector<std::string>& offered);
std::string_view subprotocol_of(socket_dialect dialect) noexcept;

/// On whose behalf the operations of a WebSocket run: the fields of its handshake, and, if they
/// have none, "Authorization" of the payload of `connection_init`, for a page cannot set fields of
/// a handshake. Other fields are not the client's to add: a proxy may vouch for them.
header_block connection_headers(const header_block& of_handshake, std::string_view payload);

/// What one WebSocket may ask for.
struct socket_rules {
  std::size_t max_message_bytes = 1u << 20;        ///< of a client
  std::uint32_t max_operations = 100;              ///< under way at a time
  std::chrono::milliseconds init_timeout{10'000};  ///< for `connection_init`
};

/// What `socket_protocol` has its owner do.
class socket_port {
 public:
  virtual ~socket_port() = default;
  virtual void send(std::string text) = 0;
  /// One message: `head`, what others get too, and a text that lives for ever.
  virtual void send(std::string head, std::shared_ptr<const std::string> shared,
                    std::string_view tail) = 0;
  /// Nothing is sent after it; what runs is stopped.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Authorize, with the payload (JSON of an object, or empty), and answer `allowed` or `denied`.
  virtual void authorize(std::string payload) = 0;
  /// Begin the operation of this id, and tell `next`, `failed`, `completed` of it.
  virtual void begin(std::string id, wire_operation asked) = 0;
  /// The client wants no more of it.
  virtual void stop(const std::string& id) = 0;
};

/// One WebSocket of either protocol, without socket, timer or execution: frames come in by
/// `received`, go out by the port.
class socket_protocol {
 public:
  socket_protocol(socket_dialect dialect, std::uint32_t max_operations, socket_port& port)
      : dialect_(dialect), max_operations_(max_operations), port_(port) {}

  void received(std::string_view text);
  void allowed();
  /// `why` is a text for the client; empty: a usual one.
  void denied(std::string_view why = {});
  /// Whether it is allowed could not be found out.
  void undecided();
  /// The client sent what is no text, or a message too large.
  void unreadable(std::uint16_t code, std::string_view reason) { close(code, reason); }
  /// The time for `connection_init` is over.
  void init_expired();
  void ping();

  // Of operations under way; others are ignored. `body` is a GraphQL response.
  void next(const std::string& id, std::string_view body);
  void next(const std::string& id, const std::shared_ptr<const std::string>& body);
  /// Nothing was executed.
  void failed(const std::string& id, std::string_view body);
  void completed(const std::string& id);

  /// The old protocol has one response to an operation that is no subscription.
  incremental_format increments() const noexcept {
    return dialect_ == socket_dialect::transport_ws ? incremental_format::by_id
                                                    : incremental_format::none;
  }
  bool is_acknowledged() const noexcept { return state_ == state::acknowledged; }
  std::size_t operations() const noexcept { return running_.size(); }

 private:
  enum class state : std::uint8_t { open, authorizing, acknowledged, closed };
  struct frame;

  void init(frame& f);
  void subscribe(frame& f);
  void refuse(std::uint16_t code, std::string_view why);
  void refuse_operation(const std::string& id, std::string_view why);
  void stop(const std::string& id);
  void close(std::uint16_t code, std::string_view reason);
  void send(std::string_view type, std::string_view id = {}, std::string_view payload = {});
  std::string_view next_type() const noexcept;
  static std::optional<frame> read(std::string_view text);

  const socket_dialect dialect_;
  const std::uint32_t max_operations_;
  socket_port& port_;
  state state_ = state::open;
  std::unordered_set<std::string> running_;
};

}  // namespace puff::graphql

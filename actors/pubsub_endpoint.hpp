#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/native_context.hpp"
#include "schemas/error.hpp"
#include "schemas/request.hpp"
#include "services/http/router.hpp"

namespace puff {

/// Who wants to hear a channel at an endpoint.
struct channel_visit {
  std::string channel;
  std::string transport;  ///< "websocket" or "sse"
  std::string path, query;
  header_block headers;
  std::string client_address;
};

/// Decides who may hear a channel, and publish on it where that is possible.
class channel_guard {
 public:
  virtual ~channel_guard() = default;
  /// The name that the visitor publishes under, empty for a new one. `bad_request` refuses; any
  /// other error is a failure of the guard, which the client learns no more of. Asked on an io
  /// thread; `done` is called once, on any.
  virtual void ask(channel_visit visit, std::function<void(expected<std::string>)> done) = 0;
};

/// The endless answers that are being given: they end when the server stops, rather than hold it
/// up. Any thread.
class open_streams {
 public:
  using stream = std::shared_ptr<pubsub::inbox>;
  /// False if the server stops already.
  bool add(const stream& what);
  void remove(const pubsub::inbox& what);
  void close();

 private:
  std::mutex guards_;  // both
  std::unordered_map<const pubsub::inbox*, std::weak_ptr<pubsub::inbox>> open_;
  bool closed_ = false;
};

/// A channel as browsers hear it: at one path as WebSocket and as server-sent events.
struct pubsub_endpoint {
  enum class slowness : std::uint8_t { gap, disconnect };

  std::string path;     ///< a pattern of `http::router`, "/live/{room}"
  std::string channel;  ///< in which "{room}" is what the path has there
  std::string pool = "default";
  bool websocket = true, sse = true;
  bool publishes = false;  ///< what a WebSocket's client sends is published
  std::uint32_t keep = 0;  ///< what is published that way, as `publication`
  std::chrono::milliseconds keep_for{3'600'000};
  std::uint32_t max_messages = 1'000;  ///< that wait for a client
  slowness when_slow = slowness::gap;
  std::chrono::milliseconds heartbeat{15'000};  ///< of server-sent events that are silent
  std::shared_ptr<channel_guard> guard;         ///< null: everybody may
};

/// Serves the endpoint. `bad_config` for a path that is none or taken, a channel that names what
/// the path does not have, or neither transport.
error add_pubsub_endpoint(http::router& to, const native_context& context, pubsub_endpoint what,
                          std::shared_ptr<open_streams> streams);

}  // namespace puff

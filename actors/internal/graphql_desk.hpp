#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "actors/internal/answer_outbox.hpp"
#include "actors/internal/graphql_reservation.hpp"
#include "actors/internal/graphql_work.hpp"

namespace puff::internal {

/// Whoever asks one resolver by HTTP: a request, or a WebSocket. Destroyed when it is gone; then
/// whatever runs for it is stopped.
class graphql_client {
 public:
  virtual ~graphql_client() = default;
  virtual exchange_id id() const noexcept = 0;
  /// What the listener tells of it, but for its beginning and that it is gone.
  virtual void take(request_event& event) = 0;
  /// The service ends.
  virtual void end() = 0;
  /// Sends something without meaning if nothing else is on its way, so that nobody takes the
  /// connection for dead.
  virtual void keep_alive() = 0;
};

/// The clients of one resolver, and what they share.
struct graphql_desk {
  std::shared_ptr<graphql_work> work;
  std::shared_ptr<answer_outbox> out;
  /// Streams of events that many requests share, by their tokens.
  std::unordered_map<std::string, std::shared_ptr<graphql_reservation>> reservations;
  /// Those that are not gone, by listener and connection.
  std::unordered_map<std::uint64_t, std::shared_ptr<graphql_client>> clients;

  static std::uint64_t key_of(std::uint32_t listener, exchange_id id) noexcept {
    return std::uint64_t{listener} << 32 | id.slot;
  }
  void take(std::uint32_t listener, request_event& event);
  void forget(std::uint32_t listener, const graphql_client& which);

 private:
  void begin(std::uint32_t listener, request_event& event);
};

}  // namespace puff::internal

#pragma once

#include <deque>
#include <memory>
#include <string>

#include "actors/core/timer.hpp"
#include "actors/internal/graphql_desk.hpp"
#include "actors/internal/graphql_expiry.hpp"
#include "actors/internal/graphql_operations.hpp"
#include "services/graphql/transport/socket_protocol.hpp"

namespace puff::internal {

/// One WebSocket for a schema, in either protocol.
///
/// Bounded by its client: while so much is unsent, no event of a subscription is made and no
/// message is read, so that the client's next ones wait in its own buffers.
class graphql_socket final : public graphql_client,
                             public std::enable_shared_from_this<graphql_socket>,
                             graphql::socket_port,
                             graphql_carrier {
 public:
  graphql_socket(graphql_desk& desk, std::uint32_t listener, exchange_id id,
                 std::unique_ptr<request> head);
  ~graphql_socket() override;

  void open();
  exchange_id id() const noexcept override { return id_; }
  void take(request_event& event) override;
  void end() override;
  void keep_alive() override;

 private:
  struct message {
    std::string text;
    std::uint64_t cost;
  };

  void send(std::string text) override;
  void send(std::string head, std::shared_ptr<const std::string> shared,
            std::string_view tail) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void authorize(std::string payload) override;
  void begin(std::string id, graphql::wire_operation asked) override;
  void stop(const std::string& id) override;

  void next(const std::string& id, std::string_view body) override;
  void next_shared(const std::string& id, std::shared_ptr<const std::string> body) override;
  void failed(const std::string& id, std::string_view body) override;
  void completed(const std::string& id) override;
  void waits() override { pump(); }

  void refuse(response whole);
  void accept();
  void judged(expected<graphql_work::context_ptr> allowed);
  void received(request_event& event);
  bool read_one();
  void pump();
  void write(response_part part);

  graphql_desk& desk_;
  const std::uint32_t listener_;
  const exchange_id id_;
  std::unique_ptr<request> head_;
  std::unique_ptr<graphql::socket_protocol> protocol_;  // once it is accepted
  timer init_;
  graphql_expiry expiry_;
  graphql_work::behalf behalf_;
  std::shared_ptr<graphql_operations> operations_;
  std::deque<message> inbox_;  // bounded by the listener's window
  std::uint64_t unsent_ = 0;
  bool pumping_ = false, closed_ = false;
};

}  // namespace puff::internal

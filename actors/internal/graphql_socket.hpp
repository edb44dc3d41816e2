#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "actors/core/timer.hpp"
#include "actors/internal/graphql_desk.hpp"
#include "services/graphql/transport/socket_protocol.hpp"

namespace puff::internal {

/// One WebSocket for a schema, in either protocol.
///
/// Bounded by its client: while so much is unsent, no event of a subscription is made and no
/// message is read, so that the client's next ones wait in its own buffers.
class graphql_socket final : public graphql_client,
                             public std::enable_shared_from_this<graphql_socket>,
                             graphql::socket_port {
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
  struct operation;
  using operation_ptr = std::shared_ptr<operation>;
  struct message {
    std::string text;
    std::uint64_t cost;
  };

  void send(std::string text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void authorize(std::string payload) override;
  void begin(std::string id, graphql::wire_operation asked) override;
  void stop(const std::string& id) override;

  void refuse(response whole);
  void accept();
  void judged(expected<graphql_work::context_ptr> allowed);
  void received(request_event& event);
  void execute(const operation_ptr& what, graphql::prepared_request prepared);
  void subscribe(const operation_ptr& what, graphql::prepared_request prepared);
  void answered(const operation_ptr& what, const graphql_answer& given);
  void happened(const operation_ptr& what, std::string_view body);
  void over(const operation_ptr& what, const graphql::response* why);
  void pump();
  void write(response_part part);

  graphql_desk& desk_;
  const std::uint32_t listener_;
  const exchange_id id_;
  std::unique_ptr<request> head_;
  std::unique_ptr<graphql::socket_protocol> protocol_;  // once it is accepted
  timer init_;
  graphql_work::behalf behalf_;
  std::unordered_map<std::string, operation_ptr> operations_;
  std::deque<std::weak_ptr<operation>> waiting_;  // with an event that was sent
  std::deque<message> inbox_;                     // bounded by the listener's window
  std::uint64_t unsent_ = 0;
  bool pumping_ = false, closed_ = false;
};

}  // namespace puff::internal

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/internal/graphql_desk.hpp"
#include "services/graphql/transport/http_question.hpp"

namespace puff::internal {

/// One HTTP request for a schema and its answer.
class graphql_exchange final : public graphql_client,
                               public std::enable_shared_from_this<graphql_exchange> {
 public:
  graphql_exchange(graphql_desk& desk, std::uint32_t listener, exchange_id id,
                   std::unique_ptr<request> head);

  ~graphql_exchange() override;

  void begin();
  void take(request_event& event) override;
  exchange_id id() const noexcept override { return id_; }
  void end() override;
  void keep_alive() override;

  // For the reservation that it listens for.
  void write_event(std::string_view name, std::string_view data);
  /// With what others get too behind `data`, and what ends the event.
  void write_event(std::string_view name, std::string_view data, shared_bytes rest);
  /// Whether the client has taken enough for more events to be made.
  bool has_room() const noexcept;

 private:
  const graphql::http_rules& rules() const noexcept;
  void begin_form(std::string first);
  void hold(request_event& event);
  void form_allowed();
  void consumed(std::size_t bytes);
  bool take_body(std::string_view bytes);
  bool end_form();
  void read();
  void authorize(void (graphql_exchange::*then)());
  void deny(const error& why);
  void run();
  void run_one(std::size_t number);
  bool is_mutation_by_get(const graphql::prepared_request& p) const;
  void answered(std::size_t number, graphql_part given);
  void answer(response whole);
  bool leave();

  // A stream of events (text/event-stream), in graphql_events.cpp.
  void stream(graphql::prepared_request prepared);
  void subscribe(graphql::prepared_request prepared);
  void start_events();
  void write(std::string text, shared_bytes rest = {});
  void end_events();
  void start_stream(std::string_view type, std::string_view first);
  void end_stream();
  void drained(std::uint64_t bytes);

  // A response in parts (multipart/mixed), in graphql_parts.cpp.
  void begin_parts();
  void write_part(std::string_view body, bool has_next);

  // Single connections, in graphql_single.cpp.
  void run_single();
  void reserve();
  void listen(const std::shared_ptr<graphql_reservation>& found);
  void begin_single(graphql_reservation& found);

  /// So much may wait for the client before the next event is made.
  static constexpr std::uint64_t event_window = 64 * 1024;

  graphql_desk& desk_;
  std::uint32_t listener_;
  exchange_id id_;
  std::unique_ptr<request> head_;
  std::string body_;
  std::unique_ptr<graphql::upload_form> form_;  // of a request with files
  std::string held_body_;                       // of a form, until its sender may ask
  graphql::http_question question_;
  graphql_work::behalf behalf_;
  std::vector<std::unique_ptr<graphql_job>> jobs_;
  std::vector<graphql_answer> answers_;
  std::shared_ptr<graphql::subscription> subscription_;
  std::shared_ptr<graphql_reservation> reservation_;  // that it listens for
  std::uint64_t unsent_ = 0;                          // of the stream, not yet taken by the client
  std::size_t left_ = 0;
  bool over_ = false;
  bool streams_ = false, in_parts_ = false;
  bool held_ = false;  // the next event waits for the client
  bool asks_ = false;  // whether the sender of a form may
};

}  // namespace puff::internal

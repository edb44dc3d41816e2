#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/internal/graphql_work.hpp"

namespace puff::internal {

/// Where the operations of one connection that carries many are told of.
class graphql_carrier {
 public:
  virtual ~graphql_carrier() = default;
  /// `body` is a GraphQL response.
  virtual void next(const std::string& id, std::string_view body) = 0;
  virtual void next_shared(const std::string& id, std::shared_ptr<const std::string> body) = 0;
  /// It ended by an error; nothing follows.
  virtual void failed(const std::string& id, std::string_view body) = 0;
  virtual void completed(const std::string& id) = 0;
  /// An event was sent, and the next waits for `go_on_one`.
  virtual void waits() = 0;
};

/// What runs for one client over such a connection, by the ids that the client has given.
class graphql_operations : public std::enable_shared_from_this<graphql_operations> {
 public:
  graphql_operations(std::shared_ptr<graphql_work> work, graphql_carrier& to)
      : work_(std::move(work)), to_(&to) {}

  /// The id is not in use.
  void begin(std::string id, graphql::prepared_request prepared, const graphql_work::behalf& by);
  void stop(const std::string& id);
  /// The carrier is told nothing any more.
  void close();
  bool has(const std::string& id) const { return all_.contains(id); }
  std::size_t size() const noexcept { return all_.size(); }
  /// Lets the subscription that has waited longest make its next event; false if none waits.
  bool go_on_one();

 private:
  struct operation;
  using operation_ptr = std::shared_ptr<operation>;

  void execute(const operation_ptr& what, graphql::prepared_request prepared,
               const graphql_work::behalf& by);
  void subscribe(const operation_ptr& what, graphql::prepared_request prepared,
                 const graphql_work::behalf& by);
  void answered(const operation_ptr& what, const graphql_part& given);
  void happened(const operation_ptr& what, std::string_view body);
  void happened(const operation_ptr& what, graphql::response r);
  void wait(const operation_ptr& what);
  void over(const operation_ptr& what, const graphql::response* why);

  const std::shared_ptr<graphql_work> work_;
  graphql_carrier* to_;  // null: closed
  std::unordered_map<std::string, operation_ptr> all_;
  std::deque<std::weak_ptr<operation>> waiting_;
};

}  // namespace puff::internal

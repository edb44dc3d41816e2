#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "services/graphql/output/incremental_payload.hpp"

namespace puff::graphql::internal {

/// What `delivery_queue` has its owner execute. Either may be done before it returns.
class delivery_port {
 public:
  virtual ~delivery_port() = default;
  /// Tell `finished` of it.
  virtual void start(deferred_task& task) = 0;
  /// The next items of all these, lists of one field of one layer.
  virtual void start(std::vector<item_stream*> streams) = 0;
};

/// Decides what of the deferred work begins and what is delivered when: a fragment after the one
/// around it and when all its fields are there, each field once. It is told what was found and what
/// has finished, and writes into a payload.
class delivery_queue {
 public:
  delivery_queue(delivery_port& port, incremental_payload& out) : port_(port), out_(out) {}

  /// Takes what was left for later by the first response, by items of a stream or, if `within` is
  /// given, by a task.
  void add(deferred_work found, deferred_task* within = nullptr);
  /// Begins whatever was announced.
  void start_deliveries();
  void start_streams();

  /// A task is done or has failed, with its data and errors set.
  void finished(deferred_task& task, deferred_work found);
  /// `count` items of a stream were delivered, and what was left in them follows.
  void delivered(item_stream& s, std::string_view items, std::uint32_t count,
                 const graphql_errors& errors, deferred_work found);
  void failed(item_stream& s, const graphql_errors& why);
  /// Nothing more comes: all that is announced fails.
  void fail_all(const graphql_errors& why);

  bool is_done() const noexcept { return left_ == 0; }

 private:
  void announce(delivery& d);
  void announce(item_stream& s);
  void start(delivery& d);
  void settle(delivery& d);
  void complete(delivery& d);
  void fail(delivery& d, const graphql_errors& why);
  void deliver(delivery& d, deferred_task& task);

  delivery_port& port_;
  incremental_payload& out_;
  std::vector<std::unique_ptr<delivery>> deliveries_;
  std::vector<std::unique_ptr<deferred_task>> tasks_;
  std::vector<std::unique_ptr<item_stream>> streams_;
  std::vector<delivery*> ready_;
  std::vector<item_stream*> ready_streams_;
  std::vector<item_stream*> open_streams_;
  std::uint32_t last_id_ = 0;
  std::size_t left_ = 0;  ///< announced and neither completed nor failed
};

}  // namespace puff::graphql::internal

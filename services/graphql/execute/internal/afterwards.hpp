#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "services/graphql/execute/internal/delivery_queue.hpp"
#include "services/graphql/execute/internal/running_execution.hpp"

namespace puff::graphql::internal {

/// What an execution does after its first response: deferred fragments and the rest of lists with
/// @stream. A part of a layer is executed for all its objects at once, as everything is; each
/// payload after the first waits until the one before was taken.
class running_execution::afterwards final : delivery_port {
 public:
  afterwards(running_execution& run, deferred_work found);

  /// What the first response tells of it.
  std::string announcement() { return payload_.take_announcement(); }
  bool has_begun() const noexcept { return has_begun_; }
  void go_on();
  /// The last payload, if nothing is executed any more.
  response last(const graphql_errors& why, outcome how);

 private:
  /// Items of each list that one payload brings.
  static constexpr std::uint32_t stream_chunk = 100;

  /// Deferred fields of a layer's objects.
  struct part {
    layer_batch batch;
    layer fields;
    std::vector<deferred_task*> waiting;
    bool is_done = false;
  };
  /// Items of streams that are executed together.
  struct chunk {
    layer_batch batch;
    std::vector<item_stream*> streams;
  };

  void start(deferred_task& task) override;
  void start(std::vector<item_stream*> streams) override;
  void run(part& p, const deferred_task& first);
  void write(deferred_task& task, const layer& fields);
  void open(const chunk& c, layer_batch& batch);
  void write(chunk& c);
  void write(item_stream& s);
  bool is_too_large();
  void flush();

  running_execution& run_;
  incremental_payload payload_;
  delivery_queue queue_;
  std::map<std::pair<const layer*, std::size_t>, std::unique_ptr<part>> parts_;
  std::vector<std::unique_ptr<chunk>> chunks_;  ///< those under way
  std::size_t bytes_ = 0;                       ///< delivered, the first response not counted
  bool has_begun_ = false;                      ///< the first response was taken
  bool is_welcome_ = false;                     ///< the next payload
  int busy_ = 0;                                ///< what goes on below will flush
};

}  // namespace puff::graphql::internal

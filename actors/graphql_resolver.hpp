#pragma once

#include <memory>
#include <unordered_map>

#include "actors/core/spawn.hpp"
#include "actors/core/timer.hpp"
#include "actors/graphql_options.hpp"
#include "actors/interfaces.hpp"

namespace puff {

namespace internal {
struct graphql_desk;
}  // namespace internal

/// Purpose: executes the operations of one GraphQL schema, for HTTP's clients and the node's own.
/// Owns: what runs for them, and the plans of operations.
/// Talks to: the pool of its database, the listeners whose requests it answers, the schema's own
/// resolvers and authorizer.
/// Timers: a deadline for each execution.
/// Ends when: the node stops; what runs then is cancelled, and who waits is told.
class graphql_resolver {
 public:
  using interface = graphql_resolver_actor;
  static constexpr const char* name = "graphql_resolver";

  graphql_resolver(self_pointer<interface> self, graphql_options options);
  ~graphql_resolver();

  interface::behavior_type make_behavior();

 private:
  struct owed_call;

  void serve(request_events events);
  caf::delegated<graphql_answer_parcel> call(graphql_call what,
                                             std::shared_ptr<graphql_subscriber> to);
  void stop(graphql_ticket ticket);
  owed_call* find(graphql_ticket ticket);

  self_pointer<interface> self_;
  graphql_options options_;
  std::unique_ptr<internal::graphql_desk> desk_;
  ticker keep_alive_;  // of streams of events
  std::uint64_t last_call_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<owed_call>> calls_;
  std::unordered_map<graphql_ticket, std::uint64_t> tickets_;
};

}  // namespace puff

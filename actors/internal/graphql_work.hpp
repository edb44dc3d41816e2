#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/core/gauge.hpp"
#include "actors/graphql_options.hpp"
#include "actors/internal/channel_feeds.hpp"
#include "actors/internal/loop_clock.hpp"
#include "actors/internal/pool_sql.hpp"
#include "actors/internal/shared_subscriptions.hpp"
#include "schemas/graphql.hpp"

namespace puff::internal {

/// What an execution or subscription is kept by, to stop it: stopped when destroyed.
class graphql_job {
 public:
  virtual ~graphql_job() = default;
  /// After a part that has a next: it was taken.
  virtual void go_on() = 0;
};

/// A response, or a part of one.
struct graphql_part : graphql_answer {
  bool has_next = false;  ///< the next part waits for `graphql_job::go_on`
};

/// Runs the operations of one schema with everything that surrounds them: authorization, SQL,
/// deadlines, counters. On one loop, as long as its actor lives.
class graphql_work : public std::enable_shared_from_this<graphql_work> {
 public:
  using context_ptr = std::shared_ptr<graphql::request_context>;
  using allowed = std::function<void(expected<context_ptr>)>;
  using answered = std::function<void(graphql_part)>;

  /// On whose behalf, once that is known.
  struct behalf {
    context_ptr context;
    session_id session = 0;
    std::optional<std::string> database;
  };

  graphql_work(sql_asker::self_type* self, const graphql_options& options);

  /// Answers once, perhaps at once.
  void authorize(const header_block& headers, const std::optional<std::string>& token,
                 allowed done);
  /// Finds the document, if it is only named, and makes it ready to be executed.
  graphql::result<graphql::prepared_request> prepare(
      graphql::wire_operation asked,
      graphql::incremental_format increments = graphql::incremental_format::none);
  /// Executes a query or mutation; `done` is called once, perhaps at once, and not if the job is
  /// destroyed before; for each part if it was prepared so. Null if it is done.
  std::unique_ptr<graphql_job> execute(graphql::prepared_request prepared, const behalf& by,
                                       answered done);

  /// The same for a subscription. Null if it ended at once.
  std::shared_ptr<graphql::subscription> subscribe(graphql::prepared_request prepared,
                                                   const behalf& by,
                                                   graphql::subscription_calls calls);

  graphql::engine& engine() noexcept { return *options_.engine; }
  const graphql_options& options() const noexcept { return options_; }
  loop& home() noexcept { return *home_; }
  /// What a refused authorization answers.
  static graphql_answer refusal(const error& why);
  graphql_answer refusal(const graphql::graphql_errors& errors);

  /// The actor has ended: no SQL any more.
  void close() noexcept { asker_->self = nullptr; }

  struct counters {
    explicit counters(gauge& of);
    gauge::counter &running, &subscriptions, &sockets;
    gauge::counter &requests, &refused, &denied, &errors;
    gauge::counter& dropped;  ///< events of subscriptions that had no room for them
  };
  counters& counts() noexcept { return counts_; }

 private:
  graphql::surroundings surroundings_of(const behalf& by);
  graphql::surroundings surroundings_of_events(const behalf& by);
  std::shared_ptr<graphql::sql_executor> sql_of(const behalf& by);
  std::shared_ptr<graphql::subscription> open(graphql::prepared_request prepared, const behalf& by,
                                              graphql::subscription_calls calls);
  std::shared_ptr<graphql::subscription> open_shared(graphql::prepared_request prepared,
                                                     const behalf& by,
                                                     graphql::subscription_calls calls);
  shared_subscriptions& shared();
  class grant;
  const graphql_options options_;
  graphql::document_store documents_;
  loop* home_;
  counters counts_;
  std::shared_ptr<sql_asker> asker_;
  std::shared_ptr<loop_clock> clock_;
  std::shared_ptr<channel_feeds> channels_;
  std::shared_ptr<shared_subscriptions> shared_;  // once it is needed
};

graphql_outcome outcome_of(graphql::outcome how) noexcept;

}  // namespace puff::internal

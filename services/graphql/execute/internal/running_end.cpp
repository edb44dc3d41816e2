#include "services/graphql/execute/internal/afterwards.hpp"
#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/internal/parse_first.hpp"
#include "services/graphql/execute/internal/resolve_types.hpp"
#include "services/graphql/execute/internal/running_execution.hpp"
#include "services/graphql/execute/join.hpp"

namespace puff::graphql::internal {

void running_execution::open_abstract(layer& l, std::size_t field, const row_set_ptr& rows) {
  auto& values = l.fields[field];
  auto typed = resolve_types(*plan_.schema, l.plan->fields[field], *rows, request_.context.get());
  values.objects.failures = std::move(typed.failures);
  const bool all_alike = typed.groups.size() == 1 && values.objects.failures.empty();
  if (!all_alike) values.objects.places = std::move(typed.places);
  for (auto& group : typed.groups)
    add_layer(l, field, *group.plan, all_alike ? rows : picked(rows, std::move(group.rows)));
  for (const auto& made : values.objects.layers) run_layer(*made);
}

running_execution::~running_execution() = default;

void running_execution::write_query() { finish_data(writer_.write_object(root_, 0)); }

void running_execution::finish_data(bool has_data) {
  if (writer_.is_too_large()) return finish_too_large();
  if (!has_data) {
    out_.rewind(0);
    out_.raw("{\"data\":null");
  }
  const auto errors = writer_.take_errors();
  if (!errors.empty()) {
    out_.put(',');
    write_errors(out_, errors);
  }
  if (request_.trace != nullptr) {
    out_.raw(",\"extensions\":");
    out_.raw(request_.trace->extensions());
  }
  if (has_data && writer_.has_work()) {
    afterwards_ = std::make_unique<afterwards>(*this, writer_.take_work());
    out_.raw(afterwards_->announcement());
  }
  out_.put('}');
  if (out_.size() > request_.limits.max_bytes) return finish_too_large();
  plan_.response_bytes.store(out_.size() + 64, std::memory_order_relaxed);
  response first{outcome::executed, errors.size(), out_.take()};
  if (afterwards_ == nullptr) return finish(std::move(first));
  first.has_next = true;
  deliver(std::move(first));
}

void running_execution::finish_too_large() {
  give_up({{.message = "The response is larger than the limit of " +
                       std::to_string(request_.limits.max_bytes) + " bytes."}},
          outcome::too_large);
}

void running_execution::timed_out() {
  timer_.reset();
  if (is_over()) return;
  give_up({{.message = "The request took longer than " +
                       std::to_string(request_.limits.timeout.count()) + " ms."}},
          outcome::timed_out);
}

/// Ends the request with nothing but an error: of the response, or of all that has not been
/// delivered yet.
void running_execution::give_up(const graphql_errors& why, outcome how) {
  if (afterwards_ == nullptr || !afterwards_->has_begun()) return finish(refuse(why, how));
  finish(afterwards_->last(why, how));
}

void running_execution::cancel() {
  if (is_over()) return;
  finish(refuse({{.message = "The request was cancelled."}}, outcome::cancelled));
}

void running_execution::go_on() {
  if (is_over() || afterwards_ == nullptr) return;
  const auto keep = shared_from_this();
  afterwards_->go_on();
}

void running_execution::deliver(response r) {
  const auto keep = shared_from_this();
  const auto tell = done_;
  tell(std::move(r));
}

void running_execution::finish(response r) {
  const auto keep = shared_from_this();
  const auto done = std::exchange(done_, nullptr);
  if (timer_) request_.clock->cancel(*timer_);
  stop_calls();
  done(std::move(r));
}

void running_execution::stop_calls() {
  for (auto& [id, call] : std::exchange(calls_, {}))
    if (call->stop) call->stop();
  if (auto stop = std::exchange(stop_step_, nullptr); stop != nullptr) stop();
  if (std::exchange(in_transaction_, false)) request_.sql->rollback({});
}

}  // namespace puff::graphql::internal

namespace puff::graphql {

std::shared_ptr<execution> execute(execution_request request, response_ready done) {
  if (auto inputs = internal::inputs_of(request))
    return internal::execute_parsed(std::move(request), std::move(inputs), std::move(done));
  auto run = std::make_shared<internal::running_execution>(std::move(request), std::move(done));
  run->start();
  run->limit_time();
  return run;
}

response refuse(const graphql_errors& errors, outcome how) {
  json_writer out;
  out.put('{');
  write_errors(out, errors);
  out.put('}');
  return {how, errors.size(), out.take()};
}

}  // namespace puff::graphql

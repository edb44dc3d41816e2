#include "services/graphql/execute/internal/resolve_types.hpp"
#include "services/graphql/execute/internal/running_execution.hpp"
#include "services/graphql/execute/join.hpp"

namespace puff::graphql::internal {

/// Brings the end of a transaction's step to its execution.
class running_execution::waiting_step final : public receiver<error> {
 public:
  using then = void (running_execution::*)(const error&);
  waiting_step(std::shared_ptr<running_execution> run, then what)
      : run_(std::move(run)), what_(what) {}

  void receive(error fault) override { (*run_.*what_)(fault); }
  void dropped() override { (*run_.*what_)(make_error(ec::broken_promise)); }
  void when_cancelled(std::function<void()> stop) override { run_->stop_step_ = std::move(stop); }

 private:
  std::shared_ptr<running_execution> run_;
  then what_;
};

void running_execution::open_abstract(layer& l, std::size_t field, const row_set_ptr& rows) {
  auto& values = l.fields[field];
  auto typed =
      resolve_types(*plan_.schema, l.plan->fields[field], *rows, request_.context.get());
  values.objects.failures = std::move(typed.failures);
  const bool all_alike = typed.groups.size() == 1 && values.objects.failures.empty();
  if (!all_alike) values.objects.places = std::move(typed.places);
  for (auto& group : typed.groups)
    add_layer(values, *group.plan, all_alike ? rows : picked(rows, std::move(group.rows)),
              l.depth + 1);
  for (const auto& made : values.objects.layers) run_layer(*made);
}

void running_execution::next_root_field() {
  if (is_over()) return;
  if (root_field_ == root_.fields.size()) {
    out_.put('}');
    return finish_data(true);
  }
  if (request_.sql == nullptr) return begin_root_field(error{});
  request_.sql->begin(reply<error>{
      std::make_unique<waiting_step>(shared_from_this(), &running_execution::begin_root_field)});
}

void running_execution::begin_root_field(const error& fault) {
  if (is_over()) return;
  in_transaction_ = !fault && request_.sql != nullptr;
  if (fault) {
    fail_field(root_, root_field_, {describe(fault), {}});
    return settle_root_field();
  }
  ++pending_;
  start_field(root_, root_field_);
  release();
}

void running_execution::settle_root_field() {
  if (root_field_ != 0) out_.put(',');
  field_mark_ = out_.size();
  errors_mark_ = writer_.error_count();
  spread_ = !writer_.write_field(root_, root_field_);
  const auto& key = root_.plan->fields[root_field_].key;
  const bool is_null = !spread_ && out_.view().substr(field_mark_ + key.size()) == "null";
  const bool went_wrong = spread_ || (is_null && writer_.error_count() != errors_mark_);
  if (!in_transaction_) return go_on();
  in_transaction_ = false;
  reply<error> ended{
      std::make_unique<waiting_step>(shared_from_this(), &running_execution::transaction_ended)};
  if (went_wrong)
    request_.sql->rollback(std::move(ended));
  else
    request_.sql->commit(std::move(ended));
}

void running_execution::transaction_ended(const error& fault) {
  if (is_over()) return;
  const auto& f = root_.plan->fields[root_field_];
  const bool had_failed = writer_.error_count() != errors_mark_ &&
                          (spread_ || out_.view().substr(field_mark_ + f.key.size()) == "null");
  if (fault && !had_failed) {
    out_.rewind(field_mark_);
    writer_.drop_errors(errors_mark_);
    fail_field(root_, root_field_, {describe(fault), {}});
    spread_ = !writer_.write_field(root_, root_field_);
  }
  go_on();
}

void running_execution::go_on() {
  if (spread_) return finish_data(false);
  root_.fields[root_field_] = {};  // its objects are written
  ++root_field_;
  next_root_field();
}

void running_execution::write_query() { finish_data(writer_.write_object(root_, 0)); }

void running_execution::finish_data(bool has_data) {
  if (!has_data) {
    out_.rewind(0);
    out_.raw("{\"data\":null");
  }
  const auto errors = writer_.take_errors();
  if (!errors.empty()) {
    out_.put(',');
    write_errors(out_, errors);
  }
  const auto extensions = request_.extensions ? request_.extensions() : std::string{};
  if (!extensions.empty()) {
    out_.raw(",\"extensions\":");
    out_.raw(extensions);
  }
  out_.put('}');
  if (out_.size() > request_.limits.max_bytes)
    return finish(refuse({{.message = "The response is larger than the limit of " +
                                      std::to_string(request_.limits.max_bytes) + " bytes."}},
                         outcome::too_large));
  plan_.response_bytes.store(out_.size() + 64, std::memory_order_relaxed);
  finish({outcome::executed, errors.size(), out_.take()});
}

void running_execution::timed_out() {
  timer_.reset();
  if (is_over()) return;
  finish(refuse({{.message = "The request took longer than " +
                             std::to_string(request_.limits.timeout.count()) + " ms."}},
                outcome::timed_out));
}

void running_execution::cancel() {
  if (is_over()) return;
  finish(refuse({{.message = "The request was cancelled."}}, outcome::cancelled));
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
  auto run =
      std::make_shared<internal::running_execution>(std::move(request), std::move(done));
  run->start();
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

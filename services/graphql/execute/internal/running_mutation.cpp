#include <algorithm>

#include "services/graphql/execute/internal/running_execution.hpp"

namespace puff::graphql::internal {
namespace {

bool is_read_from_rows(const plan_field& f) {
  if (f.from == plan_field::source::type_name) return true;
  return f.binding != nullptr && (std::holds_alternative<from_column>(*f.binding) ||
                                  std::holds_alternative<from_constant>(*f.binding));
}

/// Whether what is selected of a field's rows runs nothing more.
bool ends_with_its_rows(const plan_field& f) {
  return std::all_of(f.children.begin(), f.children.end(), [](const auto& child) {
    const auto& fields = child.second->fields;
    return std::all_of(fields.begin(), fields.end(), [](const plan_field& each) {
      return is_read_from_rows(each) && ends_with_its_rows(each);
    });
  });
}

}  // namespace

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
  ++batch_.pending;
  start_field(root_, root_field_);
  release(batch_);
}

/// Whether the statement of the root field under way is all of its transaction.
bool running_execution::is_whole_transaction() const {
  return in_transaction_ && ends_with_its_rows(root_.plan->fields[root_field_]);
}

void running_execution::settle_root_field() {
  if (root_field_ != 0) out_.put(',');
  field_mark_ = out_.size();
  errors_mark_ = writer_.error_count();
  spread_ = !writer_.write_field(root_, root_field_);
  const auto& key = root_.plan->fields[root_field_].key;
  const bool is_null = !spread_ && out_.view().substr(field_mark_ + key.size()) == "null";
  const bool went_wrong = spread_ || (is_null && writer_.error_count() != errors_mark_);
  if (!in_transaction_) return end_root_field();
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
    writer_.drop_work(f);
    fail_field(root_, root_field_, {describe(fault), {}});
    spread_ = !writer_.write_field(root_, root_field_);
  }
  end_root_field();
}

void running_execution::end_root_field() {
  if (spread_) return finish_data(false);
  if (!plan_.is_incremental) root_.fields[root_field_] = {};  // its objects are written
  ++root_field_;
  next_root_field();
}

}  // namespace puff::graphql::internal

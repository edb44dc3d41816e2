// The half of `connection` that takes what comes from the server.
#include <libpq-fe.h>

#include <algorithm>

#include "services/postgres/internal/implementation.hpp"
#include "services/postgres/internal/notice.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::postgres {
namespace {

using kind = sql_request::kind;

/// A piece of a COPY TO: large enough to be cheap, small enough to go on while it is used.
constexpr std::size_t copy_piece = 256 << 10;
/// Kept for a reply; older ones are forgotten.
constexpr std::size_t most_notices = 1'000;

bool is_pipelined(const sql_request& request) {
  return request.what == kind::bound || request.what == kind::batch;
}

/// Whether the server does not know the prepared statement.
bool is_unknown(const result_view& failed) {
  return failed.error_field(PG_DIAG_SQLSTATE) == "26000";
}

/// Whether an earlier statement has spoilt the transaction.
bool is_after_failure(const result_view& failed) {
  return failed.error_field(PG_DIAG_SQLSTATE) == "25P02";
}

/// Whether what was prepared does not fit its tables any more.
bool is_outdated(const result_view& failed) {
  return failed.error_field(PG_DIAG_SQLSTATE) == "0A000" &&
         failed.error_field(PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

/// Whether it was the text that the server did not accept; nothing has been run then.
bool names_place(const result_view& failed) {
  return !failed.error_field(PG_DIAG_STATEMENT_POSITION).empty();
}

}  // namespace

void connection::implementation::receive() {
  while (life_ == life::open && !broken_ && !in_flight_.empty()) {
    auto& front = in_flight_.front();
    bool moved = work_ == work::none ? receive_pipelined(front) : receive_work(front);
    if (!moved) return;
  }
}

/// False: more must come from the server first.
bool connection::implementation::receive_pipelined(entry& current) {
  if (current.running == 0 && !current.all_sent) return false;
  auto* pg = handle_.get();
  if (PQisBusy(pg) != 0) return false;
  sql_result result{PQgetResult(pg), &PQclear};
  if (result) {
    take_pipelined(current, std::move(result));
    return true;
  }
  if (current.running == 0) return false;
  --current.running;
  if (!std::exchange(current.preparing, false) && !std::exchange(current.preparing_begin, false))
    current.beginning = false;
  return true;
}

void connection::implementation::take_pipelined(entry& current, sql_result result) {
  switch (PQresultStatus(result.get())) {
    case PGRES_PIPELINE_SYNC: return finish_front();
    case PGRES_PIPELINE_ABORTED: return;
    case PGRES_FATAL_ERROR: return take_error(current, std::move(result));
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH: return break_off("a COPY began where none can be served");
    default: break;
  }
  if (current.preparing) return void(current.prepared->confirmed = true);
  if (current.preparing_begin) return void(current.prepared_begin->confirmed = true);
  if (current.beginning) return;
  note_tag(result);
  if (!is_discarded(current)) current.reply.results.push_back(std::move(result));
}

void connection::implementation::take_error(entry& current, sql_result error) {
  bool first = !current.failed;
  current.failed = true;
  if (first && current.preparing_begin) statements_.forget(current.prepared_begin);
  if (first && current.request.opens_transaction)
    current.kept_out = is_after_failure(result_view{error});
  if (first && current.beginning && !current.preparing)
    distrust_begin(current, result_view{error});
  else if (current.prepared && first)
    distrust(current, result_view{error});
  if (first || work_ != work::none) current.reply.results.push_back(std::move(error));
  if (PQstatus(handle_.get()) == CONNECTION_BAD) break_off(internal::failure_text(handle_.get()));
}

void connection::implementation::distrust(entry& current, const result_view& error) {
  const bool has_literals = !current.request.literal_text.empty();
  current.misread = has_literals && (current.preparing || names_place(error));
  if (current.preparing && has_literals) {
    current.prepared->prepared = false;
    current.prepared->refused = true;
    return;
  }
  if (current.preparing) return statements_.forget(current.prepared);
  current.stale = is_unknown(error) || is_outdated(error);
  if (is_unknown(error)) statements_.forget(current.prepared);
  if (is_outdated(error) || current.misread) statements_.discard(current.prepared);
}

/// It ends nothing but itself: neither was the statement run, nor has a transaction begun.
void connection::implementation::distrust_begin(entry& current, const result_view& error) {
  current.stale = is_unknown(error);
  if (!current.stale) return;
  if (current.prepared_begin) statements_.forget(current.prepared_begin);
  if (current.prepared) statements_.discard(current.prepared);  // most likely it is lost too
}

bool connection::implementation::receive_work(entry& current) {
  if (work_ == work::copy_in) return false;
  if (work_ == work::copy_out) return receive_copy(current);
  auto* pg = handle_.get();
  if (PQisBusy(pg) != 0) return false;
  if (sql_result result{PQgetResult(pg), &PQclear}) {
    take_work_result(current, std::move(result));
    return true;
  }
  work_ = work::none;
  finish_front();
  return true;
}

bool connection::implementation::receive_copy(entry& current) {
  auto limit = std::min(copy_piece, options_.max_buffered_bytes);
  bool wanted = !is_discarded(current);
  while (true) {
    char* row = nullptr;
    int size = PQgetCopyData(handle_.get(), &row, 1);
    if (size == 0) return false;
    if (size < 0) {
      work_ = work::results;
      return true;
    }
    if (wanted) current.reply.data.append(row, static_cast<std::size_t>(size));
    PQfreemem(row);
    if (current.reply.data.size() < limit) continue;
    answer_front(more_to_come::yes);
    return true;
  }
}

void connection::implementation::take_work_result(entry& current, sql_result result) {
  bool wanted = !is_discarded(current);
  switch (PQresultStatus(result.get())) {
    case PGRES_SINGLE_TUPLE:
      if (wanted) take_row(current, std::move(result));
      return;
    case PGRES_COPY_OUT: work_ = work::copy_out; break;
    case PGRES_COPY_IN:
      work_ = work::copy_in;
      if (!wanted) end_copy("nobody waits for the COPY any more");
      break;
    case PGRES_COPY_BOTH: return break_off("replication is not supported");
    case PGRES_FATAL_ERROR:
      if (!piece_.empty()) current.reply.results.push_back(piece_.take());
      return take_error(current, std::move(result));
    default: break;
  }
  if (!piece_.empty()) {
    auto rows = piece_.take();
    if (wanted && !internal::append_rows(result.get(), rows.get()))
      return break_off("out of memory");
  }
  note_tag(result);
  if (!wanted) return;
  current.reply.results.push_back(std::move(result));
  if (work_ == work::copy_out || work_ == work::copy_in) answer_front(more_to_come::yes);
}

void connection::implementation::take_row(entry& current, sql_result row) {
  if (!piece_.add(std::move(row))) return break_off("out of memory");
  if (piece_.rows() < current.request.rows_per_piece &&
      piece_.bytes() < options_.max_buffered_bytes)
    return;
  current.reply.results.push_back(piece_.take());
  work_ = work::rows;
  answer_front(more_to_come::yes);
}

void connection::implementation::note_tag(const sql_result& result) {
  auto tag = result_view{result}.command_tag();
  if (!tag.starts_with('D')) return;
  if (tag == "DISCARD ALL") leaves_state_ = false;
  if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL") statements_.clear();
}

bool connection::implementation::is_discarded(const entry& current) noexcept {
  return !current.done || current.request.what == kind::drain;
}

void connection::implementation::finish_front() {
  auto& front = in_flight_.front();
  auto seen = status_now();
  if (seen != transaction_status::active)
    known_ = seen;
  else if (front.request.gives_back && !front.failed)
    known_ = transaction_status::idle;
  else if (front.failed && known_ == transaction_status::open)
    known_ = transaction_status::failed;
  if (front.failed && may_use_literals(front)) {
    use_literals(front);
    return repeat(in_flight_.begin());
  }
  if (front.failed && may_repeat(front)) return repeat(in_flight_.begin());
  answer_front(more_to_come::no);
}

/// A failure that the statement itself is not to blame for, and that left nothing behind.
bool connection::implementation::may_repeat(const entry& failed) const {
  // A transaction that it has opened itself can be undone, and so can one before it that failed.
  const bool can_be_undone =
      failed.request.opens_transaction && known_ == transaction_status::failed;
  if (failed.repeated || !failed.done) return false;
  if (known_ != transaction_status::idle && !can_be_undone) return false;
  if (!is_pipelined(failed.request) || failed.reply.results.empty()) return false;
  if (failed.stale || failed.kept_out) return true;
  bool reached = cancel_ || failed.number <= cancel_reached_;
  return reached && failed.number != cancel_target_ &&
         result_view{failed.reply.results.back()}.error_field(PG_DIAG_SQLSTATE) == "57014";
}

bool connection::implementation::may_use_literals(const entry& failed) const {
  return failed.misread && failed.done && known_ == transaction_status::idle;
}

void connection::implementation::repeat(entries::iterator at) {
  entry again;
  again.number = at->number;
  again.request = std::move(at->request);
  again.done = std::move(at->done);
  again.deadline = at->deadline;
  again.repeated = true;
  *at = std::move(again);
  auto before = std::find_if(waiting_.begin(), waiting_.end(),
                             [&](const entry& other) { return other.number > at->number; });
  waiting_.splice(before, in_flight_, at);
  if (known_ == transaction_status::failed) roll_back_before(at);
  cancel_expired_front();
}

void connection::implementation::roll_back_before(entries::iterator at) {
  if (free_.empty()) free_.emplace_back();
  const auto undo = free_.begin();
  undo->number = at->number;
  undo->request.what = kind::bound;
  undo->request.text = "ROLLBACK";
  undo->request.sets.resize(1);
  ++pending_;
  waiting_.splice(at, free_, undo);
}

void connection::implementation::answer_front(more_to_come more) {
  auto at = in_flight_.begin();
  auto done = std::move(at->done);
  auto reply = std::move(at->reply);
  if (at->request.what == kind::drain) reply = {};
  release(in_flight_, at);
  cancel_expired_front();
  if (!done) return;
  reply.more = more == more_to_come::yes;
  fill(reply);
  done(std::move(reply));
}

void connection::implementation::fill(sql_reply& reply) {
  auto* pg = handle_.get();
  reply.transaction = reply.more ? transaction_status::active : known_;
  reply.client_encoding = PQclientEncoding(pg);
  reply.standard_strings = backslash_meaning() == internal::backslashes::are_plain;
  reply.notices = std::exchange(notices_, {});
  collect_notifications();
  if (listening_.empty()) reply.notifications = std::exchange(notifications_, {});
}

internal::backslashes connection::implementation::backslash_meaning() const noexcept {
  const auto* standard = PQparameterStatus(handle_.get(), "standard_conforming_strings");
  return standard != nullptr && std::string_view{standard} == "off"
             ? internal::backslashes::escape
             : internal::backslashes::are_plain;
}

void connection::implementation::collect_notifications() {
  while (auto* told = PQnotifies(handle_.get())) {
    notifications_.push_back({told->be_pid, told->relname, told->extra});
    PQfreemem(told);
  }
}

void connection::implementation::deliver_notifications() {
  auto keep = shared_from_this();
  if (!notifications_.empty() && !listening_.empty()) {
    auto at = listening_.begin();
    auto done = std::move(at->done);
    release(listening_, at);
    sql_reply reply;
    auto told = std::exchange(notifications_, {});
    fill(reply);
    reply.notifications = std::move(told);
    return done(std::move(reply));
  }
  if (!on_notification_ || !in_flight_.empty() || !waiting_.empty()) return;
  auto tell = on_notification_;
  for (auto& told : std::exchange(notifications_, {})) tell(std::move(told));
}

void connection::implementation::take_notice(void* self, const pg_result* notice) {
  auto& to = *static_cast<implementation*>(self);
  result_view view{notice};
  auto severity = view.error_field(PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == "FATAL" || severity == "PANIC") to.last_words_ = view.error_text();
  if (to.notices_.size() >= 2 * most_notices)
    to.notices_.erase(to.notices_.begin(), to.notices_.end() - most_notices);
  to.notices_.push_back(internal::keep_notice(notice));
}

}  // namespace puff::postgres

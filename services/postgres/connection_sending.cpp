// The half of `connection` that brings requests to the server.
#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "services/postgres/internal/implementation.hpp"

namespace puff::postgres {
namespace {

using kind = sql_request::kind;

/// Requests whose answers the server owes at once.
constexpr std::size_t most_in_flight = 512;
/// Given to libpq before the kernel is asked whether it takes more.
constexpr std::size_t piece_size = 8 << 10;
/// Names of statements that the server should forget, before the pipeline makes a pause for that.
constexpr std::size_t most_evicted = 32;
constexpr const char* begin_text = "BEGIN";

bool is_pipelined(const sql_request& request) {
  return request.what == kind::bound || request.what == kind::batch;
}

/// A set of values as libpq wants them; kept between statements, because it costs allocations.
struct libpq_values {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;

  void assign(const sql_values& set) {
    values.clear();
    lengths.clear();
    formats.clear();
    for (std::size_t i = 0; i < set.values.size(); ++i) {
      const auto& value = set.values[i];
      values.push_back(value ? value->c_str() : nullptr);
      lengths.push_back(value ? static_cast<int>(value->size()) : 0);
      formats.push_back(!set.binary.empty() && set.binary[i] ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(values.size()); }
};

/// Whether the server may not have agreed to what it was asked to prepare.
bool is_unsure(const std::shared_ptr<internal::statement>& what) {
  return what && what->prepared && !what->confirmed;
}

std::size_t size_of(const sql_values& set) {
  std::size_t sum = 64;
  for (const auto& value : set.values) sum += 4 + (value ? value->size() : 0);
  return sum;
}

}  // namespace

void connection::implementation::send() {
  while (life_ == life::open && !broken_ && !write_blocked_) {
    if (!in_flight_.empty() && !in_flight_.back().all_sent) {
      send_more(in_flight_.back());
      if (in_flight_.empty() || in_flight_.back().all_sent) continue;
      return;
    }
    if (waiting_.empty() || !start_next()) return;
  }
}

/// False: the next request has to wait.
bool connection::implementation::start_next() {
  auto& next = waiting_.front();
  if (next.request.what == kind::listen) {
    next.where = place::listening;
    listening_.splice(listening_.end(), waiting_, waiting_.begin());
    collect_notifications();
    deliver_notifications();
    return true;
  }
  if (work_ != work::none) return in_flight_.empty() && continue_work(next);
  if (!next.request.literal_text.empty() && !may_bind(next)) use_literals(next);
  if (is_pipelined(next.request)) return may_pipeline(next);
  if (!in_flight_.empty()) return false;
  switch (next.request.what) {
    case kind::simple:
    case kind::stream: return start_simple(next);
    case kind::poll:
      if (!consume()) {
        break_off(internal::failure_text(handle_.get()));
        return false;
      }
      answer_next();
      return true;
    case kind::drain: answer_next(); return true;
    default: refuse_next("there is no stream or COPY that this could go on with"); return true;
  }
}

bool connection::implementation::start_simple(entry& next) {
  if (cancel_ || !leave_pipeline()) return false;
  next.traits = internal::scan(next.request.text, backslash_meaning());
  leaves_state_ = leaves_state_ || next.traits.leaves_state;
  auto& current = move_to_flight();
  current.all_sent = true;
  bool sent = PQsendQuery(handle_.get(), current.request.text.c_str()) != 0;
  work_ = current.request.what == kind::stream ? work::rows : work::results;
  if (sent && work_ == work::rows) sent = PQsetSingleRowMode(handle_.get()) != 0;
  if (!sent) break_off(internal::failure_text(handle_.get()));
  return sent;
}

/// Something has the connection for itself, and nobody waits for it at the moment.
bool connection::implementation::continue_work(entry& next) {
  auto what = next.request.what;
  bool copies_in = work_ == work::copy_in;
  if (what == kind::poll) {
    answer_next();
    return true;
  }
  bool fits = what == kind::drain ||
              (copies_in ? what == kind::copy_data || what == kind::copy_end : what == kind::next);
  if (!fits) {
    refuse_next(copies_in ? "a COPY FROM is open: send its data and end it, or drain it"
                          : "a stream is open: read it to its end, or drain it");
    return true;
  }
  auto& current = move_to_flight();
  current.all_sent = what != kind::copy_data;
  if (what == kind::copy_end) end_copy(current.request.text);
  if (what == kind::drain && copies_in) end_copy("the COPY was given up");
  again_ = true;  // there may be an answer in what was read before
  return true;
}

bool connection::implementation::may_pipeline(entry& next) {
  bool empty = in_flight_.empty();
  if (empty && statements_.evicted() >= most_evicted) drop_evicted();
  const bool has_begin = !next.prepared_begin || !next.prepared_begin->gone;
  if (!next.prepared || next.prepared->gone || !has_begin) choose_statement(next);
  if (next.traits.copies) {
    refuse_next("COPY takes no bound values; run it as a simple statement");
    return true;
  }
  bool unsure = is_unsure(next.prepared) || is_unsure(next.prepared_begin);
  bool follows_control = !empty && in_flight_.back().traits.controls_transaction;
  bool alone = unsure || next.traits.controls_transaction ||
               (follows_control && !next.request.opens_transaction) ||
               statements_.evicted() >= most_evicted;
  if (cancel_ || (!empty && (alone || in_flight_.size() >= most_in_flight))) return false;
  if (PQpipelineStatus(handle_.get()) == PQ_PIPELINE_OFF) PQenterPipelineMode(handle_.get());
  leaves_state_ = leaves_state_ || next.traits.leaves_state;
  send_more(move_to_flight());
  return true;
}

/// In a transaction a statement that the server refuses would spoil it.
bool connection::implementation::may_bind(entry& next) {
  if (known_ != transaction_status::idle) return false;
  if (!next.prepared || next.prepared->gone) choose_statement(next);
  return next.prepared && !next.prepared->refused;
}

void connection::implementation::use_literals(entry& of) {
  auto& request = of.request;
  request.what = kind::simple;
  request.text = std::exchange(request.literal_text, {});
  request.types.clear();
  request.sets.clear();
  of.prepared.reset();
}

void connection::implementation::choose_statement(entry& next) {
  auto meaning = backslash_meaning();
  next.prepared = statements_.find_or_add(next.request.text, next.request.types, meaning);
  next.traits = next.prepared ? next.prepared->traits : internal::scan(next.request.text, meaning);
  if (!next.request.opens_transaction) return;
  next.prepared_begin = statements_.find_or_add(begin_text, {}, meaning);
  if (!next.prepared || !next.prepared->gone) return;
  next.prepared_begin.reset();  // the cache is too small for both
  next.prepared = statements_.find_or_add(next.request.text, next.request.types, meaning);
}

connection::implementation::entry& connection::implementation::move_to_flight() {
  auto& moved = waiting_.front();
  moved.where = place::in_flight;
  in_flight_.splice(in_flight_.end(), waiting_, waiting_.begin());
  return moved;
}

void connection::implementation::send_more(entry& current) {
  if (current.request.what == kind::copy_data)
    send_copy_data(current);
  else
    send_sets(current);
}

void connection::implementation::send_sets(entry& current) {
  bool sent = send_preparation(current) && send_begin(current);
  std::size_t bytes = 0;
  while (sent && !current.failed && current.sent < current.request.sets.size()) {
    const auto& set = current.request.sets[current.sent++];
    bytes += size_of(set);
    sent = send_set(current, set);
    ++current.running;
    if (bytes < piece_size) continue;
    bytes = 0;
    flush();
    if (broken_ || write_blocked_) return;
  }
  sent = sent && PQpipelineSync(handle_.get()) != 0;
  current.all_sent = true;
  if (!sent) break_off(internal::failure_text(handle_.get()));
}

bool connection::implementation::send_preparation(entry& current) {
  if (!current.prepared || current.prepared->prepared) return true;
  current.preparing = true;
  ++current.running;
  return prepare(*current.prepared);
}

bool connection::implementation::prepare(internal::statement& what) {
  what.prepared = true;
  return PQsendPrepare(handle_.get(), what.name.c_str(), what.text.c_str(),
                       static_cast<int>(what.types.size()), what.types.data()) != 0;
}

/// What follows is not run unless this succeeds: the server skips it, up to the Sync for both.
bool connection::implementation::send_begin(entry& current) {
  if (!current.request.opens_transaction || current.sent > 0) return true;
  auto* pg = handle_.get();
  current.beginning = true;
  ++current.running;
  auto* begin = current.prepared_begin.get();
  if (begin == nullptr)
    return PQsendQueryParams(pg, begin_text, 0, nullptr, nullptr, nullptr, nullptr, 0) != 0;
  if (!begin->prepared) {
    current.preparing_begin = true;
    ++current.running;
    if (!prepare(*begin)) return false;
  }
  return PQsendQueryPrepared(pg, begin->name.c_str(), 0, nullptr, nullptr, nullptr, 0) != 0;
}

bool connection::implementation::send_set(entry& current, const sql_values& set) {
  thread_local libpq_values bound;
  bound.assign(set);
  auto* pg = handle_.get();
  int binary = current.request.binary_results ? 1 : 0;
  if (current.prepared)
    return PQsendQueryPrepared(pg, current.prepared->name.c_str(), bound.count(),
                               bound.values.data(), bound.lengths.data(), bound.formats.data(),
                               binary) != 0;
  auto types = current.request.types;
  types.resize(set.values.size());
  return PQsendQueryParams(pg, current.request.text.c_str(), bound.count(), types.data(),
                           bound.values.data(), bound.lengths.data(), bound.formats.data(),
                           binary) != 0;
}

void connection::implementation::send_copy_data(entry& current) {
  const auto& data = current.request.text;
  while (current.sent < data.size() && current.done) {
    auto size = std::min(piece_size, data.size() - current.sent);
    int taken = PQputCopyData(handle_.get(), data.data() + current.sent, static_cast<int>(size));
    if (taken < 0) {
      break_off(internal::failure_text(handle_.get()));
      return;
    }
    if (taken > 0) current.sent += size;
    flush();
    if (broken_ || write_blocked_) return;
  }
  current.all_sent = true;
  if (current.done)
    answer_front(more_to_come::yes);
  else
    end_copy("the COPY took too long");
}

void connection::implementation::end_copy(const std::string& failure) {
  work_ = work::results;
  if (PQputCopyEnd(handle_.get(), failure.empty() ? nullptr : failure.c_str()) >= 0) return;
  break_off(internal::failure_text(handle_.get()));
}

bool connection::implementation::leave_pipeline() {
  return PQpipelineStatus(handle_.get()) == PQ_PIPELINE_OFF ||
         PQexitPipelineMode(handle_.get()) != 0;
}

/// Within a transaction a name that the server has forgotten already would spoil it.
void connection::implementation::drop_evicted() {
  if (known_ != transaction_status::idle || cancel_) return;
  for (const auto& name : statements_.take_evicted()) {
    if (free_.empty()) free_.emplace_back();
    auto at = free_.begin();
    at->number = ++numbers_;
    at->request.what = kind::bound;
    at->request.text = "DEALLOCATE " + name;
    at->request.sets.resize(1);
    at->where = place::in_flight;
    ++pending_;
    in_flight_.splice(in_flight_.end(), free_, at);
    if (PQpipelineStatus(handle_.get()) == PQ_PIPELINE_OFF) PQenterPipelineMode(handle_.get());
    send_sets(*at);
  }
}

void connection::implementation::refuse_next(std::string text) {
  auto done = std::move(waiting_.front().done);
  release(waiting_, waiting_.begin());
  done(make_error(ec::bad_argument, std::move(text)));
}

void connection::implementation::answer_next() {
  auto at = waiting_.begin();
  auto done = std::move(at->done);
  auto reply = std::move(at->reply);
  release(waiting_, at);
  reply.more = work_ != work::none;
  fill(reply);
  done(std::move(reply));
}

}  // namespace puff::postgres

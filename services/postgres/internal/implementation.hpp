#pragma once

#include <boost/asio/io_context.hpp>
#include <list>
#include <map>
#include <vector>

#include "services/postgres/connection.hpp"
#include "services/postgres/internal/cancel_job.hpp"
#include "services/postgres/internal/opening.hpp"
#include "services/postgres/internal/row_piece.hpp"
#include "services/postgres/internal/socket_watch.hpp"
#include "services/postgres/internal/statement_cache.hpp"

namespace puff::postgres {

class result_view;

/// What happens on one thread between the requests of a connection and libpq. Requests wait, are in
/// flight and are answered in order. `bound` and `batch` are sent in libpq's pipeline mode, each
/// with a Sync of its own; anything else has the connection for itself until its results have ended
/// (`work_`), also while nobody asks for them.
class connection::implementation : public std::enable_shared_from_this<implementation> {
 public:
  implementation(boost::asio::io_context& io, deadline_wheel& wheel, connection_options options);

  void open(clock::time_point deadline, open_callback done);
  void run(sql_request request, reply_callback done);
  void cancel();
  void abandon(std::uint64_t ticket);
  void close();
  void on_lost(std::function<void(const error&)> tell) { on_lost_ = std::move(tell); }
  void on_notification(std::function<void(sql_notification)> tell);

  bool is_open() const noexcept { return life_ == life::open; }
  bool is_idle() const noexcept;
  transaction_status transaction() const noexcept;
  bool has_session_state() const noexcept { return leaves_state_; }
  sql_session describe() const;
  bool reports(const std::map<std::string, std::string>& parameters) const;

 private:
  enum class life : std::uint8_t { idle, opening, open, closed };
  /// What has the connection for itself.
  enum class work : std::uint8_t { none, results, rows, copy_out, copy_in };
  enum class place : std::uint8_t { waiting, in_flight, listening };

  struct entry {
    std::uint64_t number = 0;
    sql_request request;
    reply_callback done;  // none once it was answered
    deadline_wheel::ticket deadline;
    place where = place::waiting;
    sql_reply reply;
    std::shared_ptr<internal::statement> prepared, prepared_begin;
    internal::statement_traits traits;
    std::size_t sent = 0;                             // sets of values, or bytes of a COPY
    std::size_t running = 0;                          // commands sent whose results have not ended
    bool preparing = false;                           // the first of those is its preparation
    bool preparing_begin = false, beginning = false;  // then come these, of `opens_transaction`
    bool all_sent = false;
    bool failed = false;
    bool stale = false;     // because the server has lost what was prepared
    bool kept_out = false;  // because the transaction before it has not ended
    bool misread = false;   // refused as it was prepared, perhaps not with literals
    bool repeated = false;  // sent again after a failure that was not its own
    bool expired = false;   // its deadline passed while it was in flight
  };
  using entries = std::list<entry>;
  enum class more_to_come : std::uint8_t { no, yes };

  // Life, in connection.cpp.
  void opened(expected<internal::opened_connection> result, const open_callback& done);
  void turn();
  void settle();
  void on_readable();
  void on_writable();
  bool consume();
  void flush();
  void break_off(std::string why);
  void lose(std::string text);
  void end(ec code, const std::string& text);
  void answer_all(entries unanswered, ec code, const std::string& text);
  error refusal(const sql_request& request) const;
  void expire(entries::iterator at);
  void give_up(entries::iterator at, error why);
  void release(entries& from, entries::iterator at);
  transaction_status status_now() const noexcept;

  // What goes to the server, in connection_sending.cpp.
  void send();
  bool start_next();
  bool may_pipeline(entry& next);
  bool may_bind(entry& next);
  static void use_literals(entry& of);
  bool start_simple(entry& next);
  bool continue_work(entry& next);
  void choose_statement(entry& next);
  void send_more(entry& current);
  void send_sets(entry& current);
  bool send_preparation(entry& current);
  bool prepare(internal::statement& what);
  bool send_begin(entry& current);
  bool send_set(entry& current, const sql_values& set);
  void send_copy_data(entry& current);
  void end_copy(const std::string& failure);
  bool leave_pipeline();
  void drop_evicted();
  void refuse_next(std::string text);
  void answer_next();
  entry& move_to_flight();

  // What comes from it, in connection_receiving.cpp.
  void receive();
  bool receive_pipelined(entry& current);
  bool receive_work(entry& current);
  bool receive_copy(entry& current);
  void take_pipelined(entry& current, sql_result result);
  void take_work_result(entry& current, sql_result result);
  void take_row(entry& current, sql_result row);
  void take_error(entry& current, sql_result error);
  void distrust(entry& current, const result_view& error);
  void distrust_begin(entry& current, const result_view& error);
  void note_tag(const sql_result& result);
  bool may_repeat(const entry& failed) const;
  bool may_use_literals(const entry& failed) const;
  void repeat(entries::iterator at);
  void roll_back_before(entries::iterator at);
  void finish_front();
  void answer_front(more_to_come more);
  void fill(sql_reply& reply);
  internal::backslashes backslash_meaning() const noexcept;
  static bool is_discarded(const entry& current) noexcept;
  void collect_notifications();
  void deliver_notifications();
  static void take_notice(void* self, const pg_result* notice);

  // Cancelling, in connection_cancelling.cpp.
  void cancel_unwanted();
  void send_cancel(std::uint64_t target);
  void cancel_sent();
  void cancel_expired_front();
  void check_expired_front();

  boost::asio::io_context& io_;
  deadline_wheel& wheel_;
  connection_options options_;
  life life_ = life::idle;
  std::shared_ptr<internal::opening> opening_;
  open_callback opening_done_;
  internal::connection_handle handle_;
  std::map<std::string, std::string> changed_;
  internal::socket_watch socket_;
  bool read_armed_ = false, write_armed_ = false;
  bool write_blocked_ = false;  // libpq holds bytes that the kernel does not take
  bool broken_ = false;         // libpq has given the connection up
  bool in_turn_ = false, again_ = false;
  std::string why_broken_;
  std::string last_words_;  // a FATAL that the server sent unasked
  error ended_;             // what later requests are told

  entries waiting_, in_flight_, listening_, free_;
  std::size_t pending_ = 0;
  std::uint64_t numbers_ = 0;
  work work_ = work::none;
  internal::row_piece piece_;
  internal::statement_cache statements_;
  bool leaves_state_ = false;
  transaction_status known_ = transaction_status::unknown;  // when it last could be seen

  std::vector<sql_result> notices_;
  std::vector<sql_notification> notifications_;
  std::function<void(const error&)> on_lost_;
  std::function<void(sql_notification)> on_notification_;

  std::shared_ptr<internal::cancel_job> cancel_;  // on its way
  internal::socket_watch cancel_watch_;
  std::uint64_t cancel_target_ = 0;   // number of the request it is meant for
  std::uint64_t cancel_reached_ = 0;  // the last request that a cancel may have hit
  std::string cancel_failure_;        // why the last could not be sent
  deadline_wheel::ticket cancel_check_;
  std::uint64_t expired_front_ = 0;  // number of the request whose cancel must be confirmed
  clock::time_point confirm_by_;
  deadline_wheel::ticket cancel_repeat_;
  std::uint64_t unwanted_ = 0;  // number of the request that `cancel` was to end
  clock::time_point repeat_until_;
};

}  // namespace puff::postgres

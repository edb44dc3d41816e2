#include "services/postgres/connection.hpp"

#include <libpq-fe.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

#include "services/postgres/internal/implementation.hpp"
#include "services/postgres/result_view.hpp"

namespace puff::postgres {
namespace {

using internal::socket_watch;

/// More than this many notifications that nobody takes stay with the server.
constexpr std::size_t kept_notifications = 10'000;
constexpr std::size_t kept_entries = 1'024;
constexpr std::size_t most_values = 65'535;

bool has_zero(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// What is wrong with the values of one execution; empty if nothing is.
std::string fault_of(const sql_values& set) {
  if (set.values.size() > most_values)
    return std::to_string(set.values.size()) + " values: PostgreSQL takes 65535 at most";
  if (!set.binary.empty() && set.binary.size() != set.values.size())
    return "as many formats as values are needed";
  for (std::size_t i = 0; i < set.values.size(); ++i) {
    bool binary = !set.binary.empty() && set.binary[i];
    if (!binary && set.values[i] && has_zero(*set.values[i]))
      return "value $" + std::to_string(i + 1) + " holds a zero byte, which no text may";
  }
  return {};
}

std::string fault_of(const sql_request& request) {
  using kind = sql_request::kind;
  if (request.what == kind::copy_data) return {};
  if (has_zero(request.text)) return "the text holds a zero byte";
  if (request.what == kind::bound && request.sets.size() != 1)
    return "a bound statement needs one set of values";
  if (request.what == kind::batch && request.sets.empty()) return "a batch needs sets of values";
  if (request.what != kind::bound && request.what != kind::batch) return {};
  if (request.types.size() > most_values) return "more types than PostgreSQL takes (65535)";
  for (const auto& set : request.sets)
    if (auto fault = fault_of(set); !fault.empty()) return fault;
  return {};
}

constexpr std::array reported{"application_name",
                              "client_encoding",
                              "DateStyle",
                              "default_transaction_read_only",
                              "in_hot_standby",
                              "IntervalStyle",
                              "integer_datetimes",
                              "is_superuser",
                              "server_encoding",
                              "server_version",
                              "session_authorization",
                              "standard_conforming_strings",
                              "TimeZone"};

}  // namespace

connection::implementation::implementation(boost::asio::io_context& io, deadline_wheel& wheel,
                                           connection_options options)
    : io_(io),
      wheel_(wheel),
      options_(std::move(options)),
      socket_(io),
      statements_(options_.statement_cache),
      cancel_watch_(io) {}

void connection::implementation::open(clock::time_point deadline, open_callback done) {
  if (life_ != life::idle)
    return done(make_error(ec::internal, "a connection is opened only once"));
  life_ = life::opening;
  opening_done_ = std::move(done);
  opening_ = std::make_shared<internal::opening>(io_, wheel_, options_.conninfo,
                                                 options_.application_name);
  auto opening = opening_;
  opening->start(deadline, [this](expected<internal::opened_connection> result) {
    auto keep = shared_from_this();
    opened(std::move(result), std::exchange(opening_done_, nullptr));
  });
}

void connection::implementation::opened(expected<internal::opened_connection> result,
                                        const open_callback& done) {
  opening_.reset();
  if (!result) {
    life_ = life::closed;
    ended_ = result.error();
    return done(ended_);
  }
  handle_ = std::move(result->handle);
  changed_ = std::move(result->changed);
  if (auto failed = socket_.watch(PQsocket(handle_.get()))) {
    handle_.reset();
    life_ = life::closed;
    ended_ = make_error(ec::unavailable, "cannot wait for the server: " + failed.message());
    return done(ended_);
  }
  PQsetnonblocking(handle_.get(), 1);
  PQsetNoticeReceiver(handle_.get(), &implementation::take_notice, this);
  life_ = life::open;
  known_ = status_now();
  settle();
  done({});
}

void connection::implementation::run(sql_request request, reply_callback done) {
  if (auto refused = refusal(request)) return done(std::move(refused));
  if (free_.empty()) free_.emplace_back();
  auto at = free_.begin();
  at->number = ++numbers_;
  at->request = std::move(request);
  at->done = std::move(done);
  at->where = place::waiting;
  if (at->request.deadline != clock::time_point::max())
    at->deadline = wheel_.arm(at->request.deadline, [this, at] { expire(at); });
  waiting_.splice(waiting_.end(), free_, at);
  ++pending_;
  turn();
}

error connection::implementation::refusal(const sql_request& request) const {
  if (life_ == life::closed) return ended_;
  if (life_ != life::open) return make_error(ec::unavailable, "the connection is not open yet");
  if (auto fault = fault_of(request); !fault.empty())
    return make_error(ec::bad_argument, std::move(fault));
  if (pending_ >= options_.max_pending)
    return make_error(ec::overloaded, std::to_string(pending_) +
                                          " requests of one PostgreSQL connection wait for "
                                          "their answers (limit " +
                                          std::to_string(options_.max_pending) + ")");
  return {};
}

void connection::implementation::turn() {
  if (in_turn_ || life_ != life::open) {
    again_ = true;
    return;
  }
  auto keep = shared_from_this();
  in_turn_ = true;
  do {
    again_ = false;
    receive();
    send();
  } while (again_ && life_ == life::open && !broken_);
  in_turn_ = false;
  settle();
}

void connection::implementation::settle() {
  if (life_ != life::open) return;
  // What was blocked stays so until the socket tells: `send` has left off, and goes on only then.
  if (!broken_ && !write_blocked_) flush();
  if (broken_) return lose(std::move(why_broken_));
  bool unread = work_ == work::rows || work_ == work::copy_out;
  bool wanted = !in_flight_.empty() || (!unread && notifications_.size() < kept_notifications);
  if (wanted && !read_armed_) {
    read_armed_ = true;
    socket_.wait(socket_watch::read, [self = shared_from_this()] { self->on_readable(); });
  }
  if (write_blocked_ && !write_armed_) {
    write_armed_ = true;
    socket_.wait(socket_watch::write, [self = shared_from_this()] { self->on_writable(); });
  }
}

void connection::implementation::on_readable() {
  read_armed_ = false;
  bool alive = consume();
  turn();
  if (life_ != life::open) return;
  collect_notifications();
  deliver_notifications();
  if (!alive && life_ == life::open && !broken_) {
    break_off(internal::failure_text(handle_.get()));
    settle();
  }
}

void connection::implementation::on_writable() {
  write_armed_ = false;
  flush();
  turn();
}

/// Reads what there is. False: the connection has ended; what came before can still be taken.
bool connection::implementation::consume() {
  auto* connection = handle_.get();
  if (PQconsumeInput(connection) == 0) return false;
  if (PQsslInUse(connection) == 0) return true;
  // What OpenSSL has read but libpq had no room for does not make the socket readable again.
  while (SSL_pending(static_cast<SSL*>(PQgetssl(connection))) > 0)
    if (PQconsumeInput(connection) == 0) return false;
  return true;
}

void connection::implementation::flush() {
  int left = PQflush(handle_.get());
  write_blocked_ = left > 0;
  if (left >= 0) return;
  break_off(internal::failure_text(handle_.get()));
}

void connection::implementation::break_off(std::string why) {
  if (broken_) return;
  broken_ = true;
  why_broken_ = std::move(why);
}

void connection::implementation::lose(std::string text) {
  std::string said = last_words_;
  if (!in_flight_.empty())
    for (const auto& result : in_flight_.front().reply.results)
      said += result_view{result}.error_text();
  if (!said.empty() && text.find(internal::trimmed(said)) == std::string::npos) text = said + text;
  auto tell = on_lost_;
  auto keep = shared_from_this();
  end(ec::connection_lost, internal::trimmed(std::move(text)));
  if (tell) tell(ended_);
}

void connection::implementation::close() {
  if (life_ == life::closed) return;
  auto keep = shared_from_this();
  if (opening_) opening_->abandon();
  opening_.reset();
  auto opening_done = std::exchange(opening_done_, nullptr);
  if (life_ == life::open) cancel();
  end(ec::shutting_down, "the connection was closed");
  if (opening_done) opening_done(ended_);
}

void connection::implementation::end(ec code, const std::string& text) {
  life_ = life::closed;
  ended_ = make_error(code, text);
  socket_.release();
  cancel_watch_.release();
  cancel_.reset();
  wheel_.cancel(cancel_check_);
  wheel_.cancel(cancel_repeat_);
  handle_.reset();
  work_ = work::none;
  pending_ = 0;
  entries unanswered;
  unanswered.splice(unanswered.end(), in_flight_);
  unanswered.splice(unanswered.end(), waiting_);
  unanswered.splice(unanswered.end(), listening_);
  answer_all(std::move(unanswered), code, text);
}

void connection::implementation::answer_all(entries unanswered, ec code, const std::string& text) {
  for (auto& e : unanswered) wheel_.cancel(e.deadline);
  for (auto& e : unanswered)
    if (auto done = std::move(e.done)) done(make_error(code, text));
}

void connection::implementation::expire(entries::iterator at) {
  switch (at->where) {
    case place::in_flight:
      return give_up(at, make_error(ec::timed_out,
                                    "PostgreSQL gave no answer in time; it was told to cancel"));
    case place::listening:
      return give_up(at, make_error(ec::timed_out, "no notification came in time"));
    case place::waiting:
      return give_up(at,
                     make_error(ec::timed_out, "earlier requests of the connection took too long"));
  }
}

/// Answers a request before its end, which what is in flight has to be brought to.
void connection::implementation::give_up(entries::iterator at, error why) {
  auto keep = shared_from_this();
  auto done = std::exchange(at->done, nullptr);
  wheel_.cancel(std::exchange(at->deadline, {}));
  if (at->where != place::in_flight) {
    release(at->where == place::listening ? listening_ : waiting_, at);
    return done(std::move(why));
  }
  at->reply = {};
  at->expired = true;
  done(std::move(why));
  if (life_ != life::open) return;
  cancel_expired_front();
  turn();
}

void connection::implementation::abandon(std::uint64_t ticket) {
  for (auto* in : {&waiting_, &in_flight_, &listening_})
    for (auto at = in->begin(); at != in->end(); ++at)
      if (at->request.ticket == ticket && at->done) return give_up(at, make_error(ec::cancelled));
}

void connection::implementation::release(entries& from, entries::iterator at) {
  wheel_.cancel(at->deadline);
  --pending_;
  if (free_.size() >= kept_entries) {
    from.erase(at);
    return;
  }
  *at = entry{};
  free_.splice(free_.end(), from, at);
}

transaction_status connection::implementation::status_now() const noexcept {
  switch (PQtransactionStatus(handle_.get())) {
    case PQTRANS_IDLE: return transaction_status::idle;
    case PQTRANS_ACTIVE: return transaction_status::active;
    case PQTRANS_INTRANS: return transaction_status::open;
    case PQTRANS_INERROR: return transaction_status::failed;
    default: return transaction_status::unknown;
  }
}

bool connection::implementation::is_idle() const noexcept {
  return in_flight_.empty() && waiting_.empty() && listening_.empty() && work_ == work::none;
}

transaction_status connection::implementation::transaction() const noexcept {
  if (life_ != life::open) return transaction_status::unknown;
  return in_flight_.empty() && work_ == work::none ? known_ : transaction_status::active;
}

void connection::implementation::on_notification(std::function<void(sql_notification)> tell) {
  on_notification_ = std::move(tell);
}

sql_session connection::implementation::describe() const {
  sql_session session;
  if (life_ != life::open) return session;
  auto* pg = handle_.get();
  session.backend_pid = PQbackendPID(pg);
  session.server_version = PQserverVersion(pg);
  session.protocol_version = PQprotocolVersion(pg);
  session.uses_tls = PQsslInUse(pg) != 0;
  session.needs_password = PQconnectionNeedsPassword(pg) != 0;
  session.used_password = PQconnectionUsedPassword(pg) != 0;
  session.transaction = transaction();
  for (const auto* name : reported)
    if (const auto* value = PQparameterStatus(pg, name)) session.parameters[name] = value;
  auto* options = PQconninfo(pg);
  for (auto* o = options; o != nullptr && o->keyword != nullptr; ++o)
    if (o->val != nullptr && !changed_.contains(o->keyword))
      session.connection[o->keyword] = o->val;
  PQconninfoFree(options);
  for (const auto& [name, value] : changed_)
    if (!value.empty()) session.connection[name] = value;
  for (auto [name, value] : {std::pair{"host", PQhost(pg)}, {"port", PQport(pg)}})
    if (value != nullptr && *value != '\0') session.connection[name] = value;
  if (const auto* const* names = PQsslAttributeNames(pg); session.uses_tls && names != nullptr)
    for (; *names != nullptr; ++names)
      if (const auto* value = PQsslAttribute(pg, *names)) session.tls[*names] = value;
  return session;
}

bool connection::implementation::reports(
    const std::map<std::string, std::string>& parameters) const {
  return life_ == life::open && std::all_of(parameters.begin(), parameters.end(), [&](auto& one) {
           const auto* value = PQparameterStatus(handle_.get(), one.first.c_str());
           return value != nullptr && one.second == value;
         });
}

connection::connection(boost::asio::io_context& io, deadline_wheel& wheel,
                       connection_options options)
    : implementation_(std::make_shared<implementation>(io, wheel, std::move(options))) {}

connection::~connection() { implementation_->close(); }

void connection::open(clock::time_point deadline, open_callback done) {
  auto keep = implementation_;
  keep->open(deadline, std::move(done));
}

void connection::run(sql_request request, reply_callback done) {
  auto keep = implementation_;
  keep->run(std::move(request), std::move(done));
}

void connection::cancel() { implementation_->cancel(); }

void connection::abandon(std::uint64_t ticket) { implementation_->abandon(ticket); }

void connection::close() {
  auto keep = implementation_;
  keep->close();
}

void connection::on_lost(std::function<void(const error&)> tell) {
  implementation_->on_lost(std::move(tell));
}

void connection::on_notification(std::function<void(sql_notification)> tell) {
  implementation_->on_notification(std::move(tell));
}

bool connection::is_open() const noexcept { return implementation_->is_open(); }
bool connection::is_idle() const noexcept { return implementation_->is_idle(); }
transaction_status connection::transaction() const noexcept {
  return implementation_->transaction();
}
bool connection::has_session_state() const noexcept { return implementation_->has_session_state(); }
sql_session connection::describe() const { return implementation_->describe(); }
bool connection::reports(const std::map<std::string, std::string>& parameters) const {
  return implementation_->reports(parameters);
}

}  // namespace puff::postgres

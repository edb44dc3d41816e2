#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "services/postgres/internal/pool_member.hpp"

namespace puff::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_back_off{50};
constexpr milliseconds check_limit{2'000};
constexpr milliseconds cancel_again{200};
constexpr std::uint32_t most_clean_steps = 5;

/// From `low` to 1.
double jitter(double low) {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  return low + (1 - low) * std::generate_canonical<double, 31>(engine);
}

template <class Duration>
Duration scaled(Duration d, double by) {
  return Duration{static_cast<typename Duration::rep>(static_cast<double>(d.count()) * by)};
}

/// libpq's texts have several lines.
std::string one_line(const std::string& text) {
  std::string line;
  for (char c : text) {
    if (c == '\n' || c == '\t') c = ' ';
    if (c != ' ' || (!line.empty() && line.back() != ' ')) line += c;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// The server has said no, and not because it is starting, ending or full.
bool hopeless(const std::string& text) {
  constexpr std::array<std::string_view, 6> passing{
      "starting up",      "shutting down", "recovery", "too many", "remaining connection slots",
      "not yet accepting"};
  constexpr std::array<std::string_view, 3> ours{"no password supplied", "could not translate host",
                                                 "invalid connection option"};
  auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (std::any_of(ours.begin(), ours.end(), has)) return true;
  return has("FATAL:") && std::none_of(passing.begin(), passing.end(), has);
}

}  // namespace

pool::member_ptr pool::make_member(const std::string& conninfo) {
  auto m = std::make_shared<member>();
  auto options = options_.connection;
  options.conninfo = conninfo;
  m->link = std::make_unique<connection>(io_, wheel_, std::move(options));
  m->link->on_lost([this, weak = std::weak_ptr{m}](const error& why) {
    if (auto lost = weak.lock()) on_lost(lost, why);
  });
  m->retires = clock::now() + scaled(options_.max_age, jitter(0.8));
  members_.push_back(m);
  return m;
}

std::size_t pool::wanted() const noexcept {
  auto statements = waiting_.size() - sessions_wanted_;
  auto room = options_.max_shared > shared_.size() ? options_.max_shared - shared_.size() : 0;
  auto demand = sessions_wanted_ + std::min<std::size_t>(statements, room);
  // What is being cleaned or checked comes back by itself, but perhaps not soon.
  auto missing = options_.min_size > pooled_ ? options_.min_size - pooled_ : 0;
  return std::max<std::size_t>(demand > connecting_ ? demand - connecting_ : 0, missing);
}

void pool::grow() {
  if (closed_ || retry_) return;
  auto more = std::min<std::size_t>(wanted(), options_.max_size - pooled_);
  if (failures_ > 0) more = connecting_ > 0 ? 0 : std::min<std::size_t>(more, 1);
  for (; more > 0 && !retry_ && !closed_; --more) connect();
}

/// One at a time: those who wait for none can wait for the next.
void pool::spread() {
  if (closed_ || retry_ || connecting_ > 0 || pooled_ >= options_.max_size) return;
  if (shared_.size() < options_.max_shared) connect();
}

void pool::connect() {
  auto m = make_member(options_.connection.conninfo);
  ++pooled_;
  ++connecting_;
  const auto started = clock::now();
  m->link->open(started + options_.connect_timeout,
                [this, m, started](const error& why) { on_open(m, started, why); });
}

void pool::on_open(const member_ptr& m, clock::time_point started, const error& why) {
  if (closed_) return;
  --connecting_;
  if (!why) {
    failures_ = 0;
    last_failure_ = {};
    ++totals_.connects;
    m->opened = std::make_shared<const sql_session>(m->link->describe());
    to_idle(m);
    return serve();
  }
  ++totals_.errors;
  last_failure_ = make_error(code_of(why), one_line(context_of(why)));
  bury(m);
  back_off();
  fail_waiters(started, last_failure_);
}

void pool::back_off() {
  if (retry_) return;
  auto pause = first_back_off * (1u << std::min(failures_, 10u));
  ++failures_;
  pause = std::min<milliseconds>(pause, options_.longest_back_off);
  retry_ = wheel_.arm(clock::now() + scaled(pause, jitter(0.5)), [this] {
    retry_ = {};
    grow();
  });
}

void pool::fail_waiters(clock::time_point started, const error& why) {
  // Connections that others hold come back some time.
  if (pooled_ > connecting_) return;
  const bool final = hopeless(context_of(why));
  waiters failed;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto next = std::next(at);
    if (at->arrived <= started && (final || !at->patient)) {
      wheel_.cancel(at->expiry);
      if (at->what != need::statement) --sessions_wanted_;
      failed.splice(failed.end(), waiting_, at);
    }
    at = next;
  }
  for (auto& w : failed) w.use(failure(ec::unavailable, context_of(why)));
}

void pool::on_lost(const member_ptr& m, const error&) {
  if (closed_ || m->where == member::place::gone) return;
  ++totals_.errors;
  // Its holder hears of it with the next request, and gives it back.
  if (m->where == member::place::leased) return changed();
  bury(m);
  serve();
}

pool::member_ptr pool::take_idle() {
  while (!idle_.empty()) {
    auto m = std::move(idle_.back());
    idle_.pop_back();
    wheel_.cancel(std::exchange(m->expiry, {}));
    if (!m->usable()) {
      bury(m);
    } else if (!m->asked && clock::now() - m->since > options_.check_after) {
      check_idle(m);
    } else {
      return m;
    }
  }
  return nullptr;
}

void pool::check_idle(const member_ptr& m) {
  m->where = member::place::asked;
  sql_request ping;
  ping.deadline = clock::now() + check_limit;
  m->link->run(std::move(ping), [this, m](const expected<sql_reply>& reply) {
    if (closed_ || m->where == member::place::gone) return;
    if (reply)
      to_idle(m);
    else
      dispose(m);
    m->asked = true;
    serve();
    m->asked = false;
  });
}

void pool::to_idle(const member_ptr& m) {
  const auto now = clock::now();
  if (m->retires <= now || pooled_ > options_.max_size) return dispose(m);
  m->where = member::place::idle;
  m->since = now;
  idle_.push_back(m);
  m->expiry = wheel_.arm(std::min(now + options_.max_idle, m->retires), [this, m] {
    m->expiry = {};
    std::erase(idle_, m);
    if (pooled_ <= options_.min_size && m->retires > clock::now()) return check_idle(m);
    dispose(m);
    grow();
  });
}

/// One that whoever opens a transaction may have already.
pool::member_ptr pool::take_ending() {
  if (ending_.empty()) return nullptr;
  auto m = std::move(ending_.front());
  ending_.erase(ending_.begin());
  return m;
}

/// Once nothing runs on it: what somebody has given up there is being cancelled, and what runs
/// before that must not be.
void pool::clean_after(const member_ptr& m) {
  if (closed_ || m->where == member::place::gone) return;
  std::erase(ending_, m);
  m->where = member::place::cleaning;
  m->id = 0;
  m->holder.clear();
  if (m->own || !m->usable() || m->listens > 0) {
    dispose(m);
    return serve();
  }
  if (m->unfinished) m->link->cancel();
  if (m->unfinished || m->link->is_idle()) return clean(m);
  sql_request drain;
  drain.what = sql_request::kind::drain;
  drain.deadline = clock::time_point::max();  // each request before it has its own
  m->link->run(std::move(drain), [this, m](const expected<sql_reply>& reply) {
    if (closed_ || m->where == member::place::gone) return;
    if (reply) return clean(m);
    dispose(m);
    serve();
  });
}

void pool::clean(const member_ptr& m) {
  if (closed_ || m->where == member::place::gone) return;
  m->where = member::place::cleaning;
  m->clean_steps = 0;
  m->clean_by = clock::now() + options_.clean_timeout;
  clean_next(m);
}

void pool::clean_next(const member_ptr& m) {
  if (closed_ || m->where == member::place::gone) return;
  using k = sql_request::kind;
  auto& link = *m->link;
  if (!link.is_open() || m->clean_steps++ > most_clean_steps) {
    dispose(m);
  } else if (std::exchange(m->unfinished, false)) {
    cancel_until_clean(m);
    return clean_on(m, k::drain, "");
  } else if (link.transaction() != transaction_status::idle) {
    return clean_on(m, k::simple, "ROLLBACK");
  } else if (link.has_session_state()) {
    return clean_on(m, k::simple, "DISCARD ALL");
  } else {
    to_idle(m);
  }
  serve();
}

void pool::cancel_until_clean(const member_ptr& m) {
  // A cancel that reaches the server before the statement does is lost.
  wheel_.cancel(m->expiry);
  m->expiry = wheel_.arm(clock::now() + cancel_again, [this, m] {
    m->expiry = {};
    m->link->cancel();
    cancel_until_clean(m);
  });
}

void pool::clean_on(const member_ptr& m, sql_request::kind what, std::string text) {
  sql_request request;
  request.what = what;
  request.text = std::move(text);
  request.deadline = m->clean_by;
  m->link->run(std::move(request), [this, m](const expected<sql_reply>& reply) {
    wheel_.cancel(std::exchange(m->expiry, {}));
    if (reply) return clean_next(m);
    if (closed_ || m->where == member::place::gone) return;
    dispose(m);
    serve();
  });
}

void pool::dispose(const member_ptr& m) {
  if (m->where == member::place::gone) return;
  bury(m);
  m->link->close();
}

void pool::bury(const member_ptr& m) {
  if (m->where == member::place::gone) return;
  m->where = member::place::gone;
  wheel_.cancel(std::exchange(m->expiry, {}));
  members_.remove(m);
  std::erase(idle_, m);
  std::erase(shared_, m);
  std::erase(ending_, m);
  if (m->own)
    --own_;
  else
    --pooled_;
  changed();
  // One of its own callbacks may be running.
  boost::asio::post(io_, [m] {});
}

}  // namespace puff::postgres

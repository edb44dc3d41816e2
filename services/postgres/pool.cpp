#include "services/postgres/pool.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "services/postgres/conninfo.hpp"
#include "services/postgres/internal/pool_member.hpp"
#include "services/postgres/internal/statement_kind.hpp"

namespace puff::postgres {
namespace {

constexpr std::size_t holders_shown = 5;
constexpr std::uint32_t pending_on_one = 1'000;
/// As many statements under way on a shared connection keep a session of the server busy: another
/// connection is opened for those to come.
constexpr std::uint32_t crowd = 8;
/// So many statements may join a shared connection while a lease waits.
constexpr std::uint32_t joined_before_leases = 64;

/// Of the whole process, so that a pool that was started again does not name old sessions.
session_id next_session() noexcept {
  static std::atomic<session_id> last{0};
  return ++last;
}

std::string seconds(pool::clock::duration span) {
  auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(span).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

error not_leased(session_id id) {
  return make_error(ec::not_found, "session " + std::to_string(id) + " is not leased (any more)");
}

}  // namespace

pool::pool(boost::asio::io_context& io, deadline_wheel& wheel, pool_options options)
    : io_(io), wheel_(wheel), options_(std::move(options)) {}

pool::~pool() { close(); }

void pool::start() { grow(); }

void pool::lease(sql_lease wish, lease_callback done) {
  if (closed_) return done(failure(ec::shutting_down, "the pool was closed"));
  if (wish.conninfo) return open_own(std::move(wish), std::move(done));
  auto use = [this, holder = std::move(wish.holder),
              done = std::move(done)](expected<member_ptr> found) {
    if (!found) return done(std::move(found.error()));
    lend(*found, holder, done);
  };
  const auto now = clock::now();
  const auto deadline = std::min(wish.deadline, now + clock::duration{options_.lease_timeout});
  wait({need::session, now, deadline, false, std::move(use)});
}

void pool::lend(const member_ptr& m, std::string holder, const lease_callback& done) {
  m->where = member::place::leased;
  m->id = next_session();
  m->holder = std::move(holder);
  m->since = clock::now();
  leases_.emplace(m->id, m);
  ++totals_.leases;
  if (!m->link->reports(m->opened->parameters))  // the server has read its configuration again
    m->opened = std::make_shared<const sql_session>(m->link->describe());
  changed();
  done(sql_lent{m->id, m->opened});
}

void pool::open_own(sql_lease wish, lease_callback done) {
  if (own_ >= options_.max_own)
    return done(failure(ec::overloaded, std::to_string(own_) +
                                            " connections of leases with their own conninfo are "
                                            "open, which is as many as may be"));
  ++own_;
  auto m = make_member(*wish.conninfo);
  m->own = true;
  m->link->open(wish.deadline, [this, m, holder = std::move(wish.holder),
                                done = std::move(done)](const error& why) {
    if (why) {
      ++totals_.errors;
      auto reason = why;
      bury(m);
      return done(std::move(reason));
    }
    ++totals_.connects;
    m->opened = std::make_shared<const sql_session>(m->link->describe());
    lend(m, holder, done);
  });
}

void pool::run(sql_request request, reply_callback done) {
  if (closed_) return done(failure(ec::shutting_down, "the pool was closed"));
  if (request.session != 0) {
    auto found = leases_.find(request.session);
    if (found == leases_.end()) return done(not_leased(request.session));
    auto m = found->second;
    if (request.gives_back) return end_transaction(m, std::move(request), std::move(done));
    return run_leased(m, std::move(request), std::move(done));
  }
  ++totals_.statements;
  const bool opens = request.opens_transaction;
  const bool alone = !opens && !internal::may_share(request);
  const auto deadline = request.deadline;
  const auto ticket = request.ticket;
  auto use = [this, opens, alone, request = std::move(request),
              done = std::move(done)](expected<member_ptr> found) mutable {
    if (!found) return done(std::move(found.error()));
    if (opens)
      open_transaction(*found, std::move(request), std::move(done));
    else if (alone)
      run_alone(*found, std::move(request), std::move(done));
    else
      run_shared(*found, std::move(request), std::move(done));
  };
  const auto what = opens ? need::transaction : alone ? need::session : need::statement;
  wait({what, clock::now(), deadline, false, std::move(use), ticket});
}

void pool::abandon(std::uint64_t ticket) {
  if (ticket == 0) return;
  const auto is_it = [&](const waiter& w) { return w.ticket == ticket; };
  if (auto w = std::find_if(waiting_.begin(), waiting_.end(), is_it); w != waiting_.end()) {
    auto use = std::move(w->use);
    wheel_.cancel(w->expiry);
    if (w->what != need::statement) --sessions_wanted_;
    waiting_.erase(w);
    changed();
    return use(make_error(ec::cancelled));
  }
  const auto all = members_;  // an answer may change them
  for (const auto& m : all)
    if (m->usable()) m->link->abandon(ticket);
}

void pool::run_leased(const member_ptr& m, sql_request request, reply_callback done) {
  const auto kind = request.what;
  using k = sql_request::kind;
  if (kind == k::stream || kind == k::simple) m->unfinished = true;  // until we know better
  if (kind == k::listen) ++m->listens;
  m->link->run(std::move(request), [m, kind, done = std::move(done)](expected<sql_reply> reply) {
    if (kind == k::listen) --m->listens;
    if (kind != k::poll && kind != k::listen) m->unfinished = !reply || reply->more;
    done(std::move(reply));
  });
}

void pool::run_shared(const member_ptr& m, sql_request request, reply_callback done) {
  if (m->where != member::place::shared) {
    m->where = member::place::shared;
    m->joined = 0;
    shared_.push_back(m);
  }
  ++m->pending;
  ++m->joined;
  m->link->run(std::move(request), [this, m, done = std::move(done)](expected<sql_reply> reply) {
    if (--m->pending == 0 && m->where == member::place::shared) {
      std::erase(shared_, m);
      clean(m);
    }
    done(std::move(reply));
  });
}

void pool::run_alone(const member_ptr& m, sql_request request, reply_callback done) {
  m->where = member::place::cleaning;
  m->unfinished = true;
  m->link->run(std::move(request), [this, m, done = std::move(done)](expected<sql_reply> reply) {
    m->unfinished = !reply || reply->more;
    clean(m);
    done(std::move(reply));
  });
}

void pool::open_transaction(const member_ptr& m, sql_request request, reply_callback done) {
  m->where = member::place::leased;
  const auto id = m->id = next_session();
  m->holder = std::move(request.holder);
  m->since = clock::now();
  leases_.emplace(id, m);
  ++totals_.leases;
  changed();
  m->link->run(std::move(request),
               [this, m, id, done = std::move(done)](expected<sql_reply> reply) {
                 const bool is_open = reply && reply->transaction != transaction_status::idle;
                 if (is_open) reply->lent = {id, m->opened};
                 if (!is_open && leases_.erase(id) != 0) clean_after(m);
                 done(std::move(reply));
               });
}

void pool::end_transaction(const member_ptr& m, sql_request request, reply_callback done) {
  leases_.erase(std::exchange(m->id, 0));
  m->holder.clear();
  m->where = member::place::ending;
  const bool may_follow = !m->own && !m->unfinished && m->listens == 0 &&
                          !m->link->has_session_state() && m->retires > clock::now();
  if (may_follow) ending_.push_back(m);
  m->link->run(std::move(request), [this, m, done = std::move(done)](expected<sql_reply> reply) {
    if (m->where == member::place::ending) clean_after(m);
    done(std::move(reply));
  });
  if (may_follow) serve();
}

expected<sql_session> pool::describe(session_id id) const {
  auto found = leases_.find(id);
  if (found == leases_.end()) return not_leased(id);
  auto session = found->second->link->describe();
  session.id = id;
  return session;
}

void pool::cancel(session_id id) {
  if (auto found = leases_.find(id); found != leases_.end()) found->second->link->cancel();
}

void pool::give_back(session_id id) {
  auto found = leases_.find(id);
  if (found == leases_.end()) return;
  auto m = std::move(found->second);
  leases_.erase(found);
  m->id = 0;
  m->holder.clear();
  if (m->own || !m->usable()) {
    dispose(m);
    return serve();
  }
  if (!m->link->is_idle()) {
    m->link->cancel();  // who only listens is answered at once
    m->unfinished = true;
  }
  if (m->listens > 0) {
    dispose(m);
    return serve();
  }
  clean(m);
}

void pool::check(clock::time_point deadline, check_callback done) {
  if (closed_) return done(failure(ec::shutting_down, "the pool was closed"));
  auto use = [this, done = std::move(done)](expected<member_ptr> found) {
    if (!found) return done(found.error());
    to_idle(*found);
    done({});
    serve();
  };
  wait({need::session, clock::now(), deadline, true, std::move(use)});
}

void pool::wait(waiter w) {
  if (waiting_.empty()) {
    if (auto m = find_for(w.what)) return w.use(std::move(m));
  }
  if (waiting_.size() >= options_.max_waiting) {
    ++totals_.errors;
    return w.use(failure(ec::overloaded,
                         std::to_string(waiting_.size()) + " wait for a connection" + holders()));
  }
  ++totals_.waits;
  if (w.what != need::statement) ++sessions_wanted_;
  auto at = waiting_.insert(waiting_.end(), std::move(w));
  at->expiry = wheel_.arm(at->deadline, [this, at] { expire(at); });
  changed();
  grow();
}

void pool::expire(waiters::iterator w) {
  auto span = seconds(w->deadline - w->arrived);
  const bool patient = w->patient;
  auto use = std::move(w->use);
  if (w->what != need::statement) --sessions_wanted_;
  waiting_.erase(w);
  ++totals_.errors;
  changed();
  if (last_failure_) return use(failure(ec::unavailable, context_of(last_failure_)));
  if (patient) return use(failure(ec::unavailable, "no answer within " + span));
  use(failure(ec::timed_out, "no connection became free within " + span + holders()));
}

void pool::serve() {
  if (serving_ || closed_) return;  // whoever is served may give back at once
  serving_ = true;
  while (!waiting_.empty()) {
    auto m = find_for(waiting_.front().what);
    if (!m) break;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.what != need::statement) --sessions_wanted_;
    wheel_.cancel(next.expiry);
    next.use(std::move(m));
    if (closed_) break;
  }
  serving_ = false;
  if (closed_) return;
  grow();
  changed();
}

pool::member_ptr pool::find_for(need what) {
  if (what != need::statement) {
    auto fresh = take_idle();
    return fresh || what == need::session ? fresh : take_ending();
  }
  if (shared_.size() < options_.max_shared)
    if (auto fresh = take_idle()) return fresh;
  return join();
}

pool::member_ptr pool::join() {
  auto least = std::min_element(
      shared_.begin(), shared_.end(),
      [](const member_ptr& a, const member_ptr& b) { return a->pending < b->pending; });
  if (least == shared_.end() || !(*least)->usable()) return nullptr;
  auto& m = **least;
  if (m.pending >= pending_on_one) return nullptr;
  if (sessions_wanted_ > 0 && m.joined >= joined_before_leases) return nullptr;
  auto found = *least;
  if (m.pending >= crowd) spread();
  return found;
}

std::string pool::holders() const {
  struct share {
    std::size_t count = 0;
    clock::time_point since = clock::time_point::max();
  };
  std::map<std::string, share> all;
  for (const auto& [id, m] : leases_) {
    if (m->own) continue;
    auto& s = all[m->holder];
    ++s.count;
    s.since = std::min(s.since, m->since);
  }
  if (all.empty()) return {};
  std::vector<std::pair<std::string, share>> order{all.begin(), all.end()};
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
  auto text = "; of " + std::to_string(options_.max_size) + " connections are held";
  for (std::size_t i = 0; i < order.size() && i < holders_shown; ++i) {
    const auto& [holder, s] = order[i];
    text += (i == 0 ? ": " : ", ") + std::to_string(s.count) + " by " +
            (holder.empty() ? "?" : holder) + " (for " + seconds(clock::now() - s.since) + ")";
  }
  if (order.size() > holders_shown)
    text += " and others of " + std::to_string(order.size() - holders_shown) + " more holders";
  return text;
}

error pool::failure(ec code, const std::string& what) const {
  return make_error(code, "PostgreSQL pool '" + options_.name + "' (" +
                              without_password(options_.connection.conninfo) + "): " + what);
}

void pool::close() {
  if (std::exchange(closed_, true)) return;
  wheel_.cancel(retry_);
  for (auto& w : waiting_) wheel_.cancel(w.expiry);
  auto unserved = std::exchange(waiting_, {});
  auto all = std::exchange(members_, {});
  idle_.clear();
  shared_.clear();
  ending_.clear();
  leases_.clear();
  for (auto& w : unserved) w.use(failure(ec::shutting_down, "the pool was closed"));
  for (auto& m : all) {
    wheel_.cancel(m->expiry);
    m->where = member::place::gone;
    m->link->close();
  }
}

pool_stats pool::stats() const noexcept {
  auto now = totals_;
  now.open = static_cast<std::uint32_t>(pooled_ - connecting_);
  now.idle = static_cast<std::uint32_t>(idle_.size());
  now.leased = static_cast<std::uint32_t>(leases_.size());
  now.own = static_cast<std::uint32_t>(own_);
  now.waiting = static_cast<std::uint32_t>(waiting_.size());
  return now;
}

}  // namespace puff::postgres

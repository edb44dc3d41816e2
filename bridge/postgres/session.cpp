#include "bridge/postgres/session.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <caf/send.hpp>

namespace puff::bridge::postgres {
namespace {

std::atomic<unsigned> forks_so_far{0};

}  // namespace

session::session(postgres_access where, sql_lent lent)
    : where_(std::move(where)), lent_(std::move(lent)), leased_in_(forks()) {}

session::session(postgres_access where, sql_lent lent, owner)
    : where_(std::move(where)), lent_(std::move(lent)), is_own_(false), leased_in_(forks()) {}

session::~session() { give_back(); }

void session::cancel() const {
  if (closed()) return;
  if (auto pool = where_.pool.get()) caf::anon_send(*pool, cancel_atom::value, lent_.id);
}

void session::abandon(std::uint64_t ticket) const {
  if (closed()) return;
  if (auto pool = where_.pool.get()) caf::anon_send(*pool, abandon_atom::value, ticket);
}

void session::give_back() {
  if (!here() || returned_.exchange(true) || !is_own_) return;
  if (auto pool = where_.pool.get()) caf::anon_send(*pool, return_atom::value, lent_.id);
}

bool session::closed() const noexcept { return returned_ || lost_ || !here(); }

unsigned session::forks() noexcept { return forks_so_far.load(std::memory_order_relaxed); }

void session::watch_forks() {
  static const int done = ::pthread_atfork(nullptr, nullptr, [] { ++forks_so_far; });
  static_cast<void>(done);
}

background::~background() {
  if (event_ >= 0) ::close(event_);
}

int background::descriptor() {
  std::scoped_lock lock{guards_the_rest_};
  if (event_ < 0) event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  show();
  return event_;
}

void background::show() {
  const bool something = answer_ || !heard_.empty() || lost_;
  if (event_ < 0 || something == shown_) return;
  shown_ = something;
  std::uint64_t count = 1;
  [[maybe_unused]] auto moved =
      something ? ::write(event_, &count, sizeof count) : ::read(event_, &count, sizeof count);
}

bool background::begin() {
  std::scoped_lock lock{guards_the_rest_};
  return !std::exchange(running_, true);
}

void background::answer(expected<sql_reply_parcel> how) {
  std::scoped_lock lock{guards_the_rest_};
  if (!running_ || answer_) return;
  answer_.emplace(std::move(how));
  show();
}

std::optional<expected<sql_reply_parcel>> background::take_answer() {
  std::scoped_lock lock{guards_the_rest_};
  if (!answer_) return std::nullopt;
  running_ = false;
  auto taken = std::exchange(answer_, std::nullopt);
  show();
  return taken;
}

bool background::listen(bool wanted) {
  std::scoped_lock lock{guards_the_rest_};
  wanted_ |= wanted;
  if (!wanted_ || listening_ || running_ || lost_ || !heard_.empty()) return false;
  return listening_ = true;
}

void background::heard(expected<sql_reply_parcel> what) {
  std::scoped_lock lock{guards_the_rest_};
  listening_ = false;
  if (what)
    for (auto& one : what->take().notifications) heard_.push_back(std::move(one));
  else
    lost_ = code_of(what.error()) == ec::connection_lost;
  show();
}

std::vector<sql_notification> background::take_heard() {
  std::scoped_lock lock{guards_the_rest_};
  auto taken = std::exchange(heard_, {});
  show();
  return taken;
}

}  // namespace puff::bridge::postgres

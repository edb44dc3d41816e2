#include "services/addons/lanes.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace puff::addons {

struct lanes::shared {
  struct lane {
    std::deque<job> jobs;
    bool running = false;
  };

  bool admit(std::uint32_t number, job& what, std::size_t most);
  void push(std::uint32_t number, job what);
  std::optional<std::uint32_t> next();
  void fire();

  mutable std::mutex guards_all;
  std::condition_variable work_came, thread_ended;
  std::vector<lane> all{1};
  std::deque<std::uint32_t> ready;  // an entry for each job of lane 0, and for each idle lane
  std::multimap<clock::time_point, std::pair<std::uint32_t, job>> timed;
  std::size_t bound = 0, waiting = 0;
  std::size_t wanted = 0, threads = 0, blocked = 0;  // there is one thread for each that is wanted
  bool ended = false;
};

namespace {

constexpr std::size_t most_blocked = 64;

}  // namespace

void lanes::shared::push(std::uint32_t number, job what) {
  auto& to = all[number];
  to.jobs.push_back(std::move(what));
  ++waiting;
  if (number != 0 && (to.running || to.jobs.size() > 1)) return;
  ready.push_back(number);
  work_came.notify_one();
}

bool lanes::shared::admit(std::uint32_t number, job& what, std::size_t most) {
  std::scoped_lock lock{guards_all};
  if (ended || all[number].jobs.size() >= most) return false;
  push(number, std::move(what));
  return true;
}

void lanes::shared::fire() {
  const auto now = clock::now();
  while (!timed.empty() && timed.begin()->first <= now) {
    auto due = timed.extract(timed.begin());
    push(due.mapped().first, std::move(due.mapped().second));
  }
}

std::optional<std::uint32_t> lanes::shared::next() {
  if (ready.empty()) return std::nullopt;
  auto number = ready.front();
  ready.pop_front();
  return number;
}

lanes::lanes(std::size_t bound) : all_(std::make_shared<shared>()) { all_->bound = bound; }

void lanes::start(std::size_t threads) {
  std::scoped_lock lock{all_->guards_all};
  all_->wanted = all_->threads = threads;
  for (std::size_t i = 0; i < threads; ++i) std::thread{[all = all_] { work(all); }}.detach();
}

void lanes::note(wait what) {
  std::scoped_lock lock{all_->guards_all};
  if (what == wait::ends) {
    --all_->blocked;
    all_->work_came.notify_all();  // one thread may be too many now
    return;
  }
  ++all_->blocked;
  if (all_->ended || all_->blocked > most_blocked) return;
  if (all_->threads >= all_->wanted + all_->blocked) return;
  ++all_->threads;
  std::thread{[all = all_] { work(all); }}.detach();
}

lanes::~lanes() { stop(std::chrono::milliseconds{0}); }

std::uint32_t lanes::add() {
  std::scoped_lock lock{all_->guards_all};
  all_->all.emplace_back();
  return static_cast<std::uint32_t>(all_->all.size() - 1);
}

bool lanes::post(std::uint32_t lane, job what) { return all_->admit(lane, what, all_->bound); }

void lanes::post_always(std::uint32_t lane, job what) {
  all_->admit(lane, what, static_cast<std::size_t>(-1));
}

void lanes::at(clock::time_point when, std::uint32_t lane, job what) {
  std::scoped_lock lock{all_->guards_all};
  if (all_->ended) return;
  all_->timed.emplace(when, std::pair{lane, std::move(what)});
  all_->work_came.notify_one();
}

std::size_t lanes::waiting() const {
  std::scoped_lock lock{all_->guards_all};
  return all_->waiting;
}

bool lanes::stop(std::chrono::milliseconds patience) {
  std::vector<shared::lane> dropped;
  decltype(shared::timed) never;
  std::unique_lock lock{all_->guards_all};
  all_->ended = true;
  all_->ready.clear();
  all_->waiting = 0;
  for (auto& each : all_->all) std::swap(dropped.emplace_back().jobs, each.jobs);
  never.swap(all_->timed);
  all_->work_came.notify_all();
  return all_->thread_ended.wait_for(lock, patience, [this] { return all_->threads == 0; });
}

void lanes::work(const std::shared_ptr<shared>& all) {
  std::unique_lock lock{all->guards_all};
  while (!all->ended && all->threads <= all->wanted + all->blocked) {
    all->fire();
    auto number = all->next();
    if (!number) {
      if (all->timed.empty()) {
        all->work_came.wait(lock);
        continue;
      }
      const auto due = all->timed.begin()->first;  // another thread may take the entry meanwhile
      all->work_came.wait_until(lock, due);
      continue;
    }
    auto* lane = &all->all[*number];
    auto what = std::move(lane->jobs.front());
    lane->jobs.pop_front();
    --all->waiting;
    lane->running = true;
    lock.unlock();
    what();
    what = nullptr;
    lock.lock();
    lane = &all->all[*number];
    lane->running = false;
    if (*number != 0 && !lane->jobs.empty()) all->ready.push_back(*number);
  }
  --all->threads;
  all->thread_ended.notify_all();
}

}  // namespace puff::addons

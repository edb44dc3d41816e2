// Actors under stress: loops, workers, outside threads, crashes, kills, expiring asks, and spawns
// that race with the end. Every round must end, every ask must come to exactly one end, and every
// handler must run where its actor lives. Usage: actor_stress [seconds] [seed]
#include <unistd.h>

#include <atomic>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "actors/core/asio_loop.hpp"
#include "actors/core/ask.hpp"
#include "actors/core/end.hpp"
#include "actors/core/outside_ask.hpp"
#include "actors/core/promise.hpp"
#include "actors/core/shared_deadlines.hpp"
#include "actors/core/spawn.hpp"
#include "actors/core/supervisor.hpp"
#include "actors/core/timer.hpp"
#include "schemas/messages.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using peer_actor = caf::typed_actor<
    /// Answers, now or later, drops, keeps or throws, as the number says.
    caf::replies_to<check_atom, int>::with<int>,
    /// Asks another peer.
    caf::reacts_to<serve_atom, int>>;

struct tally {
  std::atomic<std::uint64_t> spawned{0}, begun{0}, values{0}, expired{0}, broken{0}, refused{0},
      unavailable{0}, other{0}, ended_with_asker{0}, outside{0}, outside_told{0}, beats{0},
      restarts{0}, misplaced{0}, twice{0};
} counts;

/// Comes to exactly one end: an answer, or the end of whoever asked.
struct ask_token {
  ask_token() { ++counts.begun; }
  ~ask_token() {
    if (ends == 0) ++counts.ended_with_asker;
    if (ends > 1) ++counts.twice;
  }
  std::atomic<int> ends{0};
};

void count(const error& why) {
  switch (code_of(why)) {
    case ec::timed_out: ++counts.expired; break;
    case ec::broken_promise: ++counts.broken; break;
    case ec::overloaded: ++counts.refused; break;
    case ec::unavailable: ++counts.unavailable; break;
    default: ++counts.other;
  }
}

/// All peers of a round, for whoever wants to bother one.
struct crowd {
  peer_actor any(unsigned number) {
    std::scoped_lock lock{guards_peers};
    return peers[number % peers.size()];
  }
  void add(peer_actor peer) {
    std::scoped_lock lock{guards_peers};
    peers.push_back(std::move(peer));
  }
  void replace(unsigned number, peer_actor peer) {
    std::scoped_lock lock{guards_peers};
    std::swap(peers[number % peers.size()], peer);
  }
  std::mutex guards_peers;
  std::vector<peer_actor> peers;
};

struct peer {
  using interface = peer_actor;
  static constexpr const char* name = "peer";

  peer(self_pointer<interface> self, std::shared_ptr<crowd> others, unsigned seed)
      : self_(self), others_(std::move(others)), random_(seed) {
    ++counts.spawned;
  }
  ~peer() { check_place(); }

  interface::behavior_type make_behavior() {
    if (self_->home()) beat_ = every(self_, 1ms, [] { ++counts.beats; });
    return {[this](check_atom, int what) { return reply(what); },
            [this](serve_atom, int what) { bother(what); }};
  }

  caf::delegated<int> reply(int what) {
    check_place();
    if (what % 997 == 3) throw std::runtime_error{"bad day"};
    auto owed = make_promise<int>(self_);
    auto later = owed.later();
    if (what % 4 == 0) return later;
    if (what % 4 == 1 && kept_.size() < 64) {
      kept_.push_back(std::move(owed));
    } else if (what % 4 == 2 && self_->home()) {
      pending_.push_back(
          after(self_, std::chrono::milliseconds{what % 4},
                [owed = std::make_shared<promise<int>>(std::move(owed))] { owed->deliver(1); }));
      if (pending_.size() > 64) pending_.erase(pending_.begin());
    } else {
      owed.deliver(what);
    }
    if (kept_.size() == 64) kept_.clear();
    return later;
  }

  void bother(int what) {
    check_place();
    auto token = std::make_shared<ask_token>();
    ask(self_, others_->any(random_()), std::chrono::milliseconds{what % 5}, check_atom::value,
        static_cast<int>(random_() % 10'000))
        .then(
            [token](int) {
              ++token->ends;
              ++counts.values;
            },
            [token](const error& why) {
              ++token->ends;
              count(why);
            });
    if (random_() % 2'000 == 0) self_->quit();
  }

  void check_place() const {
    if (self_->home() && !self_->home()->on_own_thread()) ++counts.misplaced;
  }

  self_pointer<interface> self_;
  std::shared_ptr<crowd> others_;
  std::minstd_rand random_;
  ticker beat_;
  std::vector<promise<int>> kept_;
  std::vector<timer> pending_;
};

class round {
 public:
  explicit round(unsigned seed) : random_(seed) {
    config_.set("scheduler.policy", caf::atom("sharing"));
    config_.set("scheduler.max-threads", std::size_t{2});
    config_.set("scheduler.max-throughput", std::size_t{100});
  }

  void run() {
    caf::actor_system system{config_};
    std::vector<caf::strong_actor_ptr> ordinary;
    {
      std::vector<std::unique_ptr<asio_loop>> loops;
      for (int i = 0; i < 3; ++i) loops.push_back(std::make_unique<asio_loop>(system));
      shared_deadlines shared{*loops[0]};
      populate(system, loops, shared, ordinary);
      auto root = supervise_some(system, *loops[0]);
      std::vector<std::thread> threads;
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([this, seed = random_(), &loops] { flood(seed, *loops[1]); });
      threads.emplace_back(
          [this, seed = random_(), &system, &loops] { replace_peers(seed, system, loops); });
      std::this_thread::sleep_for(std::chrono::milliseconds{20 + random_() % 60});
      for (auto& loop : loops) loop->stop();  // spawns and floods go on for a while
      std::this_thread::sleep_for(std::chrono::milliseconds{random_() % 5});
      over_ = true;
      for (auto& thread : threads) thread.join();
      for (auto& actor : ordinary) kill(actor);
      // The workers' actors use `shared`: they are gone before it.
      while (ordinary_alive_ > 0) std::this_thread::yield();
    }
    ordinary.clear();
    peers_->peers.clear();
  }

 private:
  struct ordinary_peer : peer {
    ordinary_peer(self_pointer<interface> self, std::shared_ptr<crowd> others, unsigned seed,
                  std::atomic<int>& alive)
        : peer(self, std::move(others), seed), alive_(alive) {
      ++alive_;
    }
    ~ordinary_peer() { --alive_; }
    std::atomic<int>& alive_;
  };

  void populate(caf::actor_system& system, std::vector<std::unique_ptr<asio_loop>>& loops,
                shared_deadlines& shared, std::vector<caf::strong_actor_ptr>& ordinary) {
    for (auto& loop : loops)
      for (int i = 0; i < 8; ++i) peers_->add(spawn_pinned(system, *loop));
    for (int i = 0; i < 8; ++i) {
      placement where{
          .mailbox_bound = 200, .counts = std::make_shared<gauge>(), .deadlines = &shared};
      auto actor =
          spawn<ordinary_peer>(system, where, peers_, random_(), std::ref(ordinary_alive_));
      ordinary.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
      peers_->add(actor);
    }
  }

  peer_actor spawn_pinned(caf::actor_system& system, asio_loop& loop, gauge_ptr gauge = nullptr) {
    return spawn<peer>(system, {&loop, 200, std::move(gauge), nullptr}, peers_, random_seed_++);
  }

  supervisor_actor supervise_some(caf::actor_system& system, asio_loop& home) {
    std::vector<child> table;
    for (int i = 0; i < 4; ++i)
      table.push_back(child_of("crasher " + std::to_string(i), crashers_[i],
                               [this, &system, &home](const gauge_ptr& gauge) {
                                 return spawn_pinned(system, home, gauge);
                               },
                               {.back_off = {.first = 1ms, .longest = 4ms, .ceiling = 1'000'000}}));
    return supervise(
        system, {.home = &home},
        {.report =
             [](const child_event& event) { counts.restarts += event.state == actor_state::down; }},
        std::move(table));
  }

  void flood(unsigned seed, asio_loop& through) {
    std::minstd_rand random{seed};
    for (int i = 0; !over_; ++i) {
      caf::anon_send(peers_->any(random()), serve_atom::value, static_cast<int>(random() % 5));
      if (i % 16 == 0)
        if (auto crasher = crashers_[random() % 4].get())
          caf::anon_send(*crasher, check_atom::value, i % 64 == 0 ? 3 : 4);
      if (i % 50 == 0) {
        ++counts.outside;
        outside_ask<int>(
            through, peers_->any(random()), 3ms,
            [](const expected<int>&) { ++counts.outside_told; }, check_atom::value,
            static_cast<int>(random() % 10'000));
      }
      if (i % 200 == 0) std::this_thread::yield();
    }
  }

  void replace_peers(unsigned seed, caf::actor_system& system,
                     std::vector<std::unique_ptr<asio_loop>>& loops) {
    std::minstd_rand random{seed};
    while (!over_) {
      auto number = random() % 24;  // the pinned ones
      auto old = caf::actor_cast<caf::strong_actor_ptr>(peers_->any(number));
      random() % 2 ? kill(old) : tell_to_end(old);
      peers_->replace(number, spawn_pinned(system, *loops[number % 3]));
      if (random() % 8 == 0) {
        ++counts.outside;
        ++counts.outside_told;
        if (!ask_and_wait<int>(*loops[0], peers_->any(random()), 2ms, check_atom::value, 4))
          std::this_thread::yield();
      }
    }
  }

  caf::actor_system_config config_;
  std::minstd_rand random_;
  std::atomic<unsigned> random_seed_{1};
  std::shared_ptr<crowd> peers_ = std::make_shared<crowd>();
  std::atomic<int> ordinary_alive_{0};
  resource<peer_actor> crashers_[4];
  std::atomic<bool> over_{false};
};

bool fail_if(bool broken, const char* what) {
  if (broken) std::printf("BROKEN: %s\n", what);
  return broken;
}

int judge(int rounds) {
  auto n = [](const auto& counter) { return static_cast<unsigned long long>(counter.load()); };
  std::printf(
      "%d rounds: %llu actors, %llu asks (%llu answered, %llu expired, %llu broken, %llu refused, "
      "%llu unavailable, %llu other, %llu ended with their asker), %llu outside asks, %llu beats, "
      "%llu restarts\n",
      rounds, n(counts.spawned), n(counts.begun), n(counts.values), n(counts.expired),
      n(counts.broken), n(counts.refused), n(counts.unavailable), n(counts.other),
      n(counts.ended_with_asker), n(counts.outside), n(counts.beats), n(counts.restarts));
  auto ends = counts.values + counts.expired + counts.broken + counts.refused + counts.unavailable +
              counts.other + counts.ended_with_asker;
  bool broken = fail_if(ends != counts.begun, "an ask came to no end, or to two");
  broken |= fail_if(counts.twice != 0, "an ask was answered twice");
  broken |= fail_if(counts.outside != counts.outside_told, "an outside ask was not told");
  broken |= fail_if(counts.misplaced != 0, "a handler ran on a foreign thread");
  broken |= fail_if(!counts.values || !counts.expired || !counts.broken || !counts.unavailable ||
                        !counts.beats || !counts.restarts,
                    "the stress did not reach every path");
  return broken ? 1 : 0;
}

}  // namespace
}  // namespace puff

int main(int argc, char** argv) {
  auto seconds = std::chrono::seconds{argc > 1 ? std::atoi(argv[1]) : 10};
  auto seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device{}();
  std::printf("seed %u\n", seed);
  auto until = std::chrono::steady_clock::now() + seconds;
  int rounds = 0;
  do {
    alarm(120);  // a round that hangs kills the program
    puff::round{seed + static_cast<unsigned>(rounds++)}.run();
  } while (std::chrono::steady_clock::now() < until);
  return puff::judge(rounds);
}

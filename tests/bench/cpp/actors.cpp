// What the actor kernel costs. Usage: bench_actors [scale]; prints one line per measurement, the
// best of three runs. Build it in a release: the floor below it is measured too.
#include <malloc.h>

#include <algorithm>
#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <vector>

#include "actors/core/asio_loop.hpp"
#include "actors/core/ask.hpp"
#include "actors/core/outside_ask.hpp"
#include "actors/core/shared_deadlines.hpp"
#include "actors/core/spawn.hpp"
#include "schemas/messages.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using echo_actor = caf::typed_actor<caf::replies_to<check_atom, int>::with<int>>;
using client_actor = caf::typed_actor<caf::reacts_to<serve_atom, int>>;

struct echo {
  using interface = echo_actor;
  static constexpr const char* name = "echo";
  explicit echo(self_pointer<interface>) {}
  interface::behavior_type make_behavior() {
    return {[](check_atom, int x) { return x; }};
  }
};

/// Asks `total` times, so many at once as it is told.
struct client {
  using interface = client_actor;
  static constexpr const char* name = "client";

  client(self_pointer<interface> self, echo_actor whom, int total, std::promise<void>& done)
      : self_(self), whom_(std::move(whom)), left_(total), open_(total), done_(done) {}
  interface::behavior_type make_behavior() {
    return {[this](serve_atom, int at_once) {
      for (int i = 0; i < at_once; ++i) next();
    }};
  }
  void next() {
    if (left_ == 0) return;
    --left_;
    ask(self_, whom_, 60s, check_atom::value, left_)
        .then(
            [this](int) {
              if (--open_ == 0) {
                done_.set_value();
                self_->quit();
              } else {
                next();
              }
            },
            [](const error& why) {
              std::fprintf(stderr, "ask failed: %s\n", describe(why).c_str());
              std::abort();
            });
  }

  self_pointer<interface> self_;
  echo_actor whom_;
  int left_, open_;
  std::promise<void>& done_;
};

struct sink {
  using interface = client_actor;
  static constexpr const char* name = "sink";
  sink(self_pointer<interface>, int total, std::promise<void>& done) : left_(total), done_(done) {}
  interface::behavior_type make_behavior() {
    return {[this](serve_atom, int) {
      if (--left_ == 0) done_.set_value();
    }};
  }
  int left_;
  std::promise<void>& done_;
};

struct idle {
  using interface = client_actor;
  static constexpr const char* name = "idle";
  explicit idle(self_pointer<interface>) {}
  interface::behavior_type make_behavior() {
    return {[](serve_atom, int) {}};
  }
};

class bench {
 public:
  explicit bench(int scale) : scale_(scale) {}

  void run() {
    std::printf("%-44s %12s %14s\n", "", "us each", "per second");
    for (int at_once : {1, 64, 1024}) ask_between("one loop", here(one_), here(one_), at_once);
    for (int at_once : {1, 64, 1024}) ask_between("across loops", here(one_), here(two_), at_once);
    for (int at_once : {1, 64}) ask_between("worker to loop", workers(), here(one_), at_once);
    for (int at_once : {1, 64}) ask_between("worker to worker", workers(), workers(), at_once);
    ask_from_outside();
    flood("flood of a pinned actor", here(one_));
    flood("flood of a worker's actor", workers());
    spawn_many("spawn, pinned", here(one_));
    spawn_many("spawn, worker", workers());
    memory();
  }

 private:
  placement here(loop& home) { return {&home, 1'000'000, std::make_shared<gauge>(), nullptr}; }
  placement workers() { return {nullptr, 1'000'000, std::make_shared<gauge>(), &shared_}; }

  template <class Work>
  void measure(const std::string& what, int count, Work work) {
    auto best = clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      auto begun = clock::now();
      work();
      best = std::min(best, clock::now() - begun);
    }
    auto seconds = std::chrono::duration<double>(best).count();
    std::printf("%-44s %12.3f %14.0f\n", what.c_str(), seconds / count * 1e6, count / seconds);
    std::fflush(stdout);
  }

  void ask_between(const std::string& where, placement asker, placement asked, int at_once) {
    const int total = 100'000 * scale_;
    measure("ask, " + where + ", " + std::to_string(at_once) + " at once", total, [&] {
      std::promise<void> done;
      auto finished = done.get_future();
      auto whom = spawn<echo>(system_, asked);
      auto who = spawn<client>(system_, asker, whom, total, std::ref(done));
      caf::anon_send(who, serve_atom::value, at_once);
      finished.get();
      caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
    });
  }

  void ask_from_outside() {
    const int total = 10'000 * scale_;
    auto whom = spawn<echo>(system_, here(one_));
    measure("ask from an outside thread, one by one", total, [&] {
      for (int i = 0; i < total; ++i)
        if (!ask_and_wait<int>(one_, whom, 60s, check_atom::value, i)) std::abort();
    });
    measure("ask from an outside thread, by callback", total, [&] {
      std::promise<void> done;
      int open = total;  // the loop's thread alone counts it
      for (int i = 0; i < total; ++i)
        outside_ask<int>(
            one_, whom, 60s,
            [&](const expected<int>& got) {
              if (!got) std::abort();
              if (--open == 0) done.set_value();
            },
            check_atom::value, i);
      done.get_future().get();
    });
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
  }

  void flood(const std::string& what, placement where) {
    const int total = 500'000 * scale_;
    measure(what + " from outside", total, [&] {
      std::promise<void> done;
      auto whom = spawn<sink>(system_, where, total, std::ref(done));
      for (int i = 0; i < total; ++i) caf::anon_send(whom, serve_atom::value, i);
      done.get_future().get();
      caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
    });
  }

  void spawn_many(const std::string& what, placement where) {
    const int total = 50'000 * scale_;
    measure(what + ", and its end", total, [&] {
      auto before = system_.registry().running();
      std::vector<client_actor> actors;
      for (int i = 0; i < total; ++i) actors.push_back(spawn<idle>(system_, where));
      for (auto& actor : actors) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
      while (system_.registry().running() > before) std::this_thread::yield();
    });
  }

  void memory() {
    const int total = 50'000 * scale_;
    std::vector<client_actor> actors;
    actors.reserve(total);
    auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (int i = 0; i < total; ++i) actors.push_back(spawn<idle>(system_, here(one_)));
    std::promise<void> settled;
    one_.post([&] { settled.set_value(); });
    settled.get_future().get();
    auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
    std::printf("%-44s %12zu\n", "bytes of an idle pinned actor and its gauge",
                (after - before) / static_cast<std::size_t>(total));
  }

  int scale_;
  caf::actor_system_config config_;
  caf::actor_system system_{config_.set("scheduler.policy", caf::atom("sharing"))
                                .set("scheduler.max-threads", std::size_t{2})
                                .set("scheduler.max-throughput", std::size_t{100})};
  asio_loop one_{system_};
  asio_loop two_{system_};
  shared_deadlines shared_{one_};
};

}  // namespace
}  // namespace puff

int main(int argc, char** argv) {
  puff::bench{argc > 1 ? std::max(1, std::atoi(argv[1])) : 1}.run();
}

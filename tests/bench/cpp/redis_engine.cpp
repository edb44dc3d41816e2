// Commands per second of the Redis engine against a private server on a unix socket, and against
// the bare system calls that one command after the other cannot do without.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "services/redis/client.hpp"
#include "services/redis/command.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"

namespace {

using namespace puff;
using clock_type = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Runs `work`, which makes `commands` commands, and prints its rate and cost.
template <class Work>
void measure(const char* name, int commands, Work work) {
  auto start = clock_type::now();
  auto cpu = cpu_seconds();
  work();
  std::chrono::duration<double> took = clock_type::now() - start;
  std::printf("%-28s %10.0f commands/s %8.2f us CPU each\n", name, commands / took.count(),
              (cpu_seconds() - cpu) * 1e6 / commands);
}

/// Keeps `window` GETs in flight until `total` were answered.
class getter {
 public:
  getter(redis::client& c, test::engine_loop& loop) : client_(c), loop_(loop) {}

  void run(int window, int total) {
    left_to_send_ = left_to_answer_ = total;
    for (int i = 0; i < window; ++i) one();
    if (!loop_.run_until([this] { return left_to_answer_ == 0; }, std::chrono::minutes{5}))
      std::exit(1);
  }

 private:
  void one() {
    if (left_to_send_ == 0) return;
    --left_to_send_;
    client_.send(redis::make_command({"GET", "key"}), clock_type::now() + std::chrono::seconds{30},
                 [this](const expected<std::vector<redis_value>>& replies) {
                   if (!replies) std::exit(1);
                   --left_to_answer_;
                   one();
                 });
  }

  redis::client& client_;
  test::engine_loop& loop_;
  int left_to_send_ = 0, left_to_answer_ = 0;
};

void bare_round_trips(const std::string& path, int total) {
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::exit(1);
  auto wire = redis::make_command({"GET", "key"}).wire;
  char reply[64];
  for (int i = 0; i < total; ++i)
    if (::write(fd, wire.data(), wire.size()) < 0 || ::read(fd, reply, sizeof reply) <= 0)
      std::exit(1);
  ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  int total = argc > 1 ? std::atoi(argv[1]) : 300'000;
  test::redis_server server;
  test::engine_loop loop;
  redis::client client{
      loop.io(), loop.wheel(), {.connection = {.url = *redis::parse_url(server.unix_url())}}};
  getter gets{client, loop};
  gets.run(1, 1000);
  measure("64 in flight", total, [&] { gets.run(64, total); });
  measure("1000 in flight", total, [&] { gets.run(1000, total); });
  measure("one after the other", total / 10, [&] { gets.run(1, total / 10); });
  measure("one after the other, bare", total / 10,
          [&] { bare_round_trips(server.socket_path(), total / 10); });
}

// What libpq can do at most on one connection: rows by key in pipeline mode, values in binary form,
// so many in flight, sent and synchronised as a batch. bench_libpq_pipeline CONNINFO UNITS
// [AT_ONCE]
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::uint32_t keys = 1024;

void give_up(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  std::exit(1);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class pipeline {
 public:
  explicit pipeline(const char* conninfo) : pg_(PQconnectdb(conninfo)) {
    check(PQstatus(pg_) == CONNECTION_OK);
    PQclear(PQprepare(pg_, "one", "SELECT id, name FROM item WHERE id = $1", 0, nullptr));
    PQsetnonblocking(pg_, 1);
    check(PQenterPipelineMode(pg_) != 0);
  }
  ~pipeline() { PQfinish(pg_); }
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  void run(int units, int at_once) {
    for (int done = 0; done < units; done += at_once) {
      for (int i = 0; i < at_once; ++i) send();
      check(PQpipelineSync(pg_) != 0);
      while (PQflush(pg_) > 0) wait_for(POLLOUT);
      receive_all();
    }
  }

 private:
  void check(bool fine) const {
    if (!fine) give_up(PQerrorMessage(pg_));
  }

  void send() {
    const std::uint32_t key = htonl(next_++ % keys + 1);
    const char* values[] = {reinterpret_cast<const char*>(&key)};
    const int lengths[] = {sizeof key}, formats[] = {1};
    check(PQsendQueryPrepared(pg_, "one", 1, values, lengths, formats, 1) != 0);
  }

  void receive_all() {
    for (;;) {
      while (PQisBusy(pg_) != 0) {
        wait_for(POLLIN);
        check(PQconsumeInput(pg_) != 0);
      }
      auto* result = PQgetResult(pg_);
      if (!result) continue;
      const auto status = PQresultStatus(result);
      if (status == PGRES_TUPLES_OK) {
        check(PQntuples(result) == 1);
        std::uint32_t id;
        std::memcpy(&id, PQgetvalue(result, 0, 0), sizeof id);
        check(ntohl(id) == answered_++ % keys + 1);
      }
      PQclear(result);
      if (status == PGRES_PIPELINE_SYNC) return;
      check(status == PGRES_TUPLES_OK);
    }
  }

  void wait_for(short what) const {
    pollfd ready{PQsocket(pg_), what, 0};
    ::poll(&ready, 1, -1);
  }

  PGconn* pg_;
  std::uint32_t next_ = 0, answered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("bench_libpq_pipeline CONNINFO UNITS [AT_ONCE]");
  const int units = std::atoi(argv[2]);
  const int at_once = argc > 3 ? std::atoi(argv[3]) : 64;
  pipeline limit{argv[1]};
  limit.run(units / 10, at_once);
  const auto start = std::chrono::steady_clock::now();
  const auto cpu = cpu_seconds();
  limit.run(units, at_once);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("{\"rps\": %.1f, \"cpu_us\": %.3f}\n", units / wall.count(),
              (cpu_seconds() - cpu) * 1e6 / units);
}

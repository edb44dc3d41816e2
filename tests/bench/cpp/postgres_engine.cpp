// Statements per second of the PostgreSQL engine against a private server on a unix socket, each
// beside the same work by plain, blocking libpq.
#include <libpq-fe.h>
#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "services/postgres/connection.hpp"
#include "services/postgres/result_view.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/postgres_server.hpp"

namespace {

using namespace puff;
using kind = sql_request::kind;
using clock_type = std::chrono::steady_clock;

constexpr int in_flight = 64;
constexpr auto large_query =
    "SELECT i, 'name ' || i, i * 1.5, now() FROM generate_series(1, 10000) i";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
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

/// Runs `work`, which makes `count` statements, and prints its rate and cost.
template <class Work>
void measure(const char* name, int count, Work work) {
  auto start = clock_type::now();
  auto cpu = cpu_seconds();
  work(count);
  std::chrono::duration<double> took = clock_type::now() - start;
  std::printf("%-36s %9.0f /s %10.2f us each %9.2f us CPU each\n", name, count / took.count(),
              took.count() * 1e6 / count, (cpu_seconds() - cpu) * 1e6 / count);
}

/// The engine: keeps a number of requests in flight until all were answered.
class engine_client {
 public:
  engine_client(test::engine_loop& loop, const std::string& conninfo)
      : loop_(loop), connection_(loop.io(), loop.wheel(), {.conninfo = conninfo}) {
    bool opened = false;
    connection_.open(clock_type::now() + std::chrono::seconds{10}, [&](const error& failed) {
      if (failed) give_up(describe(failed));
      opened = true;
    });
    loop_.run_until([&] { return opened; });
  }

  void run(const sql_request& what, int window, int total) {
    left_to_send_ = left_to_answer_ = total;
    what_ = what;
    for (int i = 0; i < window; ++i) one();
    if (!loop_.run_until([this] { return left_to_answer_ == 0; }, std::chrono::minutes{5}))
      give_up("no answer");
  }

 private:
  void one() {
    if (left_to_send_ == 0) return;
    --left_to_send_;
    auto request = what_;
    request.deadline = clock_type::now() + std::chrono::seconds{30};
    connection_.run(std::move(request), [this](const expected<sql_reply>& reply) {
      if (!reply) give_up(describe(reply.error()));
      if (postgres::result_view{reply->results.at(0)}.kind() != postgres::result_kind::rows)
        give_up("no rows");
      --left_to_answer_;
      one();
    });
  }

  test::engine_loop& loop_;
  postgres::connection connection_;
  sql_request what_;
  int left_to_send_ = 0, left_to_answer_ = 0;
};

/// Plain libpq.
class libpq_client {
 public:
  explicit libpq_client(const std::string& conninfo) : pg_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(pg_) != CONNECTION_OK) give_up(PQerrorMessage(pg_));
    PQclear(PQprepare(pg_, "s", "SELECT $1::int", 0, nullptr));
  }
  ~libpq_client() { PQfinish(pg_); }
  libpq_client(const libpq_client&) = delete;
  libpq_client& operator=(const libpq_client&) = delete;

  void simple(int total) {
    while (total-- > 0) expect_rows(PQexec(pg_, "SELECT 42"));
  }
  void bound(int total) {
    while (total-- > 0) expect_rows(PQexecPrepared(pg_, "s", 1, values_, nullptr, nullptr, 0));
  }
  void fetch(int total, int format) {
    while (total-- > 0)
      expect_rows(PQexecParams(pg_, large_query, 0, nullptr, nullptr, nullptr, nullptr, format));
  }

  void pipelined(int total) {
    PQsetnonblocking(pg_, 1);
    PQenterPipelineMode(pg_);
    int open = 0, sent = 0;
    for (int answered = 0; answered < total;) {
      for (; open < in_flight && sent < total; ++open, ++sent) {
        PQsendQueryPrepared(pg_, "s", 1, values_, nullptr, nullptr, 0);
        PQpipelineSync(pg_);
      }
      pollfd readable{PQsocket(pg_), POLLIN, 0};
      ::poll(&readable, 1, -1);
      PQconsumeInput(pg_);
      while (open > 0 && PQisBusy(pg_) == 0) {
        auto* result = PQgetResult(pg_);
        bool end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        answered += end ? 1 : 0;
        open -= end ? 1 : 0;
      }
    }
    PQexitPipelineMode(pg_);
    PQsetnonblocking(pg_, 0);
  }

 private:
  void expect_rows(PGresult* result) {
    if (PQresultStatus(result) != PGRES_TUPLES_OK) give_up(PQresultErrorMessage(result));
    PQclear(result);
  }

  PGconn* pg_;
  const char* values_[1] = {"42"};
};

}  // namespace

int main(int argc, char** argv) {
  int total = argc > 1 ? std::atoi(argv[1]) : 200'000;
  test::postgres_server server;
  test::engine_loop loop;
  engine_client engine{loop, server.conninfo()};
  libpq_client libpq{server.conninfo()};

  sql_request simple, bound, fetch;
  simple.text = "SELECT 42";
  bound.what = fetch.what = kind::bound;
  bound.text = "SELECT $1::int";
  bound.sets.push_back({{"42"}, {}});
  fetch.text = large_query;
  fetch.sets.resize(1);
  auto binary = fetch;
  binary.binary_results = true;
  auto by_engine = [&](const sql_request& what, int window) {
    return [&, window](int count) { engine.run(what, window, count); };
  };

  engine.run(bound, 1, 1'000);
  measure("simple, one after the other", total / 4, by_engine(simple, 1));
  measure("  libpq", total / 4, [&](int count) { libpq.simple(count); });
  measure("bound, one after the other", total / 4, by_engine(bound, 1));
  measure("  libpq", total / 4, [&](int count) { libpq.bound(count); });
  measure("bound, 64 in flight", total, by_engine(bound, in_flight));
  measure("  libpq", total, [&](int count) { libpq.pipelined(count); });
  measure("10,000 x 4 text", total / 1'000, by_engine(fetch, 1));
  measure("  libpq", total / 1'000, [&](int count) { libpq.fetch(count, 0); });
  measure("10,000 x 4 binary", total / 1'000, by_engine(binary, 1));
  measure("  libpq", total / 1'000, [&](int count) { libpq.fetch(count, 1); });
}

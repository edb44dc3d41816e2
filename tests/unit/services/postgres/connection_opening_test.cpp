#include <stdlib.h>

#include "tests/support/free_port.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/unit/services/postgres/engine_fixture.hpp"

namespace puff::postgres {
namespace {

using testing::HasSubstr;

/// A variable of the environment for the time of one test.
class environment {
 public:
  environment(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~environment() { ::unsetenv(name_); }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

 private:
  const char* name_;
};

struct postgres_opening : engine_fixture {
  std::string port() { return std::to_string(server().port()); }
  support::scratch_directory here;
};

TEST_F(postgres_opening, TriesAllHostsInTurn) {
  auto free = std::to_string(test::free_port());
  auto c = connect({.conninfo = "host=no..where,127.0.0.1,/nowhere,localhost," +
                                server().socket_directory() + " port=1," + free + ",1," + free +
                                "," + port() + " user=postgres"});
  EXPECT_EQ(c->describe().connection["host"], server().socket_directory());
  EXPECT_EQ(c->describe().connection["port"], port());
}

TEST_F(postgres_opening, FindsTheHostOfTheWantedKind) {
  test::postgres_server read_only{{"default_transaction_read_only=on"}};
  auto ports = std::to_string(read_only.port()) + "," + port();
  for (auto [wanted, expected] : {std::pair{"any", "on"},
                                  {"read-write", "off"},
                                  {"read-only", "on"},
                                  {"primary", "on"},
                                  {"prefer-standby", "on"}}) {
    auto c = connect({.conninfo = "host=localhost,127.0.0.1 port=" + ports +
                                  " user=postgres target_session_attrs=" + wanted});
    EXPECT_EQ(simple(*c, "SHOW transaction_read_only"), expected) << wanted;
  }
}

TEST_F(postgres_opening, ReadsPasswordsFromAFile) {
  test::postgres_server own;
  simple(*connect({.conninfo = own.conninfo()}), "ALTER USER postgres PASSWORD 's3cret'");
  own.set_rules("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
  here.write("pass", "localhost:*:*:*:s3cret\n");
  std::filesystem::permissions(here.path("pass"), std::filesystem::perms::owner_read);
  auto to_host = [&](const std::string& more) {
    return "host=localhost user=postgres dbname=postgres port=" + std::to_string(own.port()) + " " +
           more;
  };
  auto c = connect({.conninfo = to_host("passfile=" + here.path("pass"))});
  EXPECT_TRUE(c->describe().used_password);
  connect({.conninfo = to_host("password=s3cret")});
  for (auto [more, reason] : {std::pair{"passfile=/dev/null", "no password supplied"},
                              {"password=wr0ng", "password authentication failed"}}) {
    auto refused = make({.conninfo = to_host(more)});
    auto failed = open(*refused);
    ASSERT_TRUE(failed);
    EXPECT_EQ(code_of(*failed), ec::unavailable);
    EXPECT_THAT(context_of(*failed), HasSubstr(reason));
    EXPECT_THAT(context_of(*failed), testing::Not(HasSubstr("wr0ng")));
  }
}

TEST_F(postgres_opening, ReadsServicesAndTheEnvironment) {
  here.write("services", "[mine]\nhost=localhost\nport=" + port() + "\nuser=postgres\n");
  environment file{"PGSERVICEFILE", here.path("services")};
  environment name{"PGAPPNAME", "from the environment"};
  auto c = connect({.conninfo = "service=mine dbname=template1"});
  EXPECT_EQ(simple(*c, "SELECT current_database(), current_setting('application_name')"),
            "template1,from the environment");
  environment host{"PGHOST", server().socket_directory()};
  environment number{"PGPORT", port()};
  environment user{"PGUSER", "postgres"};
  EXPECT_EQ(simple(*connect({.conninfo = ""}), "SELECT current_user"), "postgres");
}

TEST_F(postgres_opening, MayBeGivenUp) {
  for (int i = 0; i < 10; ++i) {
    auto c = make({.conninfo = "host=localhost user=postgres port=" + port()});
    std::optional<error> told;
    c->open(clock::now() + 20s, [&](const error& e) { told = e; });
    if (i % 2 == 0) loop.run_ready();
    if (told) continue;
    c.reset();
    ASSERT_TRUE(told);
    EXPECT_EQ(code_of(*told), ec::shutting_down);
  }
  loop.run_ready();
}

TEST_F(postgres_opening, LeavesNoDescriptorBehind) {
  auto count = [] {
    auto all = std::filesystem::directory_iterator{"/proc/self/fd"};
    return std::distance(begin(all), end(all));
  };
  connect();
  auto before = count();
  for (int i = 0; i < 20; ++i) {
    auto c = connect({.conninfo = "host=127.0.0.1,localhost user=postgres port=" +
                                  std::to_string(test::free_port()) + "," + port()});
    EXPECT_EQ(simple(*c, "SELECT 1"), "1");
  }
  EXPECT_EQ(count(), before);
}

struct postgres_tls : engine_fixture {
  static test::postgres_server& tls_server() {
    static test::postgres_server shared{{}, test::postgres_server::tls::on};
    return shared;
  }
  static std::string conninfo(const std::string& host, const std::string& more) {
    return "host=" + host +
           " user=postgres dbname=postgres port=" + std::to_string(tls_server().port()) + " " +
           more;
  }
};

TEST_F(postgres_tls, VerifiesTheServerInFull) {
  auto c = connect({.conninfo = conninfo("localhost", "sslmode=verify-full sslrootcert=" +
                                                          tls_server().authority_file())});
  auto session = c->describe();
  EXPECT_TRUE(session.uses_tls);
  EXPECT_THAT(session.tls["protocol"], HasSubstr("TLSv1."));
  EXPECT_NE(session.tls["cipher"], "");
  EXPECT_EQ(simple(*c, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "t");
}

TEST_F(postgres_tls, RefusesAServerOfAnotherNameOrAuthority) {
  auto authority = "sslmode=verify-full sslrootcert=" + tls_server().authority_file();
  for (auto [where, reason] :
       {std::pair{conninfo("127.0.0.1", authority), "does not match host name"},
        {conninfo("localhost",
                  "sslmode=verify-full sslrootcert=/etc/ssl/certs/ca-certificates.crt"),
         "certificate"}}) {
    auto c = make({.conninfo = where});
    auto failed = open(*c);
    ASSERT_TRUE(failed);
    EXPECT_EQ(code_of(*failed), ec::unavailable);
    EXPECT_THAT(context_of(*failed), HasSubstr(reason));
  }
}

TEST_F(postgres_tls, CarriesLargeResultsWithoutStalling) {
  auto c = connect({.conninfo = conninfo("localhost", "sslmode=require")});
  for (int size : {1, 8'000, 16'000, 16'384, 17'000, 40'000, 1'000'000}) {
    auto text = ask(*c, bound("SELECT repeat('x', $1::int)", {std::to_string(size)}))->text();
    EXPECT_EQ(text.size(), static_cast<std::size_t>(size));
  }
  std::vector<asked> all;
  for (int i = 0; i < 500; ++i)
    all.push_back(send(*c, bound("SELECT repeat('x', $1::int)", {std::to_string(i * 50)})));
  wait_for(*all.back());
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i]->text().size(), i * 50);
}

TEST_F(postgres_tls, CarriesStreamsAndCopies) {
  auto c = connect({.conninfo = conninfo("localhost", "sslmode=require")});
  sql_request request;
  request.what = kind::stream;
  request.text = "SELECT repeat('x', 10000) FROM generate_series(1, 1000)";
  request.rows_per_piece = 7;
  auto piece = ask(*c, request);
  int rows = 0;
  while (true) {
    rows += result_view{piece->reply().results.at(0)}.rows();
    if (!piece->more()) break;
    piece = ask(*c, kind::next);
  }
  EXPECT_EQ(rows, 1'000);
  simple(*c, "CREATE TEMP TABLE t (s text)");
  ask(*c, kind::simple, "COPY t FROM STDIN");
  std::string data;
  for (int i = 0; i < 100'000; ++i) data += std::string(99, 'x') + "\n";
  EXPECT_TRUE(ask(*c, kind::copy_data, data)->more());
  EXPECT_EQ(ask(*c, kind::copy_end)->text(), "COPY 100000");
}

TEST_F(postgres_tls, CancelsToo) {
  auto c = connect({.conninfo = conninfo("localhost", "sslmode=require")});
  EXPECT_EQ(ask(*c, kind::simple, "SELECT pg_sleep(600)", 50ms)->code(), ec::timed_out);
  EXPECT_EQ(simple(*c, "SELECT 1"), "1");
}

}  // namespace
}  // namespace puff::postgres

// What GraphQL over SQL can cost at best: Beast, libpq's pipeline, a hash join and JSON by hand, on
// one thread, without GraphQL: the operation is told by a letter in its name. Usage:
//   graphql_floor PORT CONNINFO [CONNECTIONS]
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <charconv>
#include <cstring>
#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using result = std::shared_ptr<PGresult>;
using rows_ready = std::function<void(result)>;

[[noreturn]] void fail(const char* why) {
  std::cerr << why << '\n';
  std::exit(1);
}

constexpr const char* statements[][2] = {
    {"row", "select id, name from rows1024 where id = $1"},
    {"rows", "select id, name from rows1024 order by id limit $1::int"},
    {"authors", "select id, name, rating::text, created_at::text from authors order by id"},
    {"posts",
     "select id, author_id, title, created_at::text from posts where author_id = any($1::int[]) "
     "order by id"},
    {"comments",
     "select id, post_id, body from comments where post_id = any($1::int[]) order by id"},
    {"insert", "insert into mut(body) values ($1) returning id"}};

/// A connection in pipeline mode; what is sent in one turn of the loop has one Sync.
class database {
 public:
  database(asio::io_context& io, const char* conninfo) : io_(io), socket_(io) {
    link_ = PQconnectdb(conninfo);
    if (PQstatus(link_) != CONNECTION_OK) fail(PQerrorMessage(link_));
    for (const auto& [name, text] : statements) PQclear(PQprepare(link_, name, text, 0, nullptr));
    PQenterPipelineMode(link_);
    PQsetnonblocking(link_, 1);
    socket_.assign(PQsocket(link_));
    wait();
  }

  void run(const char* name, const std::string* value, rows_ready done) {
    const char* values[] = {value != nullptr ? value->c_str() : nullptr};
    if (!PQsendQueryPrepared(link_, name, value != nullptr ? 1 : 0, values, nullptr, nullptr, 0))
      fail(PQerrorMessage(link_));
    waiting_.push_back(std::move(done));
    if (std::exchange(unsent_, true)) return;
    asio::post(io_, [this] {
      unsent_ = false;
      PQpipelineSync(link_);
      PQflush(link_);
    });
  }
  std::size_t load() const { return waiting_.size(); }

 private:
  void wait() {
    socket_.async_wait(asio::posix::stream_descriptor::wait_read, [this](auto failed) {
      if (failed) return;
      if (!PQconsumeInput(link_)) fail(PQerrorMessage(link_));
      read();
      wait();
    });
  }
  void read() {
    for (int ends = 0; !PQisBusy(link_);) {
      auto* got = PQgetResult(link_);
      if (got == nullptr) {
        if (++ends > 1 || waiting_.empty()) return;
        continue;
      }
      ends = 0;
      const auto status = PQresultStatus(got);
      if (status == PGRES_PIPELINE_SYNC) {
        PQclear(got);
        continue;
      }
      if (status != PGRES_TUPLES_OK) fail(PQresultErrorMessage(got));
      const auto done = std::move(waiting_.front());
      waiting_.pop_front();
      done(result{got, PQclear});
    }
  }

  asio::io_context& io_;
  PGconn* link_ = nullptr;
  asio::posix::stream_descriptor socket_;
  std::deque<rows_ready> waiting_;
  bool unsent_ = false;
};

std::string_view text_of(const result& r, int row, int column) {
  return {PQgetvalue(r.get(), row, column),
          static_cast<std::size_t>(PQgetlength(r.get(), row, column))};
}

void quote(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

/// Writes `"name":value,..}` for the columns of a row; those before `texts` are numbers.
struct member {
  const char* key;
  int column;
  bool is_text;
};
void write_members(std::string& out, const result& r, int row, std::initializer_list<member> all) {
  char before = '{';
  for (const auto& m : all) {
    out += before;
    before = ',';
    out += m.key;
    m.is_text ? quote(out, text_of(r, row, m.column)) : void(out += text_of(r, row, m.column));
  }
}

std::string keys_of(const result& r) {
  std::string out = "{";
  for (int row = 0; row < PQntuples(r.get()); ++row) {
    if (row != 0) out += ',';
    out += text_of(r, row, 0);
  }
  return out + "}";
}

/// The rows of children by their parent's key, in order.
using groups = std::unordered_map<std::string_view, std::vector<int>>;
groups group(const result& children) {
  groups out;
  out.reserve(static_cast<std::size_t>(PQntuples(children.get())));
  for (int row = 0; row < PQntuples(children.get()); ++row)
    out[text_of(children, row, 1)].push_back(row);
  return out;
}

template <class Write>
void write_list(std::string& out, const std::vector<int>& rows, Write one) {
  out += '[';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i != 0) out += ',';
    one(rows[i]);
  }
  out += ']';
}

std::string library(const result& authors, const result& posts, const result& comments) {
  const auto posts_of = group(posts), comments_of = group(comments);
  const std::vector<int> none;
  const auto of = [&](const groups& all, std::string_view key) -> const std::vector<int>& {
    const auto found = all.find(key);
    return found == all.end() ? none : found->second;
  };
  std::vector<int> all(static_cast<std::size_t>(PQntuples(authors.get())));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
  std::string out;
  out.reserve(131'072);
  out += "{\"data\":{\"authors\":";
  write_list(out, all, [&](int a) {
    write_members(out, authors, a,
                  {{"\"id\":", 0, false},
                   {"\"name\":", 1, true},
                   {"\"rating\":", 2, true},
                   {"\"createdAt\":", 3, true}});
    out += ",\"posts\":";
    write_list(out, of(posts_of, text_of(authors, a, 0)), [&](int p) {
      write_members(out, posts, p,
                    {{"\"id\":", 0, false}, {"\"title\":", 2, true}, {"\"createdAt\":", 3, true}});
      out += ",\"comments\":";
      write_list(out, of(comments_of, text_of(posts, p, 0)), [&](int c) {
        write_members(out, comments, c, {{"\"id\":", 0, false}, {"\"body\":", 2, true}});
        out += '}';
      });
      out += '}';
    });
    out += '}';
  });
  return out += "}}";
}

class session : public std::enable_shared_from_this<session> {
 public:
  using pool = std::vector<std::unique_ptr<database>>;
  session(tcp::socket socket, pool& databases)
      : socket_(std::move(socket)), databases_(databases) {}

  void read() {
    asked_ = {};
    http::async_read(socket_, buffer_, asked_, [me = shared_from_this()](auto failed, auto) {
      if (!failed) me->serve();
    });
  }

 private:
  database& least() {
    return **std::min_element(databases_.begin(), databases_.end(),
                              [](auto& a, auto& b) { return a->load() < b->load(); });
  }

  /// The text of a variable's value, up to what ends it.
  std::string variable(std::string_view key) const {
    const auto at = asked_.body().rfind(key);
    if (at == std::string::npos) return {};
    auto from = asked_.body().find_first_not_of(" \"", at + key.size());
    return asked_.body().substr(from, asked_.body().find_first_of("\"}", from) - from);
  }

  void serve() {
    const auto at = asked_.body().find(" Q");
    const auto which = at == std::string::npos ? '6' : asked_.body()[at + 2];
    if (which == '1') return one_row();
    if (which == '2') return rows();
    if (which == '3') return three_levels();
    if (which == '5') return insert();
    answer("{\"data\":{\"hello\":\"hello\"}}");
  }

  void one_row() {
    const auto id = variable("\"id\":");
    least().run("row", &id, [me = shared_from_this()](const result& r) {
      std::string out = "{\"data\":{\"row\":";
      if (PQntuples(r.get()) == 0) return me->answer(out + "null}}");
      write_members(out, r, 0, {{"\"id\":", 0, false}, {"\"name\":", 1, true}});
      me->answer(out += "}}}");
    });
  }
  void rows() {
    const auto limit = variable("\"limit\":");
    least().run("rows", &limit, [me = shared_from_this()](const result& r) {
      std::string out = "{\"data\":{\"rows\":[";
      for (int row = 0; row < PQntuples(r.get()); ++row) {
        if (row != 0) out += ',';
        write_members(out, r, row, {{"\"id\":", 0, false}, {"\"name\":", 1, true}});
        out += '}';
      }
      me->answer(out += "]}}");
    });
  }
  void three_levels() {
    auto& on = least();
    on.run("authors", nullptr, [me = shared_from_this(), &on](const result& authors) {
      const auto keys = keys_of(authors);
      on.run("posts", &keys, [me, &on, authors](const result& posts) {
        const auto post_keys = keys_of(posts);
        on.run("comments", &post_keys, [me, authors, posts](const result& comments) {
          me->answer(library(authors, posts, comments));
        });
      });
    });
  }
  void insert() {
    const auto body = variable("\"body\":");
    least().run("insert", &body, [me = shared_from_this()](const result& r) {
      me->answer("{\"data\":{\"addMut\":{\"id\":" + std::string{text_of(r, 0, 0)} + "}}}");
    });
  }

  void answer(std::string body) {
    answer_ = {http::status::ok, 11};
    answer_.set(http::field::content_type, "application/json");
    answer_.body() = std::move(body);
    answer_.prepare_payload();
    http::async_write(socket_, answer_, [me = shared_from_this()](auto failed, auto) {
      if (!failed) me->read();
    });
  }

  tcp::socket socket_;
  pool& databases_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> asked_;
  http::response<http::string_body> answer_;
};

void accept(tcp::acceptor& from, session::pool& databases) {
  from.async_accept([&](auto failed, tcp::socket socket) {
    if (!failed) {
      socket.set_option(tcp::no_delay{true});
      std::make_shared<session>(std::move(socket), databases)->read();
    }
    accept(from, databases);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) fail("usage: graphql_floor PORT CONNINFO [CONNECTIONS]");
  asio::io_context io{1};
  session::pool databases;
  for (int i = argc > 3 ? std::atoi(argv[3]) : 2; i > 0; --i)
    databases.push_back(std::make_unique<database>(io, argv[2]));
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  tcp::acceptor listener{io, {asio::ip::address_v4::loopback(), port}};
  accept(listener, databases);
  io.run();
}

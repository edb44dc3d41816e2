// graphql_server HOST:PORT POSTGRES_URL [POOL_SIZE]
#include <csignal>
#include <iostream>
#include <string>

#include "actors/node.hpp"
#include "services/telemetry/log.hpp"
#include "tests/graphql/server/schemas.hpp"

namespace {

using namespace puff;

/// Lets those in who say the word.
class word_of_honour final : public graphql::authorizer {
 public:
  using context_ptr = std::shared_ptr<graphql::request_context>;
  void authorize(const header_block&, const std::optional<std::string>& token,
                 graphql::reply<expected<context_ptr>> done) override {
    if (token == "please") return done(context_ptr{});
    if (token == "break") return done(make_error(ec::internal, "a secret of ours"));
    if (token == "drop") return;
    done(make_error(ec::bad_request, "Say please."));
  }
};

/// A schema, and where it is served.
struct service {
  std::string name, url;
  graphql::bound_schema_ptr schema;
  std::shared_ptr<graphql::authorizer> authorizer;
  std::string database;
  graphql::socket_rules sockets{};
};

std::vector<service> services() {
  return {{"library", "/graphql", library_schema(), nullptr, "default"},
          {"fixture", "/fixture", fixture_schema(), nullptr, ""},
          {"closed", "/closed", fixture_schema(), std::make_shared<word_of_honour>(), ""},
          {"hasty",
           "/hasty",
           fixture_schema(),
           nullptr,
           "",
           {.max_message_bytes = 4096,
            .max_operations = 2,
            .init_timeout = std::chrono::milliseconds{300}}}};
}

int fail(const error& why) {
  std::cerr << describe(why) << '\n';
  return 1;
}

error add(node& over, const service& what, http::router& routes, http_listener_options& to) {
  graphql_options options;
  options.name = what.name;
  options.engine = std::make_shared<graphql::engine>(what.schema);
  options.authorizer = what.authorizer;
  options.sockets = what.sockets;
  auto added = over.add_graphql(std::move(options), what.database);
  if (!added) return std::move(added.error());
  auto wrong = routes.assign(what.url, static_cast<std::uint32_t>(to.applications.size()),
                             http::router::sockets::served);
  to.applications.push_back(over.graphql_application(what.name));
  return wrong;
}

int serve(const std::string& bind, const std::string& url, std::uint32_t pool_size) {
  node over{{.name = "graphql", .io_threads = 1, .on_failure = {}}};
  postgres::pool_options pool;
  pool.connection.conninfo = url;
  pool.max_size = pool_size;
  over.add_postgres("default", std::move(pool), node::pool_place::beside_listeners);
  if (auto failed = over.start_resources()) return fail(failed);
  http::router routes;
  http_listener_options options;
  for (const auto& what : services())
    if (auto failed = add(over, what, routes, options)) return fail(failed);
  over.start_schemas();
  options.server.router = std::make_shared<const http::router>(std::move(routes));
  options.server.error_log = [](std::string_view text) { std::cerr << text << '\n'; };
  auto address = http::parse_bind_address(bind);
  if (!address) return fail(address.error());
  auto socket = http::open_listener(over.loop().io(), *address, false);
  if (!socket) return fail(socket.error());
  std::vector<http::acceptor> sockets;
  sockets.push_back(std::move(*socket));
  if (auto failed = over.serve(std::move(options), std::move(sockets))) return fail(failed);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  int signal = 0;
  sigwait(&ending, &signal);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: graphql_server HOST:PORT POSTGRES_URL [POOL_SIZE]\n";
    return 2;
  }
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return serve(argv[1], argv[2], argc > 3 ? static_cast<std::uint32_t>(std::stoul(argv[3])) : 4);
}

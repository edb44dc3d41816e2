#include <unistd.h>

#include <filesystem>
#include <memory>

#include "bridge/channel_guard.hpp"
#include "bridge/inventory.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/engine_options.hpp"
#include "cli/graphql_schemas.hpp"
#include "cli/hosted_node.hpp"
#include "cli/program_parts.hpp"
#include "cli/serve_options.hpp"
#include "services/graphql/transport/playground.hpp"
#include "services/http/bind_address.hpp"
#include "services/telemetry/access_log.hpp"

namespace puff::cli {
namespace {

constexpr auto details =
    "Answers requests by the routes of the program in C++, then by the application that puff.toml "
    "names (wsgi, asgi, [[mounts]]).\n\nSIGINT or SIGTERM: no new connections, requests finish, "
    "exit "
    "status 0; a second signal, or server.graceful_timeout_ms, ends at once with 128 + signal. "
    "SIGUSR2 writes the stacks of all greenlets and threads to the log.";

error open_sockets(node& over, const config::server_setting& server,
                   std::vector<http::acceptor>& sockets) {
  for (const auto& text : server.bind) {
    auto address = http::parse_bind_address(text);
    if (!address) return std::move(address.error());
    auto listener = http::open_listener(over.loop().io(), *address, server.reuse_port);
    if (!listener) return std::move(listener.error());
    sockets.push_back(std::move(*listener));
  }
  return {};
}

/// Called on every listener's thread, so each has a log of its own.
void log_access(const http::access_record& r) {
  thread_local log::access_log to{STDOUT_FILENO, log::access_format::combined};
  log::access_record record;
  record.when = std::chrono::system_clock::now() - r.duration;
  if (r.client) record.client = r.client->client_address;
  record.method = r.method;
  record.target = r.target;
  record.status = r.status;
  record.bytes = r.bytes;
  record.duration = r.duration;
  record.user_agent = r.user_agent;
  to.add(record);
  to.flush();
}

bool has_routes(const invocation& what) {
  for (std::size_t i = 0; i < what.addons.size(); ++i)
    if (!what.addons[i].routes().empty()) return true;
  return false;
}

http::router::sockets sockets_of(const bridge::application_target& target) {
  using sockets = http::router::sockets;
  return target.protocol == bridge::application_target::kind::asgi ? sockets::served
                                                                   : sockets::refused;
}

/// The paths of a schema: one may be of requests and WebSockets both.
error assign(const schema_plan& schema, std::uint32_t number, http::router& routes) {
  using sockets = http::router::sockets;
  const bool both = schema.url == schema.subscriptions_url;
  if (!schema.url.empty())
    if (auto wrong = routes.assign(schema.url, number, both ? sockets::served : sockets::refused))
      return wrong;
  if (both || schema.subscriptions_url.empty()) return {};
  return routes.assign(schema.subscriptions_url, number, sockets::only);
}

error add_playground(const schema_plan& schema, http::router& routes) {
  if (schema.playground_url.empty()) return {};
  auto package = bridge::file_of_module("puff");
  if (!package) return std::move(package.error());
  const auto folder = std::filesystem::path{*package}.parent_path() / "graphql" / "graphiql";
  return graphql::add_playground(
      routes, {schema.playground_url, schema.url, schema.subscriptions_url, folder});
}

/// Endpoints are native routes: they win over the applications, and the program's routes must not
/// have their paths.
error add_endpoints(hosted_node& in, const config::settings& settings,
                    const std::shared_ptr<open_streams>& streams, http::router& to) {
  for (const auto& setting : settings.pubsub_endpoint) {
    if (!setting.enable) continue;
    auto endpoint = options_of(setting);
    if (!in.actors().pubsub_hubs().contains(endpoint.pool))
      return make_error(ec::bad_config, "[[pubsub_endpoint]] " + endpoint.path +
                                            " needs a [[pubsub]] table named '" + endpoint.pool +
                                            "'");
    if (!setting.authorize.empty()) {
      auto guard = bridge::load_channel_guard(setting.authorize);
      if (!guard) return std::move(guard.error());
      endpoint.guard = std::move(*guard);
    }
    auto wrong = add_pubsub_endpoint(to, native_context{in.actors()}, std::move(endpoint), streams);
    if (wrong) return wrong;
  }
  return {};
}

expected<http_listener_options> listener_options(
    hosted_node& in, const invocation& what, const std::vector<bridge::application_target>& targets,
    const std::shared_ptr<open_streams>& streams) {
  const auto& settings = what.config.values;
  auto routes = what.program.routes.build(native_context{in.actors()});
  if (!routes) return std::move(routes.error());
  if (auto wrong = what.addons.add_routes(*routes)) return wrong;
  if (auto wrong = add_endpoints(in, settings, streams, *routes)) return wrong;
  for (std::uint32_t i = 0; i < targets.size(); ++i)
    if (auto wrong = routes->mount(targets[i].path, i, sockets_of(targets[i]))) return wrong;
  const auto& server = settings.server;
  if (auto wrong = add_probes(*routes, in.condition(), server.ready_path, server.live_path))
    return wrong;
  http_listener_options o;
  o.server.limits = http_limits(settings);
  if (auto wrong = o.server.limits.validate()) return wrong;
  if (settings.server.access_log) o.server.access_log = log_access;
  o.server.error_log = [](std::string_view text) { log::error("http", "{}", text); };
  o.server.cors = cors_of(settings);
  auto applications = in.python().mount(targets);
  if (!applications) return std::move(applications.error());
  for (auto& application : *applications) o.applications.emplace_back().set(std::move(application));
  for (const auto& schema : in.schemas()) {
    if (auto wrong = add_playground(schema, *routes)) return wrong;
    if (schema.url.empty() && schema.subscriptions_url.empty()) continue;
    const auto number = static_cast<std::uint32_t>(o.applications.size());
    if (auto wrong = assign(schema, number, *routes)) return wrong;
    o.applications.push_back(in.actors().graphql_application(schema.name));
  }
  o.server.router = std::make_shared<const http::router>(std::move(*routes));
  return o;
}

std::string to_url(const http::bind_address& address) {
  return (address.is_unix() ? "" : "http://") + http::to_string(address);
}

/// On a greenlet: imports the applications, then opens the doors.
int open_doors(hosted_node& in, const invocation& what,
               const std::vector<bridge::application_target>& targets,
               const std::shared_ptr<open_streams>& streams, std::vector<http::acceptor>& sockets) {
  auto options = listener_options(in, what, targets, streams);
  std::string greeting;
  for (const auto& socket : sockets) greeting += "Serving on " + to_url(socket.local) + "\n";
  error failed;
  if (!options)
    failed = options.error();
  else
    failed = in.actors().serve(std::move(*options), std::move(sockets));
  if (failed) {
    in.stop();
    return print_failure(failed);
  }
  in.begun();
  print(greeting);
  return 0;
}

/// The paths of the program's router are those of schemas that are there.
error check_paths(const router& routes, const std::vector<schema_plan>& schemas) {
  for (const auto& [name, paths] : routes.schemas())
    if (std::none_of(schemas.begin(), schemas.end(),
                     [&](const schema_plan& each) { return each.name == name; }))
      return make_error(ec::bad_config, "the program has paths for the GraphQL schema '" + name +
                                            "', which is not there: add_gql_schema_named, or a "
                                            "[[graphql]] table of that name, makes one");
  return {};
}

int serve(invocation& what, const serve_options& options) {
  auto& settings = what.config.values;
  settings.server.access_log |= options.access_log;
  if (options.io_threads) settings.server.io_threads = *options.io_threads;
  auto targets = applications(settings);
  const auto schemas = planned_schemas(what);
  if (auto wrong = check_paths(what.program.routes, schemas)) return print_failure(wrong);
  if (targets.empty() && what.program.routes.empty() && schemas.empty() &&
      settings.pubsub_endpoint.empty() && !has_routes(what)) {
    print_error(
        "there is nothing to serve; name an application in puff.toml, as in wsgi = "
        "\"package.module.application\" (or asgi = .., or [[mounts]])");
    return 1;
  }
  std::vector<http::acceptor> sockets;
  hosted_node::plan plan;
  plan.argv = {what.program.name};
  plan.prepare = [&](node& over) { return open_sockets(over, settings.server, sockets); };
  auto streams = std::make_shared<open_streams>();
  plan.stopping = [streams] { streams->close(); };
  int status = run_hosted(what, std::move(plan), [&](hosted_node& in) {
    return open_doors(in, what, targets, streams, sockets);
  });
  // Those that no listener took over.
  for (const auto& socket : sockets)
    if (socket.local.is_unix()) ::unlink(socket.local.unix_path.c_str());
  return status;
}

}  // namespace

command serve_command() {
  auto options = std::make_shared<serve_options>();
  command c{"serve", "Serve HTTP"};
  c.details = details;
  c.aliases = {"runserver"};
  c.declare = [options](CLI::App& at, override_map& to) {
    declare_serve_options(at, to, *options);
  };
  c.run = [options](invocation& what) { return serve(what, *options); };
  return c;
}

}  // namespace puff::cli

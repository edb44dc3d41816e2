#include "services/config/schema.hpp"

#include <array>

#include "services/config/internal/access.hpp"
#include "services/config/internal/checks.hpp"

namespace puff::config {
namespace internal {

constexpr std::array<std::string_view, 3> cors_bases{"Default", "Permissive", "VeryPermissive"};
constexpr std::array<std::string_view, 2> log_formats{"text", "json"};

template <>
constexpr std::span<const std::string_view> choices_of<cors_base>() {
  return cors_bases;
}
template <>
constexpr std::span<const std::string_view> choices_of<log_format>() {
  return log_formats;
}

}  // namespace internal

namespace {

using namespace internal;

constexpr std::int64_t day_ms = 86400000;
constexpr std::string_view default_redis = "redis://localhost:6379";
constexpr std::string_view default_postgres =
    "postgres://postgres:password@localhost:5432/postgres";

constexpr std::array root_keys{
    key{.name = "name",
        .bound = &bound<&settings::name>,
        .doc = "Name of this node among the nodes that share its Redis; the node chooses one if "
               "there is none.",
        .example = "\"web-1\"",
        .environment = "PUFF_NAME",
        .option = "--name",
        .check = node_name},
    key{.name = "django",
        .bound = &bound<&settings::django>,
        .doc = "Prepare Django: set it up at start and offer `puff django`."},
    key{.name = "greenlets",
        .bound = &bound<&settings::greenlets>,
        .doc = "Start the greenlet thread."},
    key{.name = "asyncio",
        .bound = &bound<&settings::asyncio>,
        .doc = "Start the asyncio thread; `asgi` turns it on."},
    key{.name = "dotenv",
        .bound = &bound<&settings::dotenv>,
        .doc = "Read a `.env` file, from the working directory or the nearest one above it."},
    key{.name = "dotenv_path",
        .bound = &bound<&settings::dotenv_path>,
        .doc = "The `.env` file to read instead; it must exist.",
        .example = "\"config/dev.env\"",
        .check = any_text},
    key{.name = "add_cwd_to_path",
        .bound = &bound<&settings::add_cwd_to_path>,
        .doc = "Put the working directory on Python's path."},
    key{.name = "python_path",
        .bound = &bound<&settings::python_path>,
        .doc = "More directories for Python's path.",
        .check = any_text},
    key{.name = "compression_middleware",
        .bound = &bound<&settings::compression_middleware>,
        .doc = "Compress responses for clients that accept it."},
    key{.name = "pytest",
        .bound = &bound<&settings::pytest>,
        .doc = "Offer `puff pytest`; `pytest_path` turns it on."},
    key{.name = "pytest_path",
        .bound = &bound<&settings::pytest_path>,
        .doc = "Root directory of the tests; the working directory if there is none.",
        .example = "\"tests\"",
        .check = any_text},
    key{.name = "wsgi",
        .bound = &bound<&settings::wsgi>,
        .doc = "WSGI application that answers what no other route does.",
        .example = "\"my_project.wsgi.application\"",
        .check = dotted_path},
    key{.name = "asgi",
        .bound = &bound<&settings::asgi>,
        .doc = "ASGI application that answers what no other route does; turns asyncio on.",
        .example = "\"my_project.asgi.application\"",
        .check = dotted_path},
};

constexpr std::array cors_keys{
    key{.name = "base_config",
        .bound = &bound<&cors_setting::base_config>,
        .doc = "What the other keys change: Default allows nothing, Permissive any origin, "
               "VeryPermissive credentials too."},
    key{.name = "max_age_secs",
        .bound = &bound<&cors_setting::max_age_secs>,
        .doc = "Seconds for which a browser may keep the answer to a preflight request.",
        .example = "600",
        .high = 31536000},
    key{.name = "allow_credentials",
        .bound = &bound<&cors_setting::allow_credentials>,
        .doc = "Allow cookies and authorization; not together with \"*\".",
        .example = "false"},
    key{.name = "allowed_origins",
        .bound = &bound<&cors_setting::allowed_origins>,
        .doc = "Origins that may read responses: \"*\" or a list.",
        .example = "[\"https://example.org\"]",
        .check = header_text,
        .one_or_many = true},
    key{.name = "allowed_headers",
        .bound = &bound<&cors_setting::allowed_headers>,
        .doc = "Request headers that are allowed: \"*\" or a list.",
        .example = "[\"content-type\"]",
        .check = header_text,
        .one_or_many = true},
    key{.name = "allowed_methods",
        .bound = &bound<&cors_setting::allowed_methods>,
        .doc = "Methods that are allowed: \"*\" or a list.",
        .example = "[\"GET\", \"POST\"]",
        .check = header_text,
        .one_or_many = true},
};

constexpr std::array server_keys{
    key{.name = "bind",
        .bound = &bound<&server_setting::bind>,
        .doc = "Addresses to listen on: HOST:PORT, [IPV6]:PORT or unix:PATH.",
        .environment = "PUFF_BIND",
        .option = "--bind",
        .check = bind_address,
        .required = true,
        .one_or_many = true},
    key{.name = "reuse_port",
        .bound = &bound<&server_setting::reuse_port>,
        .doc = "Let several processes listen on one port (SO_REUSEPORT).",
        .environment = "PUFF_REUSE_PORT",
        .option = "--reuse-port"},
    key{.name = "io_threads",
        .bound = &bound<&server_setting::io_threads>,
        .doc = "Threads for sockets; 0 is one per two cores, at least one.",
        .high = 1024},
    key{.name = "access_log",
        .bound = &bound<&server_setting::access_log>,
        .doc = "Write a line for every request."},
    key{.name = "ready_path",
        .bound = &bound<&server_setting::ready_path>,
        .doc = "Path that answers 200 while this node may get requests, else 503; off if not set.",
        .example = "\"/.puff/ready\"",
        .environment = "PUFF_READY_PATH",
        .check = http_path},
    key{.name = "live_path",
        .bound = &bound<&server_setting::live_path>,
        .doc = "Path that answers 200 unless this process should be replaced; off if not set.",
        .example = "\"/.puff/live\"",
        .environment = "PUFF_LIVE_PATH",
        .check = http_path},
    key{.name = "live_limit_ms",
        .bound = &bound<&server_setting::live_limit_ms>,
        .doc = "A greenlet that keeps Python's thread for so long makes the node not live; only "
               "with a `stall_threshold_ms`.",
        .low = 1000,
        .high = day_ms},
    key{.name = "graceful_timeout_ms",
        .bound = &bound<&server_setting::graceful_timeout_ms>,
        .doc = "Time for requests and tasks to finish once the program is told to stop.",
        .high = day_ms},
};

constexpr std::array limits_keys{
    key{.name = "max_head_bytes",
        .bound = &bound<&limits_setting::max_head_bytes>,
        .doc = "Request line and header fields together; beyond it the answer is 431.",
        .low = 1024,
        .high = 16777216},
    key{.name = "max_target_bytes",
        .bound = &bound<&limits_setting::max_target_bytes>,
        .doc = "Path and query; beyond it the answer is 414.",
        .low = 64,
        .high = 16777216},
    key{.name = "max_fields",
        .bound = &bound<&limits_setting::max_fields>,
        .doc = "Header fields of a request; beyond it the answer is 431.",
        .low = 8,
        .high = 10000},
    key{.name = "max_body_bytes",
        .bound = &bound<&limits_setting::max_body_bytes>,
        .doc = "Body of a request; beyond it the answer is 413.",
        .high = 1LL << 46},
    key{.name = "head_timeout_ms",
        .bound = &bound<&limits_setting::head_timeout_ms>,
        .doc = "Time to send a whole request head; past it the answer is 408.",
        .low = 100,
        .high = day_ms},
    key{.name = "body_idle_timeout_ms",
        .bound = &bound<&limits_setting::body_idle_timeout_ms>,
        .doc = "Longest pause within a request body; past it the answer is 408.",
        .low = 100,
        .high = day_ms},
    key{.name = "keep_alive_timeout_ms",
        .bound = &bound<&limits_setting::keep_alive_timeout_ms>,
        .doc = "How long an idle connection is kept for its next request.",
        .high = day_ms},
    key{.name = "write_idle_timeout_ms",
        .bound = &bound<&limits_setting::write_idle_timeout_ms>,
        .doc = "Longest pause of a client that does not read its response.",
        .low = 100,
        .high = day_ms},
    key{.name = "max_connections",
        .bound = &bound<&limits_setting::max_connections>,
        .doc = "Open connections of the process; more wait in the listener's backlog.",
        .low = 1,
        .high = 10000000},
    key{.name = "max_in_flight",
        .bound = &bound<&limits_setting::max_in_flight>,
        .doc = "Requests being answered at once; beyond it the answer is 503.",
        .low = 1,
        .high = 10000000},
};

constexpr std::array websocket_keys{
    key{.name = "max_message_bytes",
        .bound = &bound<&websocket_setting::max_message_bytes>,
        .doc = "One message, unpacked; beyond it the connection is closed with 1009.",
        .low = 1,
        .high = 1LL << 32},
    key{.name = "ping_interval_ms",
        .bound = &bound<&websocket_setting::ping_interval_ms>,
        .doc = "Silence after which the client is asked for a pong; 0 never asks.",
        .high = day_ms},
    key{.name = "pong_timeout_ms",
        .bound = &bound<&websocket_setting::pong_timeout_ms>,
        .doc = "How long it may take to answer; then the connection is cut.",
        .low = 100,
        .high = day_ms},
    key{.name = "close_timeout_ms",
        .bound = &bound<&websocket_setting::close_timeout_ms>,
        .doc = "How long the client may take to answer a close.",
        .low = 100,
        .high = day_ms},
    key{.name = "compression",
        .bound = &bound<&websocket_setting::compression>,
        .doc = "permessage-deflate, for clients that offer it."},
    key{.name = "compression_min_bytes",
        .bound = &bound<&websocket_setting::compression_min_bytes>,
        .doc = "Smaller messages are sent as they are.",
        .high = 16777216},
    key{.name = "compression_context",
        .bound = &bound<&websocket_setting::compression_context>,
        .doc = "Each connection remembers what it has sent: smaller messages for about 300 KB of "
               "memory a connection."},
};

constexpr std::array python_keys{
    key{.name = "max_greenlets",
        .bound = &bound<&python_setting::max_greenlets>,
        .doc = "Greenlets that may be alive at once.",
        .low = 1,
        .high = 10000000},
    key{.name = "max_blocking_threads",
        .bound = &bound<&python_setting::max_blocking_threads>,
        .doc = "Threads for blocking Python code.",
        .low = 1,
        .high = 10000},
    key{.name = "blocking_idle_ms",
        .bound = &bound<&python_setting::blocking_idle_ms>,
        .doc = "How long an idle blocking thread is kept.",
        .high = day_ms},
    key{.name = "stall_threshold_ms",
        .bound = &bound<&python_setting::stall_threshold_ms>,
        .doc = "Warn when Python code keeps the greenlet thread longer than this; 0 never warns.",
        .high = day_ms},
};

constexpr std::array cluster_keys{
    key{.name = "name",
        .bound = &bound<&cluster_setting::name>,
        .doc =
            "Nodes with the same name and Redis find each other; without one this node is alone.",
        .example = "\"shop\"",
        .environment = "PUFF_CLUSTER",
        .option = "--cluster",
        .check = pool_name},
    key{.name = "url",
        .bound = &bound<&cluster_setting::url>,
        .doc = "The Redis through which the nodes speak.",
        .environment = "PUFF_CLUSTER_URL",
        .option = "--cluster-url",
        .check = redis_url,
        .secret = true},
    key{.name = "lease_ms",
        .bound = &bound<&cluster_setting::lease_ms>,
        .doc = "A node that is silent for so long is dead, and its actors move. The same on all "
               "nodes.",
        .low = 1000,
        .high = 600000},
    key{.name = "hosts",
        .bound = &bound<&cluster_setting::hosts>,
        .doc =
            "Whether actors of the classes that this node knows live on it, beside asking them."},
    key{.name = "modules",
        .bound = &bound<&cluster_setting::modules>,
        .doc = "Modules that are imported at start, so that their actor classes are known."},
};

constexpr std::array log_keys{
    key{.name = "level",
        .bound = &bound<&log_setting::level>,
        .doc = "trace, debug, info, warning, error or off, also per module: \"info,http=debug\".",
        .environment = "PUFF_LOG",
        .check = log_levels},
    key{.name = "format",
        .bound = &bound<&log_setting::format>,
        .doc = "Lines of text, or one JSON object a line."},
};

constexpr std::array command_keys{
    key{.name = "function",
        .bound = &bound<&command_setting::function>,
        .doc = "The Python function to run; a coroutine function runs on the asyncio thread.",
        .example = "\"my_project.hello_world\"",
        .check = dotted_path,
        .required = true},
    key{.name = "command_name",
        .bound = &bound<&command_setting::command_name>,
        .doc = "Its name on the command line.",
        .example = "\"hello_world\"",
        .check = command_word,
        .required = true},
};

constexpr key enable_key(const binding* bound) {
  return {.name = "enable", .bound = bound, .doc = "false: as if this table were not there."};
}

constexpr key name_key(const binding* bound) {
  return {.name = "name",
          .bound = bound,
          .doc = "Its name; \"default\" is what global objects use.",
          .check = pool_name};
}

using check_function = std::string (*)(std::string_view);

constexpr key url_key(std::string_view fallback, std::string_view environment,
                      std::string_view option, check_function check) {
  return {.name = "url",
          .bound = &bound<&pool_setting::url>,
          .doc = "The server.",
          .environment = environment,
          .option = option,
          .check = check,
          .secret = true,
          .fallback = fallback};
}

constexpr key pool_size_key{.name = "pool_size",
                            .bound = &bound<&pool_setting::pool_size>,
                            .doc = "Connections at most.",
                            .low = 1,
                            .high = 10000};

constexpr std::array postgres_keys{
    enable_key(&bound<&pool_setting::enable>),
    name_key(&bound<&pool_setting::name>),
    url_key(default_postgres, "PUFF_{NAME}_POSTGRES_URL", "--{name}-postgres-url", postgres_url),
    pool_size_key,
    key{.name = "min_size",
        .bound = &bound<&pool_setting::min_size>,
        .doc = "Connections kept open though nobody needs them.",
        .high = 10000},
    key{.name = "max_waiting",
        .bound = &bound<&pool_setting::max_waiting>,
        .doc = "Who may wait for a connection at once; beyond it the call fails.",
        .high = 10000000},
    key{.name = "lease_timeout_ms",
        .bound = &bound<&pool_setting::lease_timeout_ms>,
        .doc = "Longest wait for a connection of the pool.",
        .low = 1,
        .high = day_ms},
    key{.name = "connect_timeout_ms",
        .bound = &bound<&pool_setting::connect_timeout_ms>,
        .doc = "Time to open a connection.",
        .low = 1,
        .high = day_ms},
    key{.name = "statement_cache",
        .bound = &bound<&pool_setting::statement_cache>,
        .doc = "Prepared statements kept on each connection; 0 for servers behind a pooler that "
               "keeps none.",
        .high = 100000},
    key{.name = "max_idle_ms",
        .bound = &bound<&pool_setting::max_idle_ms>,
        .doc = "How long an unused connection is kept, beyond `min_size`.",
        .low = 1,
        .high = 30 * day_ms},
    key{.name = "max_age_ms",
        .bound = &bound<&pool_setting::max_age_ms>,
        .doc = "How long any connection is kept; it is replaced when it comes back.",
        .low = 1,
        .high = 365 * day_ms}};

constexpr std::array redis_keys{
    enable_key(&bound<&pool_setting::enable>), name_key(&bound<&pool_setting::name>),
    url_key(default_redis, "PUFF_{NAME}_REDIS_URL", "--{name}-redis-url", redis_url),
    pool_size_key};

constexpr std::array pubsub_keys{
    enable_key(&bound<&pool_setting::enable>), name_key(&bound<&pool_setting::name>),
    url_key(default_redis, "PUFF_{NAME}_PUBSUB_URL", "--{name}-pubsub-url", redis_url),
    pool_size_key};

constexpr std::array task_queue_keys{
    enable_key(&bound<&pool_setting::enable>),
    name_key(&bound<&pool_setting::name>),
    url_key(default_redis, "PUFF_{NAME}_TASK_QUEUE_URL", "--{name}-task-queue-url", redis_url),
    pool_size_key,
    key{.name = "max_concurrent_tasks",
        .bound = &bound<&pool_setting::max_concurrent_tasks>,
        .doc = "Tasks that this node runs at once; 0 is four per CPU.",
        .high = 1000000},
    key{.name = "run_tasks",
        .bound = &bound<&pool_setting::run_tasks>,
        .doc = "Whether this node runs tasks of the queue, beside adding them."},
    key{.name = "modules",
        .bound = &bound<&pool_setting::modules>,
        .doc = "Modules that are imported when this node begins to run tasks, so that their "
               "`@task(cron=..)` are known."},
    key{.name = "allow",
        .bound = &bound<&pool_setting::allow>,
        .doc = "Dotted names that may run, with `*` for any text; \"@task\" stands for all "
               "functions so marked. Empty allows all that can be imported."},
    key{.name = "lease_ms",
        .bound = &bound<&pool_setting::lease_ms>,
        .doc = "A node that is silent for so long loses its tasks to others.",
        .low = 1000,
        .high = 3600000}};

constexpr std::array http_client_keys{
    enable_key(&bound<&http_client_setting::enable>),
    name_key(&bound<&http_client_setting::name>),
    key{.name = "http2_prior_knowledge",
        .bound = &bound<&http_client_setting::http2_prior_knowledge>,
        .doc = "Speak HTTP/2 from the first byte; only for servers known to understand it."},
    key{.name = "max_idle_connections",
        .bound = &bound<&http_client_setting::max_idle_connections>,
        .doc = "Idle connections kept for the next request.",
        .high = 1000000},
    key{.name = "user_agent",
        .bound = &bound<&http_client_setting::user_agent>,
        .doc = "The User-Agent header; `puff/VERSION` if there is none.",
        .example = "\"my-service/1.0\"",
        .check = header_text},
    key{.name = "connect_timeout_ms",
        .bound = &bound<&http_client_setting::connect_timeout_ms>,
        .doc = "Time to reach a server.",
        .low = 1,
        .high = day_ms},
    key{.name = "timeout_ms",
        .bound = &bound<&http_client_setting::timeout_ms>,
        .doc = "Time for a whole request, where the call names none.",
        .low = 1,
        .high = day_ms},
    key{.name = "idle_timeout_ms",
        .bound = &bound<&http_client_setting::idle_timeout_ms>,
        .doc = "How long an idle connection is kept.",
        .high = day_ms},
    key{.name = "verify",
        .bound = &bound<&http_client_setting::verify>,
        .doc = "Check certificates of servers."},
};

constexpr std::array graphql_limits_keys{
    key{.name = "max_tokens",
        .bound = &bound<&graphql_limits_setting::max_tokens>,
        .doc = "Tokens of a document.",
        .low = 1},
    key{.name = "max_depth",
        .bound = &bound<&graphql_limits_setting::max_depth>,
        .doc = "Nesting of selections.",
        .low = 1,
        .high = 10000},
    key{.name = "max_aliases",
        .bound = &bound<&graphql_limits_setting::max_aliases>,
        .doc = "Aliases of a document."},
    key{.name = "max_directives",
        .bound = &bound<&graphql_limits_setting::max_directives>,
        .doc = "Directives of a document."},
    key{.name = "max_fields",
        .bound = &bound<&graphql_limits_setting::max_fields>,
        .doc = "Fields of an operation, fragments expanded.",
        .low = 1},
    key{.name = "max_rows",
        .bound = &bound<&graphql_limits_setting::max_rows>,
        .doc = "Rows of one layer.",
        .low = 1},
    key{.name = "timeout_ms",
        .bound = &bound<&graphql_limits_setting::timeout_ms>,
        .doc = "Time for one operation.",
        .low = 1,
        .high = day_ms},
    key{.name = "max_request_bytes",
        .bound = &bound<&graphql_limits_setting::max_request_bytes>,
        .doc = "Size of a request's body.",
        .low = 1024},
    key{.name = "max_batch",
        .bound = &bound<&graphql_limits_setting::max_batch>,
        .doc = "Operations of one request; 0: a list of operations is refused.",
        .high = 1000},
    key{.name = "max_message_bytes",
        .bound = &bound<&graphql_limits_setting::max_message_bytes>,
        .doc = "Size of a WebSocket message from a client.",
        .low = 1024},
    key{.name = "max_subscriptions",
        .bound = &bound<&graphql_limits_setting::max_subscriptions>,
        .doc = "Operations under way on one WebSocket.",
        .low = 1},
    key{.name = "init_timeout_ms",
        .bound = &bound<&graphql_limits_setting::init_timeout_ms>,
        .doc = "Time for a WebSocket to send connection_init.",
        .low = 1,
        .high = day_ms},
};

constexpr std::array graphql_tables{table<&graphql_setting::limits>(
    "limits", graphql_limits_keys, "What one operation of this schema may cost.")};

constexpr std::array graphql_keys{
    enable_key(&bound<&graphql_setting::enable>),
    name_key(&bound<&graphql_setting::name>),
    key{.name = "schema",
        .bound = &bound<&graphql_setting::schema>,
        .doc = "The Python class that describes the schema.",
        .example = "\"my_project.Schema\"",
        .check = dotted_path,
        .required = true},
    key{.name = "url",
        .bound = &bound<&graphql_setting::url>,
        .doc = "Path of queries and mutations.",
        .example = "\"/graphql/\"",
        .check = http_path},
    key{.name = "subscriptions_url",
        .bound = &bound<&graphql_setting::subscriptions_url>,
        .doc = "Path of subscriptions.",
        .example = "\"/subscriptions/\"",
        .check = http_path,
        .also = "subscription_url"},
    key{.name = "playground_url",
        .bound = &bound<&graphql_setting::playground_url>,
        .doc = "Path of a page to try queries on; needs `url`.",
        .example = "\"/playground/\"",
        .check = http_path},
    key{.name = "database",
        .bound = &bound<&graphql_setting::database>,
        .doc = "The `[[postgres]]` pool of its SQL; not needed where there is one pool only.",
        .example = "\"default\"",
        .check = pool_name},
    key{.name = "documents",
        .bound = &bound<&graphql_setting::documents>,
        .doc = "A JSON file of documents that clients may name instead of sending them: ids and "
               "documents, or Apollo's manifest.",
        .example = "\"documents.json\""},
    key{.name = "documents_only",
        .bound = &bound<&graphql_setting::documents_only>,
        .doc = "Refuse every other document."},
    key{.name = "automatic_documents",
        .bound = &bound<&graphql_setting::automatic_documents>,
        .doc = "Documents that clients may leave here by automatic persisted queries; 0: none.",
        .high = 1000000},
};

constexpr std::array mount_keys{
    enable_key(&bound<&mount_setting::enable>),
    key{.name = "name",
        .bound = &bound<&mount_setting::name>,
        .doc = "Its name; its path if there is none.",
        .example = "\"api\"",
        .check = header_text},
    key{.name = "path",
        .bound = &bound<&mount_setting::path>,
        .doc = "Path below which the application answers.",
        .example = "\"/api\"",
        .check = http_path,
        .required = true},
    key{.name = "wsgi",
        .bound = &bound<&mount_setting::wsgi>,
        .doc = "WSGI application; exactly one of `wsgi` and `asgi`.",
        .example = "\"my_project.api.application\"",
        .check = dotted_path,
        .sample = true},
    key{.name = "asgi",
        .bound = &bound<&mount_setting::asgi>,
        .doc = "ASGI application; turns asyncio on.",
        .example = "\"my_project.api.application\"",
        .check = dotted_path},
};

constexpr std::array addon_keys{
    enable_key(&bound<&addon_setting::enable>),
    key{.name = "name",
        .bound = &bound<&addon_setting::name>,
        .doc = "Its name in this file; its path if there is none.",
        .example = "\"shop\"",
        .check = header_text},
    key{.name = "path",
        .bound = &bound<&addon_setting::path>,
        .doc = "The shared library.",
        .example = "\"build/libshop.so\"",
        .check = any_text,
        .required = true},
    key{.name = "settings",
        .bound = &bound<&addon_setting::settings>,
        .doc = "What the add-on may read, each \"KEY=VALUE\".",
        .check = any_text},
    key{.name = "threads",
        .bound = &bound<&addon_setting::threads>,
        .doc = "Threads that run its code; one that blocks is missing to this add-on alone.",
        .low = 1,
        .high = 1000},
    key{.name = "max_waiting",
        .bound = &bound<&addon_setting::max_waiting>,
        .doc = "Messages that may wait for one of its actors, or requests and tasks for all of it.",
        .low = 1,
        .high = 1000000},
    key{.name = "answer_limit_ms",
        .bound = &bound<&addon_setting::answer_limit_ms>,
        .doc = "Time to answer a request; past it the answer is 504.",
        .low = 1,
        .high = day_ms},
};

constexpr std::array root_tables{
    table<&settings::server>("server", server_keys, "Where and how the HTTP server listens."),
    table<&settings::limits>("limits", limits_keys, "What one client may use."),
    table<&settings::cors>("cors", cors_keys, "Cross-origin requests of browsers."),
    table<&settings::websocket>("websocket", websocket_keys, "What one WebSocket may use."),
    table<&settings::python>("python", python_keys, "The threads that run Python."),
    table<&settings::cluster>("cluster", cluster_keys, "Nodes that share their actors."),
    table<&settings::log>("log", log_keys, "Messages for the operator, on standard error."),
    tables<&settings::commands>("commands", "command_name", command_keys,
                                "A Python function as a command: `puff COMMAND_NAME`."),
    tables<&settings::postgres>("postgres", "name", postgres_keys, "A pool of PostgreSQL."),
    tables<&settings::redis>("redis", "name", redis_keys, "A pool of Redis."),
    tables<&settings::pubsub>("pubsub", "name", pubsub_keys, "Publish and subscribe over Redis."),
    tables<&settings::task_queue>("task_queue", "name", task_queue_keys,
                                  "A distributed task queue over Redis."),
    tables<&settings::http_client>("http_client", "name", http_client_keys,
                                   "An HTTP client; one named \"default\" always exists."),
    tables<&settings::graphql>("graphql", "name", graphql_keys,
                               "A GraphQL schema made of Python classes.", graphql_tables),
    tables<&settings::mounts>("mounts", "name", mount_keys,
                              "An application below a path of the same port."),
    tables<&settings::addons>("addons", "name", addon_keys,
                              "A shared library in C++ that joins the process."),
};

constexpr section root{.name = "",
                       .doc = "",
                       .keys = root_keys,
                       .tables = root_tables,
                       .size = [](const void*) -> std::size_t { return 1; },
                       .initial = initial_of<settings>};

}  // namespace

const section& schema() { return root; }

value default_of(const section& in, const key& k) {
  auto v = in.initial(k);
  if (std::holds_alternative<std::monostate>(v) && !k.fallback.empty())
    return std::string{k.fallback};
  return v;
}

}  // namespace puff::config

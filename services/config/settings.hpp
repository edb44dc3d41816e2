#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The configuration of a program as plain values. The initializers below are the defaults; every
/// other place (parser, `example_config`, documentation) reads them from here. An empty string
/// means "not set" unless said otherwise. Whoever builds an engine copies what it needs from here.
namespace puff::config {

/// Where an effective value came from.
struct origin {
  enum class source : std::uint8_t { fallback, file, dotenv, environment, option, implied };
  source from = source::fallback;
  std::string name;          ///< file, variable, option, or the key that implied it
  std::uint32_t line = 0;    ///< of the file; 0: none
  std::uint32_t column = 0;  ///< of the file; 0: none
};

/// "default", "puff.toml line 3", "environment PUFF_BIND", "option --bind" ...
std::string to_string(const origin& where);

enum class cors_base : std::uint8_t { standard, permissive, very_permissive };

/// `[cors]`. Nothing means: as `base_config` has it. A list of "*" alone means any.
struct cors_setting {
  cors_base base_config = cors_base::standard;
  std::optional<std::chrono::seconds> max_age_secs;
  std::optional<bool> allow_credentials;
  std::optional<std::vector<std::string>> allowed_origins, allowed_headers, allowed_methods;
};

/// `[[commands]]`: a Python function as a command of the program.
struct command_setting {
  std::string function;
  std::string command_name;
};

/// `[[postgres]]`, `[[redis]]`, `[[pubsub]]`, `[[task_queue]]`.
struct pool_setting {
  bool enable = true;
  std::string name = "default";
  std::string url;  ///< never empty after `load`
  std::uint32_t pool_size = 10;
  // Task queues only.
  bool run_tasks = true;                   ///< beside adding them
  std::uint32_t max_concurrent_tasks = 0;  ///< 0: four per CPU
  std::vector<std::string> modules;        ///< imported when tasks begin to run
  std::vector<std::string> allow;          ///< what may run; empty: anything
  std::chrono::milliseconds lease_ms{10000};
  // The rest is PostgreSQL's only.
  std::uint32_t min_size = 0;
  std::uint32_t max_waiting = 10000;
  std::uint32_t statement_cache = 256;  ///< 0: none
  std::chrono::milliseconds lease_timeout_ms{30000};
  std::chrono::milliseconds connect_timeout_ms{10000};
  std::chrono::milliseconds max_idle_ms{600000};
  std::chrono::milliseconds max_age_ms{3600000};
  origin url_origin;  ///< `fallback` if nobody named a server
};

/// `[[http_client]]`. After `load` one named "default" always exists.
struct http_client_setting {
  bool enable = true;
  std::string name = "default";
  bool http2_prior_knowledge = false;
  std::uint32_t max_idle_connections = 100;
  std::string user_agent;  ///< empty: "puff/VERSION"
  std::chrono::milliseconds connect_timeout_ms{10000};
  std::chrono::milliseconds timeout_ms{30000};
  std::chrono::milliseconds idle_timeout_ms{90000};
  bool verify = true;
};

/// `[graphql.limits]`
struct graphql_limits_setting {
  std::uint32_t max_tokens = 10000;
  std::uint32_t max_depth = 64;
  std::uint32_t max_aliases = 500;
  std::uint32_t max_directives = 500;
  std::uint32_t max_fields = 5000;
  std::uint32_t max_rows = 1000000;
  std::uint32_t max_cost = 0;  ///< 0: any
  std::uint32_t list_size = 10;
  std::chrono::milliseconds timeout_ms{30000};
  std::uint32_t max_request_bytes = 1048576;
  std::uint32_t max_batch = 0;
  std::uint32_t max_files = 10;
  std::uint32_t max_file_bytes = 10485760;
  std::uint32_t max_upload_bytes = 33554432;
  std::uint32_t max_message_bytes = 1048576;
  std::uint32_t max_subscriptions = 100;
  std::chrono::milliseconds init_timeout_ms{10000};
};

/// `[[graphql]]`
struct graphql_setting {
  bool enable = true;
  std::string name = "default";
  std::string schema;
  std::string url, subscriptions_url, playground_url;
  std::string database;   ///< name of a `[[postgres]]` pool
  std::string documents;  ///< file of documents that clients may name
  bool documents_only = false;
  std::uint32_t automatic_documents = 0;
  bool tracing = false;
  bool incremental = false;  ///< @defer and @stream
  bool uploads = false;
  bool introspection = true;
  bool suggestions = true;
  graphql_limits_setting limits;
};

/// `[[mounts]]`: an application below a path of the same port; exactly one of wsgi and asgi is set.
struct mount_setting {
  bool enable = true;
  std::string name;  ///< its path if not set
  std::string path;  ///< begins with '/'; ends with '/' only if it is "/"
  std::string wsgi, asgi;
};

/// `[server]`
struct server_setting {
  std::vector<std::string> bind{"127.0.0.1:7777"};  ///< HOST:PORT, [IPV6]:PORT or unix:PATH
  bool reuse_port = false;
  std::uint32_t io_threads = 0;  ///< 0: one per two cores, at least one
  bool access_log = false;
  std::string ready_path, live_path;
  std::chrono::milliseconds live_limit_ms{60000};
  std::chrono::milliseconds graceful_timeout_ms{30000};
};

/// `[limits]`: of one HTTP connection or request; the last two of the whole process.
struct limits_setting {
  std::uint32_t max_head_bytes = 32768;
  std::uint32_t max_target_bytes = 8192;
  std::uint32_t max_fields = 100;
  std::uint64_t max_body_bytes = 67108864;
  std::chrono::milliseconds head_timeout_ms{10000};
  std::chrono::milliseconds body_idle_timeout_ms{30000};
  std::chrono::milliseconds keep_alive_timeout_ms{75000};
  std::chrono::milliseconds write_idle_timeout_ms{30000};
  std::uint32_t max_connections = 20000;
  std::uint32_t max_in_flight = 4096;
};

/// `[websocket]`: of one connection.
struct websocket_setting {
  std::uint64_t max_message_bytes = 1048576;
  std::chrono::milliseconds ping_interval_ms{20000};  ///< 0: never
  std::chrono::milliseconds pong_timeout_ms{20000};
  std::chrono::milliseconds close_timeout_ms{5000};
  bool compression = true;
  std::uint32_t compression_min_bytes = 512;
  bool compression_context = false;
};

/// `[python]`
struct python_setting {
  std::uint32_t max_greenlets = 10000;
  std::uint32_t max_blocking_threads = 64;
  std::chrono::milliseconds blocking_idle_ms{30000};
  std::chrono::milliseconds stall_threshold_ms{1000};
};

enum class state_store : std::uint8_t { redis, postgres };

/// `[cluster]`
struct cluster_setting {
  std::string name;  ///< empty: this node has no cluster
  std::string url = "redis://localhost:6379";
  std::chrono::milliseconds lease_ms{8000};
  bool hosts = true;                 ///< keeps actors of the classes it knows
  std::vector<std::string> modules;  ///< imported at start, for their actors
  std::chrono::milliseconds unwell_after_ms{2000};
  state_store state = state_store::redis;  ///< of classes that do not say
  std::string state_pool = "default";      ///< of PostgreSQL
};

/// `[[addons]]`: a shared library that joins the process.
struct addon_setting {
  bool enable = true;
  std::string name;  ///< its path if not set
  std::string path;
  std::vector<std::string> settings;  ///< "KEY=VALUE"
  std::uint32_t threads = 2;
  std::uint32_t max_waiting = 1000;
  std::chrono::milliseconds answer_limit_ms{30000};
};

/// `[[pubsub_endpoint]]`: a channel as browsers hear it.
struct pubsub_endpoint_setting {
  bool enable = true;
  std::string name;  ///< for people
  std::string path;
  std::string channel;
  std::string pubsub = "default";
  std::string authorize;  ///< a Python function; empty: everybody may
  bool websocket = true, sse = true, publish = false;
  std::uint32_t keep = 0;
  std::chrono::milliseconds keep_for_ms{3600000};
  std::uint32_t max_messages = 1000;
  bool disconnect_slow = false;
  std::chrono::milliseconds heartbeat_ms{15000};
};

enum class log_format : std::uint8_t { text, json };

/// `[log]`
struct log_setting {
  std::string level = "info";  ///< LEVEL, or LEVEL,MODULE=LEVEL,.. as in PUFF_LOG
  log_format format = log_format::text;
};

/// All of it.
struct settings {
  std::string name;  ///< of the node; empty: the node chooses
  bool django = false;
  bool greenlets = true;
  bool asyncio = false;  ///< turned on by `asgi` and by a mount with asgi
  bool dotenv = true;
  std::string dotenv_path;
  bool add_cwd_to_path = true;
  std::vector<std::string> python_path;
  bool compression_middleware = false;
  bool pytest = false;  ///< turned on by `pytest_path`
  std::string pytest_path;
  std::string wsgi, asgi;
  cors_setting cors;
  server_setting server;
  limits_setting limits;
  websocket_setting websocket;
  python_setting python;
  cluster_setting cluster;
  log_setting log;
  std::vector<command_setting> commands;
  std::vector<pool_setting> postgres, redis, pubsub, task_queue;
  std::vector<http_client_setting> http_client;
  std::vector<graphql_setting> graphql;
  std::vector<mount_setting> mounts;
  std::vector<addon_setting> addons;
  std::vector<pubsub_endpoint_setting> pubsub_endpoint;
};

}  // namespace puff::config

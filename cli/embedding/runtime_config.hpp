#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "services/config/settings.hpp"

typedef struct _object PyObject;

namespace puff {

namespace cli {
struct program_parts;
}

/// The configuration that a program in C++ brings along: what puff.toml, the environment and the
/// command line may still change. A pool of puff.toml takes the place of the one of its name here.
class runtime_config {
 public:
  /// A variable for this process, unless its environment has one of that name.
  runtime_config& add_env(std::string name, std::string value);
  /// One more directory for Python's path.
  runtime_config& add_python_path(std::string directory);

  runtime_config& add_default_postgres() { return add_named_postgres("default"); }
  runtime_config& add_named_postgres(std::string name) { return add(settings_.postgres, name); }
  runtime_config& add_default_redis() { return add_named_redis("default"); }
  runtime_config& add_named_redis(std::string name) { return add(settings_.redis, name); }
  runtime_config& add_default_pubsub() { return add_named_pubsub("default"); }
  runtime_config& add_named_pubsub(std::string name) { return add(settings_.pubsub, name); }
  runtime_config& add_default_task_queue() { return add_named_task_queue("default"); }
  runtime_config& add_named_task_queue(std::string name) { return add(settings_.task_queue, name); }

  /// A schema of Python classes, "module.Schema"; without a `url` Python alone can query it.
  runtime_config& add_gql_schema(std::string schema) {
    return add_gql_schema_named("default", std::move(schema));
  }
  runtime_config& add_gql_schema_named(std::string name, std::string schema);
  /// The same with all that a `[[graphql]]` table says.
  runtime_config& add_gql_schema(config::graphql_setting schema);

  runtime_config& set_asyncio(bool wanted = true);
  runtime_config& set_dotenv(bool wanted = true);
  runtime_config& set_django(bool wanted = true);

  /// `make` is called once, on Python's thread with the GIL, when Python has started, and returns
  /// the pybind11 object that `puff.global_state` is. What it throws ends the start.
  template <class Make>
  runtime_config& set_global_state(Make make) {
    global_state_ = [make = std::move(make)]() -> PyObject* { return make().release().ptr(); };
    return *this;
  }

  /// Whatever else puff.toml can say.
  config::settings& settings() noexcept { return settings_; }

 private:
  friend class program;
  friend struct cli::program_parts;
  runtime_config& add(std::vector<config::pool_setting>& pools, const std::string& name);

  config::settings settings_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::function<PyObject*()> global_state_;
};

}  // namespace puff

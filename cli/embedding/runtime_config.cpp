#include "cli/embedding/runtime_config.hpp"

namespace puff {

runtime_config& runtime_config::add_env(std::string name, std::string value) {
  environment_.emplace_back(std::move(name), std::move(value));
  return *this;
}

runtime_config& runtime_config::add_python_path(std::string directory) {
  settings_.python_path.push_back(std::move(directory));
  return *this;
}

runtime_config& runtime_config::add(std::vector<config::pool_setting>& pools,
                                    const std::string& name) {
  pools.emplace_back().name = name;
  return *this;
}

runtime_config& runtime_config::add_gql_schema_named(std::string name, std::string schema) {
  config::graphql_setting made;
  made.name = std::move(name);
  made.schema = std::move(schema);
  return add_gql_schema(std::move(made));
}

runtime_config& runtime_config::add_gql_schema(config::graphql_setting schema) {
  settings_.graphql.push_back(std::move(schema));
  return *this;
}

runtime_config& runtime_config::set_asyncio(bool wanted) {
  settings_.asyncio = wanted;
  return *this;
}

runtime_config& runtime_config::set_dotenv(bool wanted) {
  settings_.dotenv = wanted;
  return *this;
}

runtime_config& runtime_config::set_django(bool wanted) {
  settings_.django = wanted;
  return *this;
}

}  // namespace puff

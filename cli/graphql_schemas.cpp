#include "cli/graphql_schemas.hpp"

#include <fstream>
#include <iterator>

#include "bridge/graphql/load_schema.hpp"
#include "cli/program_parts.hpp"

namespace puff::cli {
namespace {

/// The only pool, if there is one and nobody names another.
std::string database_of(const std::string& named, const config::settings& s) {
  if (!named.empty()) return named;
  std::string only;
  for (const auto& pool : s.postgres) {
    if (!pool.enable) continue;
    if (!only.empty()) return {};
    only = pool.name;
  }
  return only;
}

graphql::engine_options engine_options_of(const schema_plan& plan) {
  const auto& limits = plan.limits;
  graphql::engine_options o;
  if (!plan.introspection) o.validation.schema_questions = graphql::introspection::refused;
  if (!plan.suggestions) o.validation.did_you_mean = graphql::suggestions::hidden;
  o.parsing.max_tokens = limits.max_tokens;
  o.validation.max_depth = limits.max_depth;
  o.validation.max_aliases = limits.max_aliases;
  o.validation.max_directives = limits.max_directives;
  o.validation.max_fields = limits.max_fields;
  o.tracing = plan.tracing;
  o.costs = {limits.max_cost, limits.list_size};
  o.incremental = plan.incremental;
  o.execution.max_objects = limits.max_rows;
  o.execution.timeout = limits.timeout_ms;
  return o;
}

graphql::upload_rules uploads_of(const config::graphql_limits_setting& limits) {
  graphql::upload_rules o;
  o.max_files = limits.max_files;
  o.max_file_bytes = limits.max_file_bytes;
  o.max_bytes = limits.max_upload_bytes;
  o.max_operations_bytes = limits.max_request_bytes;
  return o;
}

expected<graphql::document_options> documents_of(const schema_plan& plan) {
  graphql::document_options out;
  out.only_trusted = plan.documents_only;
  out.max_kept = plan.automatic_documents;
  if (plan.documents.empty()) return out;
  const auto fault = [&](const std::string& why) {
    return make_error(ec::bad_config, "GraphQL schema '" + plan.name +
                                          "': the list of documents '" + plan.documents +
                                          "': " + why);
  };
  std::ifstream file{plan.documents};
  if (!file) return fault("it cannot be read");
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto listed = graphql::read_document_list(text);
  if (!listed) return fault(context_of(listed.error()));
  out.trusted = std::move(*listed);
  return out;
}

/// What puff.toml does not say, the program's router may.
void add_paths(schema_plan& to, const router& routes) {
  auto found = routes.schemas().find(to.name);
  if (found == routes.schemas().end()) return;
  if (to.url.empty()) to.url = found->second.url;
  if (to.subscriptions_url.empty()) to.subscriptions_url = found->second.subscriptions_url;
  if (to.playground_url.empty()) to.playground_url = found->second.playground_url;
}

}  // namespace

std::vector<schema_plan> planned_schemas(const invocation& what) {
  const auto& settings = what.config.values;
  std::vector<schema_plan> out;
  for (const auto& s : what.program.schemas) {
    auto& plan = out.emplace_back(schema_plan{{}, s.schema, s.authorizer});
    plan.name = s.name;
    plan.url = s.url;
    plan.subscriptions_url = s.subscriptions_url;
    plan.playground_url = s.playground_url;
    plan.database = s.database;
    plan.uploads = s.uploads;
    plan.incremental = s.incremental;
  }
  for (const auto& s : settings.graphql)
    if (s.enable) out.push_back({s, nullptr, nullptr});
  for (auto& plan : out) {
    plan.database = database_of(plan.database, settings);
    add_paths(plan, what.program.routes);
  }
  return out;
}

expected<graphql_options> options_of(const schema_plan& plan) {
  auto schema = plan.native;
  auto authorizer = plan.authorizer;
  if (schema == nullptr) {
    auto loaded = bridge::graphql::load_graphql_schema(
        plan.schema, {.database = plan.database, .incremental = plan.incremental});
    if (!loaded) return std::move(loaded.error());
    schema = std::move(loaded->schema);
    authorizer = std::move(loaded->authorizer);
  }
  graphql_options o;
  o.name = plan.name;
  o.engine = std::make_shared<graphql::engine>(std::move(schema), engine_options_of(plan));
  o.authorizer = std::move(authorizer);
  auto documents = documents_of(plan);
  if (!documents) return std::move(documents.error());
  o.documents = std::move(*documents);
  o.http.max_batch = plan.limits.max_batch;
  o.http.max_body_bytes = plan.limits.max_request_bytes;
  if (plan.uploads) o.http.uploads = uploads_of(plan.limits);
  o.sockets.max_message_bytes = plan.limits.max_message_bytes;
  o.sockets.max_operations = plan.limits.max_subscriptions;
  o.sockets.init_timeout = plan.limits.init_timeout_ms;
  return o;
}

}  // namespace puff::cli

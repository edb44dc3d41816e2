#include "services/graphql/engine.hpp"

#include "services/graphql/values/json_input.hpp"
#include "services/graphql/values/variables.hpp"

namespace puff::graphql {
namespace {

graphql_error refusal(std::string why) { return {.message = std::move(why)}; }

result<const operation_node*> operation_of(const document& doc,
                                           const std::optional<std::string>& name) {
  if (name && name->empty()) return refusal("Unknown operation named \"\".");
  if (const auto* found = doc.operation(name.value_or(std::string{}))) return found;
  if (name) return refusal("Unknown operation named \"" + *name + "\".");
  for (const auto* definition : doc.definitions())
    if (definition->kind == node_kind::operation)
      return refusal("Must provide operation name if query contains multiple operations.");
  return refusal("Must provide an operation.");
}

}  // namespace

engine::engine(bound_schema_ptr schema, const engine_options& options)
    : schema_(std::move(schema)), options_(options), cache_(options.cache) {}

execution_request engine::request_of(prepared_request prepared, surroundings with) const {
  execution_request out;
  if (prepared.operation() != operation_type::subscription) out.trace = std::move(prepared.trace);
  out.plan = std::move(prepared.plan);
  out.variables = std::move(prepared.variables);
  out.root = std::move(with.root);
  out.context = std::move(with.context);
  out.sql = std::move(with.sql);
  out.clock = std::move(with.clock);
  out.sql_of_event = std::move(with.sql_of_event);
  out.channels = std::move(with.channels);
  out.is_admitted = with.is_admitted;
  out.limits = options_.execution;
  out.incremental = prepared.incremental;
  return out;
}

result<cached_document_ptr> engine::document_of(std::string_view text, request_trace* trace) {
  using clock = request_trace::clock;
  if (auto known = cache_.find(text)) return known;
  const auto began = clock::now();
  auto parsed = parse(std::string{text}, options_.parsing);
  if (!parsed) return std::move(parsed).errors();
  const auto is_parsed = clock::now();
  auto how = options_.validation;
  how.scalars = &schema_->scalars;
  auto faults = validate(*schema_->types, **parsed, how);
  if (trace != nullptr) {
    trace->parsing = {began, is_parsed};
    trace->validation = {is_parsed, clock::now()};
  }
  if (!faults.empty()) return faults;
  return cache_.keep(std::move(*parsed));
}

std::optional<graphql_error> engine::too_dear(const operation_plan& plan,
                                              const value_object& variables) const {
  const auto [limit, list_size] = options_.costs;
  if (limit == 0) return {};
  const auto cost = cost_of(plan, variables, list_size);
  if (cost <= limit) return {};
  return graphql_error{.message = "The operation may cost " + std::to_string(cost) +
                                  "; the limit is " + std::to_string(limit) +
                                  ". Ask for fewer objects, or for fewer items of lists.",
                       .locations = {plan.doc->place_of(*plan.operation)}};
}

result<prepared_request> engine::prepare(const graphql_request& asked) {
  auto trace = options_.tracing ? std::make_shared<request_trace>() : nullptr;
  auto found = document_of(asked.query, trace.get());
  if (!found) return std::move(found).errors();
  const auto& doc = (*found)->doc();
  const auto operation = operation_of(*doc, asked.operation_name);
  if (!operation) return operation.errors();
  const auto given = parse_variables(asked.variables);
  if (!given) return refusal("The variables are no valid JSON: " + context_of(given.error()) + ".");
  const coercion how{schema_->scalars, options_.validation.did_you_mean == suggestions::shown};
  auto variables = coerce_variables(*schema_->types, *doc, **operation, *given, how);
  if (!variables) return std::move(variables).errors();

  const auto deliver = options_.incremental ? asked.incremental : incremental_format::none;
  auto conditions = (*found)->conditions(*variables);
  if (deliver != incremental_format::none) conditions += 'i';
  auto plan = (*found)->find(**operation, conditions);
  if (plan == nullptr) {
    auto made = make_plan(schema_, doc, **operation, *variables, options_.planning, deliver);
    if (!made) return std::move(made).errors();
    plan = *made;
    (*found)->keep(std::move(conditions), plan);
  }
  if (auto refused = too_dear(*plan, *variables)) return std::move(*refused);
  return prepared_request{std::move(plan), std::move(*variables), deliver, std::move(trace)};
}

std::shared_ptr<execution> engine::execute(prepared_request prepared, surroundings with,
                                           response_ready done) const {
  if (prepared.operation() == operation_type::subscription) {
    done(refuse({refusal("A subscription needs a transport with a stream.")}));
    return nullptr;
  }
  return graphql::execute(request_of(std::move(prepared), std::move(with)), std::move(done));
}

std::shared_ptr<execution> engine::execute(const graphql_request& asked, surroundings with,
                                           response_ready done) {
  auto prepared = prepare(asked);
  if (!prepared) {
    done(refuse(prepared.errors()));
    return nullptr;
  }
  return execute(std::move(*prepared), std::move(with), std::move(done));
}

std::shared_ptr<subscription> engine::subscribe(prepared_request prepared, surroundings with,
                                                subscription_calls calls) const {
  if (prepared.operation() != operation_type::subscription) {
    calls.ended(refuse({refusal("The operation is no subscription.")}));
    return nullptr;
  }
  return graphql::subscribe(request_of(std::move(prepared), std::move(with)), std::move(calls));
}

std::shared_ptr<void> engine::admit(prepared_request prepared, surroundings with,
                                    std::function<void(std::optional<response>)> done) const {
  return graphql::admit(request_of(std::move(prepared), std::move(with)), std::move(done));
}

}  // namespace puff::graphql

#include "services/graphql/execute/internal/root_call.hpp"

#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/internal/shape.hpp"
#include "services/graphql/values/memory_rows.hpp"

namespace puff::graphql::internal {

std::unique_ptr<root_call> root_call::make(const execution_request& request, response& refusal) {
  const auto& plan = *request.plan;
  const auto& f = plan.root->fields.front();
  const auto* stream = f.binding == nullptr ? nullptr : std::get_if<from_stream>(f.binding);
  if (stream == nullptr) {
    refusal = refuse(request, {name_of(f) + " has no stream of events.", {}});
    return nullptr;
  }
  auto arguments = arguments_of(request, f);
  if (!arguments) {
    const auto& wrong = arguments.errors().front();
    refusal = refuse(request, {wrong.message, wrong.extensions}, wrong.locations);
    return nullptr;
  }
  auto made = std::make_unique<root_call>();
  made->arguments_ = std::move(*arguments);
  made->stream_ = stream->resolver;
  made->root_ = request.root == nullptr ? row_of(value_object{}) : request.root;
  made->call_.emplace(field_call{plan, f, *plan.root, made->root_, made->arguments_,
                                 request.variables, request.context.get(), made->memory_, true,
                                 request.sql, request.channels.get()});
  return made;
}

response root_call::refuse(const execution_request& request, const field_failure& why,
                           std::vector<location> places) {
  const auto& f = request.plan->root->fields.front();
  graphql_error e{why.message, std::move(places), {std::string{f.response_key}}, why.extensions};
  if (e.locations.empty())
    for (const auto* node : f.nodes) e.locations.push_back(request.plan->doc->place_of(*node));
  return graphql::refuse({std::move(e)});
}

}  // namespace puff::graphql::internal

#include "services/graphql/execute/internal/running_execution.hpp"

#include <algorithm>

#include "services/graphql/execute/declared_sql.hpp"
#include "services/graphql/execute/internal/afterwards.hpp"
#include "services/graphql/execute/internal/outside_inputs.hpp"
#include "services/graphql/execute/internal/waiting.hpp"
#include "services/graphql/execute/introspect.hpp"
#include "services/graphql/execute/join.hpp"
#include "services/graphql/execute/sql_rows.hpp"
#include "services/graphql/values/column_builder.hpp"
#include "services/graphql/values/memory_rows.hpp"

namespace puff::graphql::internal {

running_execution::running_execution(execution_request request, response_ready done)
    : request_(std::move(request)),
      done_(std::move(done)),
      plan_(*request_.plan),
      out_(plan_.response_bytes.load(std::memory_order_relaxed)),
      writer_(plan_, out_, request_.limits.max_errors, request_.limits.max_bytes) {
  root_.plan = plan_.root;
  root_.rows = request_.root == nullptr ? row_of(value_object{}) : request_.root;
  root_.fields.resize(root_.plan->fields.size());
  root_.batch = &batch_;
  batch_.done = [this] { settle(); };
}

void running_execution::start() {
  out_.raw("{\"data\":");
  if (plan_.operation->operation == operation_type::mutation) {
    out_.put('{');
    return next_root_field();
  }
  ++batch_.pending;
  run_layer(root_);
  release(batch_);
}

void running_execution::limit_time() {
  if (is_over() || request_.clock == nullptr) return;
  timer_ = request_.clock->after(request_.limits.timeout, [me = weak_from_this()] {
    if (const auto self = me.lock()) self->timed_out();
  });
}

void running_execution::run_layer(layer& l) {
  for (std::size_t i = 0; i < l.fields.size(); ++i) start_field(l, i);
}

void running_execution::start_field(layer& l, std::size_t field) {
  const auto& f = l.plan->fields[field];
  if (f.from == plan_field::source::type_name || is_over()) return;
  auto arguments = arguments_of(request_, f);
  if (!arguments) {
    const auto& wrong = arguments.errors().front();
    l.fields[field].failure_places = wrong.locations;
    return fail_field(l, field, {wrong.message, wrong.extensions});
  }
  if (&l == &root_ && request_.event != nullptr) return set_values(l, field, request_.event);
  if (f.from == plan_field::source::introspection)
    return set_values(l, field,
                      introspect(*plan_.schema->types, *f.definition, *l.rows, *arguments));
  start_bound(l, field, std::move(*arguments));
}

void running_execution::start_bound(layer& l, std::size_t field, value_object arguments) {
  const auto& f = l.plan->fields[field];
  const auto& binding = *f.binding;
  if (const auto* c = std::get_if<from_column>(&binding)) {
    auto values = l.rows->find(c->name.empty() ? f.definition->name : c->name);
    l.fields[field].is_missing = values == nullptr;
    return values == nullptr ? void() : set_values(l, field, std::move(values));
  }
  if (const auto* c = std::get_if<from_constant>(&binding))
    return set_values(l, field, repeated(c->v, l.rows->size()));
  if (const auto* r = std::get_if<from_resolver>(&binding))
    return call_resolver(l, field, *r, std::move(arguments));
  if (const auto* s = std::get_if<from_sql>(&binding))
    return run_declared(l, field, *s->statement, std::move(arguments));
  fail_field(l, field, {"Subscribe to " + name_of(f) + " to get its values.", {}});
}

void running_execution::call_resolver(layer& l, std::size_t field, const from_resolver& r,
                                      value_object arguments) {
  const auto id = ++last_call_;
  auto& c = *(calls_[id] = std::make_unique<open_call>(
                  open_call{l, field, std::move(arguments), {}, {}, {}, {}, {}, {}}));
  c.call.emplace(field_call{plan_, l.plan->fields[field], *l.plan, l.rows, c.arguments,
                            request_.variables, request_.context.get(), l.memory, l.depth == 0,
                            request_.sql});
  ++l.batch->pending;
  begin_trace(c);
  r.resolver->resolve(*c.call,
                      reply<answer>{std::make_unique<waiting<answer>>(shared_from_this(), id)});
}

void running_execution::run_declared(layer& l, std::size_t field, const sql_field& s,
                                     value_object arguments) {
  const auto& f = l.plan->fields[field];
  auto bound = bind_keys(s, *l.rows, arguments, request_.limits.max_keys);
  if (!bound.fault.empty()) return fail_field(l, field, {name_of(f) + " " + bound.fault, {}});
  if (bound.statements.empty()) {
    auto none = shape(f, *l.rows, correlated{rows_of(value_list{}), s.parent_keys, s.child_keys});
    return set_values(l, field, std::move(none.values));
  }
  if (bound.statements.size() == 1)
    bound.statements.front().is_whole_transaction = s.autocommit && is_whole_transaction();
  const auto id = ++last_call_;
  calls_[id] = std::make_unique<open_call>(
      open_call{l, field, std::move(arguments), {}, s.parent_keys, s.child_keys, {}, {}, {}});
  ++l.batch->pending;
  begin_trace(*calls_[id]);
  std::ranges::reverse(bound.statements);
  calls_[id]->further = std::move(bound.statements);
  run_further(id);
}

void running_execution::run_further(call_id id) {
  auto& left = calls_[id]->further;
  auto next = std::move(left.back());
  left.pop_back();
  run_statement(id, std::move(next));
}

void running_execution::run_statement(call_id id, sql_statement statement) {
  if (request_.sql == nullptr)
    return answered(id, answer{failed{{"There is no database for this request.", {}}}});
  request_.sql->run(std::move(statement), reply<sql_answer>{std::make_unique<waiting<sql_answer>>(
                                              shared_from_this(), id)});
}

void running_execution::answered(call_id id, answer given) {
  const auto found = calls_.find(id);
  if (is_over() || found == calls_.end()) return;
  if (auto* sql = std::get_if<by_sql>(&given)) {
    found->second->parent_keys = std::move(sql->parent_keys);
    found->second->child_keys = std::move(sql->child_keys);
    return run_statement(id, std::move(sql->statement));
  }
  const auto c = std::move(found->second);
  calls_.erase(found);
  take(*c, std::move(given));
  release(*c->of.batch);
}

void running_execution::answered(call_id id, sql_answer given) {
  const auto found = calls_.find(id);
  if (is_over() || found == calls_.end()) return;
  auto why = given ? sql_failure(**given) : std::nullopt;
  if (given && !why) {
    found->second->results.push_back(std::move(*given));
    if (!found->second->further.empty()) return run_further(id);
  }
  const auto c = std::move(found->second);
  calls_.erase(found);
  if (!given)
    take(*c, failed{{describe(given.error()), {}}});
  else if (why)
    take(*c, failed{std::move(*why)});
  else
    take(*c, of_rows(c->of.plan->fields[c->field], sql_rows(std::move(c->results)),
                     std::move(c->parent_keys), std::move(c->child_keys)));
  release(*c->of.batch);
}

void running_execution::dropped(call_id id) {
  const auto found = calls_.find(id);
  if (is_over() || found == calls_.end()) return;
  const auto name = name_of(found->second->of.plan->fields[found->second->field]);
  answered(id, answer{failed{{"Nothing answered for " + name + ".", {}}}});
}

void running_execution::when_cancelled(call_id id, std::function<void()> stop) {
  if (const auto found = calls_.find(id); found != calls_.end())
    found->second->stop = std::move(stop);
}

void running_execution::begin_trace(open_call& c) {
  if (request_.trace != nullptr) c.traced_as = request_.trace->begin(c.of, c.field);
}

void running_execution::take(open_call& c, answer given) {
  if (request_.trace != nullptr) request_.trace->end(c.traced_as);
  auto made = shape(c.of.plan->fields[c.field], *c.of.rows, std::move(given));
  if (made.failure) return fail_field(c.of, c.field, std::move(*made.failure));
  set_values(c.of, c.field, std::move(made.values));
}

void running_execution::fail_field(layer& l, std::size_t field, field_failure why) {
  l.fields[field].values = nullptr;
  l.fields[field].failure = std::move(why);
}

void running_execution::set_values(layer& l, std::size_t field, column_ptr values) {
  l.fields[field].values = std::move(values);
  if (l.plan->fields[field].stream != nullptr && !set_initial_count(l, field)) return;
  if (l.plan->fields[field].is_composite()) open_objects(l, field);
}

void running_execution::open_objects(layer& l, std::size_t field) {
  const auto& f = l.plan->fields[field];
  const column* values = l.fields[field].values.get();
  for (auto type = f.definition->type.nullable(); type.is_list() && values != nullptr;
       type = type.inner().nullable())
    values = values->items();
  const auto rows = values == nullptr ? nullptr : values->objects();
  if (rows == nullptr || rows->size() == 0) return;
  if (rows->size() > request_.limits.max_objects)
    return fail_field(
        l, field,
        {name_of(f) + " has " + std::to_string(rows->size()) + " objects; the limit is " +
             std::to_string(request_.limits.max_objects) + ".",
         {}});
  if (l.depth >= request_.limits.max_depth)
    return fail_field(l, field,
                      {name_of(f) + " is nested too deeply; the limit is " +
                           std::to_string(request_.limits.max_depth) + " layers.",
                       {}});
  if (f.stream != nullptr) return open_first_items(l, field, rows);
  if (f.definition->type.named().is_abstract()) return open_abstract(l, field, rows);
  run_layer(add_layer(l, field, *f.children.front().second, rows));
}

layer& running_execution::add_layer(layer& above, std::size_t field, const plan_layer& plan,
                                    row_set_ptr rows) {
  auto& objects = above.fields[field].objects;
  auto& made = *objects.layers.emplace_back(std::make_unique<layer>());
  made.plan = &plan;
  made.rows = std::move(rows);
  made.depth = above.depth + 1;
  made.above = &above;
  made.above_field = field;
  made.batch = above.batch;
  made.fields.resize(plan.fields.size());
  return made;
}

void running_execution::release(layer_batch& batch) {
  if (--batch.pending != 0 || is_over()) return;
  const auto done = batch.done;  // the batch may end with it
  done();
}

void running_execution::settle() {
  if (plan_.operation->operation == operation_type::mutation)
    settle_root_field();
  else
    write_query();
}

}  // namespace puff::graphql::internal

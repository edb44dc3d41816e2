#include "services/graphql/execute/internal/afterwards.hpp"

#include <algorithm>

#include "services/graphql/execute/internal/resolve_types.hpp"
#include "services/graphql/execute/join.hpp"
#include "services/graphql/values/coercion.hpp"

namespace puff::graphql::internal {
namespace {

/// The rows of objects within a range of items, of lists within the list too.
void add_rows(const column& items, cell::range range, std::vector<std::uint32_t>& out) {
  for (auto i = range.begin; i != range.end; ++i) {
    const auto c = items.at(i);
    if (c.what == cell::kind::object) out.push_back(c.row_);
    if (c.what == cell::kind::list && items.items() != nullptr)
      add_rows(*items.items(), c.list_, out);
  }
}

row_set_ptr objects_of(const layer& l, std::size_t field) {
  const column* values = l.fields[field].values.get();
  while (values != nullptr && values->items() != nullptr) values = values->items();
  return values == nullptr ? nullptr : values->objects();
}

}  // namespace

running_execution::afterwards::afterwards(running_execution& run, deferred_work found)
    : run_(run), payload_(run.request_.incremental), queue_(*this, payload_) {
  queue_.add(std::move(found));
}

void running_execution::afterwards::go_on() {
  if (is_welcome_) return;
  has_begun_ = is_welcome_ = true;
  ++busy_;
  queue_.start_deliveries();
  if (!run_.is_over()) queue_.start_streams();
  --busy_;
  flush();
}

void running_execution::afterwards::flush() {
  if (busy_ != 0 || !is_welcome_ || run_.is_over() || payload_.empty()) return;
  is_welcome_ = false;
  const auto errors = payload_.errors();
  const bool has_next = !queue_.is_done();
  response next{outcome::executed, errors, payload_.take(has_next), has_next};
  if (has_next)
    run_.deliver(std::move(next));
  else
    run_.finish(std::move(next));
}

response running_execution::afterwards::last(const graphql_errors& why, outcome how) {
  queue_.fail_all(why);
  return {how, why.size(), payload_.take(false)};
}

void running_execution::afterwards::start(deferred_task& task) {
  auto& p = parts_[{task.of, task.part}];
  if (p == nullptr) {
    p = std::make_unique<part>();
    p->waiting.push_back(&task);
    return run(*p, task);
  }
  if (p->is_done) return write(task, p->fields);
  p->waiting.push_back(&task);
}

void running_execution::afterwards::run(part& p, const deferred_task& first) {
  auto& l = p.fields;
  l.plan = first.of->plan->deferral->parts[first.part].fields;
  l.rows = first.of->rows;
  l.depth = first.of->depth;
  l.memory = first.of->memory;
  l.batch = &p.batch;
  l.fields.resize(l.plan->fields.size());
  p.batch.done = [this, &p] {
    p.is_done = true;
    ++busy_;
    for (auto* task : std::exchange(p.waiting, {})) write(*task, p.fields);
    --busy_;
    flush();
  };
  ++p.batch.pending;
  run_.run_layer(l);
  run_.release(p.batch);
}

void running_execution::afterwards::write(deferred_task& task, const layer& fields) {
  if (run_.is_over()) return;
  const auto mark = run_.out_.size();
  const bool good = run_.writer_.write_task(task, fields);
  if (is_too_large()) return;
  if (good) task.data = run_.out_.view().substr(mark);
  bytes_ += task.data.size();
  run_.out_.rewind(mark);
  task.errors = run_.writer_.take_errors();
  if (!good) task.errors = {std::move(task.errors.back())};
  task.how = good ? deferred_task::state::done : deferred_task::state::failed;
  queue_.finished(task, run_.writer_.take_work());
}

bool running_execution::afterwards::is_too_large() {
  if (run_.is_over()) return true;
  if (!run_.writer_.is_too_large() && bytes_ + run_.out_.size() <= run_.request_.limits.max_bytes)
    return false;
  run_.finish_too_large();
  return true;
}

void running_execution::afterwards::start(std::vector<item_stream*> streams) {
  auto& c = *chunks_.emplace_back(std::make_unique<chunk>());
  c.streams = std::move(streams);
  c.batch.done = [this, &c] { write(c); };
  ++c.batch.pending;
  open(c, c.batch);
  run_.release(c.batch);
}

void running_execution::afterwards::open(const chunk& c, layer_batch& batch) {
  const auto& first = *c.streams.front();
  auto& of = const_cast<layer&>(*first.of);  // of this execution, which the writer only reads
  const auto rows = objects_of(of, first.field);
  if (rows == nullptr || !of.plan->fields[first.field].is_composite()) return;
  std::vector<std::uint32_t> which;
  for (const auto* s : c.streams)
    add_rows(*of.fields[first.field].values->items(),
             {s->rest.begin, std::min(s->rest.end, s->rest.begin + stream_chunk)}, which);
  run_.open_some(of, first.field, rows, std::move(which), batch);
}

void running_execution::afterwards::write(chunk& c) {
  ++busy_;
  for (auto* s : c.streams) write(*s);
  std::erase_if(chunks_, [&](const auto& one) { return one.get() == &c; });
  if (!run_.is_over()) queue_.start_deliveries();
  --busy_;
  flush();
}

void running_execution::afterwards::write(item_stream& s) {
  if (run_.is_over()) return;
  auto& out = run_.out_;
  const auto mark = out.size();
  const auto count = std::min(s.rest.end - s.rest.begin, stream_chunk);
  std::uint32_t written = 0;
  graphql_errors errors, why;
  out.put('[');
  for (; written < count && why.empty(); ++written) {
    const auto before = out.size();
    if (written != 0) out.put(',');
    const bool good = run_.writer_.write_item(s, s.rest.begin + written, s.index + written);
    if (is_too_large()) return;
    auto found = run_.writer_.take_errors();
    if (good) {
      std::ranges::move(found, std::back_inserter(errors));
      continue;
    }
    why.push_back(std::move(found.back()));
    out.rewind(before);
    break;
  }
  out.put(']');
  const std::string items{out.view().substr(mark)};
  bytes_ += items.size();
  out.rewind(mark);
  if (why.empty() || written != 0)
    queue_.delivered(s, items, written, errors, run_.writer_.take_work());
  if (!why.empty()) queue_.failed(s, why);
}

}  // namespace puff::graphql::internal

namespace puff::graphql::internal {

/// False if the directive's argument is none; then the field has failed.
bool running_execution::set_initial_count(layer& l, std::size_t field) {
  const auto* node = l.plan->fields[field].stream->initial_count;
  l.fields[field].initial_count = 0;
  if (node == nullptr) return true;
  const auto given = untyped(*node, request_.variables);
  const bool is_absent =
      node->kind == node_kind::variable && find_variable(request_.variables, node->text) == nullptr;
  if (is_absent) return true;
  if (given.what() != value::kind::integer || given.integer() < 0) {
    fail_field(l, field, {"initialCount must be a positive integer", {}});
    return false;
  }
  l.fields[field].initial_count = static_cast<std::uint32_t>(given.integer());
  return true;
}

void running_execution::open_first_items(layer& l, std::size_t field, const row_set_ptr& rows) {
  auto& values = l.fields[field];
  values.objects.places.assign(rows->size(), {field_objects::nowhere, field_objects::nowhere});
  std::vector<std::uint32_t> which;
  for (std::size_t row = 0; row < values.values->size(); ++row) {
    const auto c = values.values->at(row);
    if (c.what != cell::kind::list) continue;
    const auto count = std::min(c.list_.end - c.list_.begin, values.initial_count);
    add_rows(*values.values->items(), {c.list_.begin, c.list_.begin + count}, which);
  }
  open_some(l, field, rows, std::move(which), *l.batch);
}

/// Executes these rows of the field's objects, but for those that have been executed.
void running_execution::open_some(layer& l, std::size_t field, const row_set_ptr& rows,
                                  std::vector<std::uint32_t> which, layer_batch& batch) {
  auto& objects = l.fields[field].objects;
  std::ranges::sort(which);
  // Not std::ranges::unique: clang 14 cannot compile it.
  which.erase(std::unique(which.begin(), which.end()), which.end());
  std::erase_if(which, [&](std::uint32_t row) {
    const auto& at = objects.places[row];
    return at.layer != field_objects::nowhere || at.row != field_objects::nowhere;
  });
  if (which.empty()) return;
  const auto some = picked(rows, which);
  const auto before = static_cast<std::uint32_t>(objects.layers.size());
  const auto failures = static_cast<std::uint32_t>(objects.failures.size());
  auto typed = typed_rows_of(*plan_.schema, l.plan->fields[field], *some, request_.context.get());
  for (std::size_t i = 0; i < which.size(); ++i) {
    auto at = typed.places[i];
    if (at.layer == field_objects::nowhere)
      at.row += failures;
    else
      at.layer += before;
    objects.places[which[i]] = at;
  }
  std::ranges::move(typed.failures, std::back_inserter(objects.failures));
  std::vector<layer*> made;
  for (auto& group : typed.groups) {
    const bool is_all = group.rows.size() == which.size();
    made.push_back(
        &add_layer(l, field, *group.plan, is_all ? some : picked(some, std::move(group.rows))));
    made.back()->batch = &batch;
  }
  for (auto* one : made) run_layer(*one);
}

}  // namespace puff::graphql::internal

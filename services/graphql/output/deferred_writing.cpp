// The half of `response_writer` that leaves objects and items for later, and writes them then.
#include <algorithm>

#include "services/graphql/output/response_writer.hpp"

namespace puff::graphql {
namespace {

bool is_within(const response_path& path, const response_path& outer) {
  return path.size() >= outer.size() && std::equal(outer.begin(), outer.end(), path.begin());
}

template <class List, class Within>
void drop_last(List& list, Within within) {
  while (!list.empty() && within(list.back()->path)) list.pop_back();
}

}  // namespace

bool response_writer::write_deferring(const layer& of, std::uint32_t row) {
  const auto outer = scope_;
  std::vector<std::unique_ptr<delivery>> begun;
  for (const auto* usage : of.plan->deferral->usages) {
    auto& made = *begun.emplace_back(std::make_unique<delivery>());
    made.usage = usage;
    made.path = path_;
    made.parent = usage->parent == nullptr ? within_ : find_delivery(usage->parent);
    scope_ = std::make_shared<const delivery_scope>(delivery_scope{&made, scope_});
  }
  const bool good = write_fields(of, row);
  std::ranges::move(begun, std::back_inserter(work_.deliveries));
  if (good) leave(of, row);
  scope_ = outer;
  return good;
}

void response_writer::leave(const layer& of, std::uint32_t row) {
  const auto& parts = of.plan->deferral->parts;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    auto& task = *work_.tasks.emplace_back(std::make_unique<deferred_task>());
    task.of = &of;
    task.part = part;
    task.row = row;
    task.path = path_;
    task.scope = scope_;
    for (const auto* usage : parts[part].usages)
      if (auto* to = find_delivery(usage)) task.deliveries.push_back(to);
  }
}

delivery* response_writer::find_delivery(const defer_usage* usage) const noexcept {
  for (const auto* s = scope_.get(); s != nullptr; s = s->outer.get())
    if (s->innermost->usage == usage) return s->innermost;
  return nullptr;
}

cell::range response_writer::first_items(const place& p, const cell& c) {
  const auto count = c.list_.end - c.list_.begin;
  const auto now = std::min(count, p.values.initial_count);
  if (path_.back().field == nullptr || now == count) return c.list_;  // a list within the list
  auto& stream = *work_.streams.emplace_back(std::make_unique<item_stream>());
  stream.of = &p.of;
  stream.field = p.field;
  stream.rest = {c.list_.begin + now, c.list_.end};
  stream.index = now;
  stream.path = path_;
  return {c.list_.begin, c.list_.begin + now};
}

void response_writer::drop_work_within(const response_path& path) {
  const auto within = [&](const response_path& inner) { return is_within(inner, path); };
  drop_last(work_.tasks, within);
  drop_last(work_.streams, within);
  drop_last(work_.deliveries, within);
}

void response_writer::drop_work(const plan_field& within) {
  drop_work_within({response_step{&within, 0}});
}

bool response_writer::write_task(const deferred_task& task, const layer& fields) {
  path_ = task.path;
  scope_ = task.scope;
  within_ = task.deliveries.empty() ? nullptr : task.deliveries.front();
  const bool good = write_object(fields, task.row);
  if (!good) drop_work_within(path_);
  path_.clear();
  scope_ = nullptr;
  within_ = nullptr;
  return good;
}

bool response_writer::write_item(const item_stream& stream, std::uint32_t item,
                                 std::uint32_t index) {
  const auto& plan = stream.of->plan->fields[stream.field];
  const place p{plan, stream.of->fields[stream.field], *stream.of, stream.field};
  path_ = stream.path;
  path_.push_back({nullptr, index});
  const auto& items = *p.values.values->items();
  const bool good = write_value(p, plan.definition->type.nullable().inner(), items, item);
  if (!good) drop_work_within(path_);
  path_.clear();
  return good;
}

}  // namespace puff::graphql

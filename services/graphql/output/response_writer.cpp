#include "services/graphql/output/response_writer.hpp"

#include "services/graphql/values/inspect.hpp"
#include "services/graphql/values/scalars.hpp"

namespace puff::graphql {
namespace {

std::string name_of(const plan_field& f) { return f.parent->name + "." + f.definition->name; }

}  // namespace

response_writer::response_writer(const operation_plan& plan, json_writer& out,
                                 std::size_t max_errors, std::size_t max_bytes)
    : plan_(plan), out_(out), max_errors_(max_errors), max_bytes_(max_bytes) {}

bool response_writer::write_field(const layer& of, std::size_t field) {
  const auto mark = out_.size();
  if (write_member(of, field, 0)) return true;
  out_.rewind(mark);
  return false;
}

bool response_writer::write_object(const layer& of, std::uint32_t row) {
  if (out_.size() > max_bytes_) {
    too_large_ = true;
    return false;
  }
  if (!of.plan->constant.empty()) {
    out_.raw(of.plan->constant);
    return true;
  }
  if (of.plan->deferral != nullptr) [[unlikely]]
    return write_deferring(of, row);
  return write_fields(of, row);
}

bool response_writer::write_fields(const layer& of, std::uint32_t row) {
  out_.put('{');
  for (std::size_t i = 0; i < of.plan->fields.size(); ++i) {
    if (i != 0) out_.put(',');
    if (!write_member(of, i, row)) return false;
  }
  out_.put('}');
  return true;
}

bool response_writer::write_member(const layer& of, std::size_t field, std::uint32_t row) {
  const auto& plan = of.plan->fields[field];
  out_.raw(plan.key);
  if (plan.from == plan_field::source::type_name) {
    out_.text(of.plan->type->name);
    return true;
  }
  const place p{plan, of.fields[field], of, field};
  const auto& type = plan.definition->type;
  path_.push_back({&plan, 0});
  bool good;
  if (p.values.values != nullptr)
    good = write_value(p, type, *p.values.values, row);
  else
    good = write_failure(p, !type.is_non_null());
  path_.pop_back();
  return good;
}

bool response_writer::write_failure(const place& p, bool may_be_null) {
  if (p.values.failure)
    add_error(p.plan, *p.values.failure, p.values.failure_places);
  else if (!may_be_null)
    fail(p.plan, "Cannot return null for non-nullable field " + name_of(p.plan) + ".");
  if (may_be_null) out_.null();
  return may_be_null;
}

bool response_writer::recover(bool good, bool may_be_null, std::size_t mark) {
  if (good) return true;
  if (!may_be_null || too_large_) return false;
  if (plan_.is_incremental) drop_work_within(path_);
  out_.rewind(mark);
  out_.null();
  return true;
}

bool response_writer::write_value(const place& p, const type_ref& type, const column& of,
                                  std::uint32_t row) {
  const auto c = of.at(row);
  const bool may_be_null = !type.is_non_null();
  if (c.what == cell::kind::null) {
    if (may_be_null) {
      out_.null();
      return true;
    }
    return fail(p.plan, "Cannot return null for non-nullable field " + name_of(p.plan) + ".");
  }
  const auto mark = out_.size();
  return recover(write_not_null(p, type.nullable(), of, c), may_be_null, mark);
}

bool response_writer::write_not_null(const place& p, const type_ref& type, const column& of,
                                     const cell& c) {
  if (c.what == cell::kind::failure) {
    add_error(p.plan, *c.failure_, {});
    return false;
  }
  if (type.is_list()) return write_list(p, type.inner(), of, c);
  if (p.plan.is_composite()) return write_composite(p, of, c);
  return write_leaf(p, type.named(), of, c);
}

bool response_writer::write_list(const place& p, const type_ref& item, const column& of,
                                 const cell& c) {
  if (c.what != cell::kind::list)
    return fail(p.plan,
                "Expected Iterable, but did not find one for field \"" + name_of(p.plan) + "\".");
  const auto& items = *of.items();
  const auto now = p.plan.stream == nullptr ? c.list_ : first_items(p, c);
  const auto at = path_.size();
  path_.push_back({nullptr, 0});
  out_.put('[');
  for (auto i = now.begin; i != now.end; ++i) {
    if (i != c.list_.begin) out_.put(',');
    path_[at].index = i - c.list_.begin;
    if (!write_value(p, item, items, i)) {
      path_.pop_back();
      return false;
    }
  }
  out_.put(']');
  path_.pop_back();
  return true;
}

bool response_writer::write_leaf(const place& p, const named_type& type, const column& of,
                                 const cell& c) {
  auto why = serialise_leaf(type, c, of, plan_.schema->scalars, out_);
  return why.empty() || fail(p.plan, std::move(why));
}

bool response_writer::write_composite(const place& p, const column& of, const cell& c) {
  if (c.what != cell::kind::object)
    return fail(p.plan, "Expected value of type \"" + p.plan.definition->type.named().name +
                            "\" but got: " + inspect(c, of) + ".");
  const auto& objects = p.values.objects;
  if (objects.places.empty()) return write_object(*objects.layers.front(), c.row_);
  const auto at = objects.places[c.row_];
  if (at.layer != field_objects::nowhere) return write_object(*objects.layers[at.layer], at.row);
  add_error(p.plan, objects.failures[at.row], {});
  return false;
}

bool response_writer::fail(const plan_field& f, std::string message) {
  add_error(f, {std::move(message), {}}, {});
  return false;
}

void response_writer::add_error(const plan_field& f, const field_failure& why,
                                std::span<const location> places) {
  if (errors_.size() >= max_errors_) {
    ++omitted_;
    return;
  }
  graphql_error e{.message = why.message, .locations = {places.begin(), places.end()}};
  if (places.empty())
    for (const auto* node : f.nodes) e.locations.push_back(plan_.doc->place_of(*node));
  for (const auto& s : path_)
    if (s.field != nullptr)
      e.path.emplace_back(std::string{s.field->response_key});
    else
      e.path.emplace_back(s.index);
  e.extensions = why.extensions;
  errors_.push_back(std::move(e));
}

void response_writer::drop_errors(std::size_t count) {
  if (count < errors_.size()) errors_.resize(count);
  omitted_ = count - errors_.size();
}

graphql_errors response_writer::take_errors() {
  if (omitted_ != 0)
    errors_.push_back(
        {.message = "Too many errors: " + std::to_string(omitted_) + " more omitted."});
  omitted_ = 0;
  return std::exchange(errors_, {});
}

namespace {

struct step_writer {
  json_writer& out;
  void operator()(const std::string& key) const { out.text(key); }
  void operator()(std::uint32_t index) const { out.integer(index); }
};

template <class List, class Write>
void write_array(json_writer& out, const List& list, Write write) {
  out.put('[');
  bool first = true;
  for (const auto& item : list) {
    if (!first) out.put(',');
    first = false;
    write(item);
  }
  out.put(']');
}

}  // namespace

void write_error(json_writer& out, const graphql_error& e) {
  out.raw("{\"message\":");
  out.text(e.message);
  if (!e.locations.empty()) {
    out.raw(",\"locations\":");
    write_array(out, e.locations, [&](const location& l) {
      out.raw("{\"line\":");
      out.integer(l.line);
      out.raw(",\"column\":");
      out.integer(l.column);
      out.put('}');
    });
  }
  if (!e.path.empty()) {
    out.raw(",\"path\":");
    write_array(out, e.path, [&](const path_step& s) { std::visit(step_writer{out}, s); });
  }
  if (!e.extensions.empty()) {
    out.raw(",\"extensions\":");
    out.raw(e.extensions);
  }
  out.put('}');
}

void write_errors(json_writer& out, const graphql_errors& errors) {
  out.raw("\"errors\":");
  write_array(out, errors, [&](const graphql_error& e) { write_error(out, e); });
}

}  // namespace puff::graphql

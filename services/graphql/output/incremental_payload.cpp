#include "services/graphql/output/incremental_payload.hpp"

#include "services/graphql/output/response_writer.hpp"

namespace puff::graphql {
namespace {

void begin_item(json_writer& list) {
  if (list.size() != 0) list.put(',');
  list.put('{');
}

void write_id(json_writer& out, std::uint32_t id) {
  out.raw("\"id\":\"");
  out.integer(id);
  out.put('"');
}

void write_path(json_writer& out, const response_path& path, std::size_t from = 0) {
  out.put('[');
  for (auto i = from; i < path.size(); ++i) {
    if (i != from) out.put(',');
    if (path[i].field != nullptr)
      out.text(path[i].field->response_key);
    else
      out.integer(path[i].index);
  }
  out.put(']');
}

const std::optional<std::string>& label_of(const item_stream& s) {
  return s.of->plan->fields[s.field].stream->label;
}

/// Adds a list under its name and forgets it.
void add_list(json_writer& out, std::string_view name, json_writer& list) {
  if (list.size() == 0) return;
  out.raw(name);
  out.raw(list.view());
  out.raw("],");
  list.rewind(0);
}

}  // namespace

void incremental_payload::announce(std::uint32_t id, const response_path& path,
                                   const std::optional<std::string>& label) {
  if (!is_by_id()) return;
  begin_item(pending_);
  write_id(pending_, id);
  pending_.raw(",\"path\":");
  write_path(pending_, path);
  if (label) {
    pending_.raw(",\"label\":");
    pending_.text(*label);
  }
  pending_.put('}');
}

void incremental_payload::announce(const delivery& d) { announce(d.id, d.path, d.usage->label); }
void incremental_payload::announce(const item_stream& s) { announce(s.id, s.path, label_of(s)); }

void incremental_payload::end_part(const graphql_errors& errors) {
  if (!errors.empty()) {
    errors_ += errors.size();
    parts_.put(',');
    write_errors(parts_, errors);
  }
  parts_.put('}');
}

void incremental_payload::end_place(const response_path& path,
                                    const std::optional<std::string>& label) {
  parts_.raw(",\"path\":");
  write_path(parts_, path);
  if (!label) return;
  parts_.raw(",\"label\":");
  parts_.text(*label);
}

void incremental_payload::begin_part(std::uint32_t id) {
  begin_item(parts_);
  if (!is_by_id()) return;
  write_id(parts_, id);
  parts_.put(',');
}

void incremental_payload::add(const delivery& to, const deferred_task& task) {
  begin_part(to.id);
  parts_.raw("\"data\":");
  parts_.raw(task.data);
  if (!is_by_id()) {
    end_place(task.path, to.usage->label);
  } else if (task.path.size() > to.path.size()) {
    parts_.raw(",\"subPath\":");
    write_path(parts_, task.path, to.path.size());
  }
  end_part(task.errors);
}

void incremental_payload::add(const item_stream& s, std::string_view items,
                              const graphql_errors& errors) {
  begin_part(s.id);
  parts_.raw("\"items\":");
  parts_.raw(items);
  if (!is_by_id()) {
    auto path = s.path;
    path.push_back({nullptr, s.index});
    end_place(path, label_of(s));
  }
  end_part(errors);
}

void incremental_payload::complete(std::uint32_t id, const graphql_errors* why) {
  begin_item(completed_);
  write_id(completed_, id);
  if (why != nullptr) {
    errors_ += why->size();
    completed_.put(',');
    write_errors(completed_, *why);
  }
  completed_.put('}');
}

void incremental_payload::complete(const delivery& d) { complete(d.id, nullptr); }
void incremental_payload::complete(const item_stream& s) { complete(s.id, nullptr); }

void incremental_payload::fail(const delivery& d, const graphql_errors& why) {
  if (is_by_id()) return complete(d.id, &why);
  begin_part(d.id);
  parts_.raw("\"data\":null");
  end_place(d.path, d.usage->label);
  end_part(why);
}

void incremental_payload::fail(const item_stream& s, const graphql_errors& why) {
  if (is_by_id()) return complete(s.id, &why);
  add(s, "null", why);
}

std::string incremental_payload::take_announcement() {
  json_writer out{256};
  out.put(',');
  add_list(out, "\"pending\":[", pending_);
  out.raw("\"hasNext\":true");
  return out.take();
}

std::string incremental_payload::take(bool has_next) {
  json_writer out{64 + pending_.size() + parts_.size() + completed_.size()};
  out.put('{');
  if (!is_by_id()) completed_.rewind(0);
  add_list(out, "\"pending\":[", pending_);
  add_list(out, "\"incremental\":[", parts_);
  add_list(out, "\"completed\":[", completed_);
  out.raw("\"hasNext\":");
  out.boolean(has_next);
  out.put('}');
  errors_ = 0;
  return out.take();
}

}  // namespace puff::graphql

#include "services/graphql/values/json_input.hpp"

#include <simdjson.h>

namespace puff::graphql {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int max_depth = 200;

/// Turns simdjson's failure into ours once, at the border.
struct failed {
  simdjson::error_code code;
};

template <class T>
T good(simdjson::simdjson_result<T> r) {
  T v;
  if (const auto code = std::move(r).get(v); code != simdjson::SUCCESS) throw failed{code};
  return v;
}

template <class Json>
value number(Json& json) {
  std::int64_t whole = 0;
  if (json.get_int64().get(whole) == simdjson::SUCCESS) return value{whole};
  return value{good<double>(json.get_double())};
}

template <class Json>
value read(Json& json, int depth);

value read_list(ondemand::array items, int depth) {
  value_list out;
  for (auto item : items) {
    auto one = good<ondemand::value>(std::move(item));
    out.push_back(read(one, depth));
  }
  return out;
}

/// The last of equal names counts, as in JavaScript, at the place of the first.
void set(value_object& object, std::string_view name, value v) {
  for (auto& [key, entry] : object)
    if (key == name) {
      entry = std::move(v);
      return;
    }
  object.emplace_back(std::string{name}, std::move(v));
}

value read_object(ondemand::object entries, int depth) {
  value_object out;
  for (auto entry : entries) {
    auto field = good<ondemand::field>(std::move(entry));
    const std::string name{good<std::string_view>(field.unescaped_key())};
    set(out, name, read(field.value(), depth));
  }
  return out;
}

template <class Json>
value read(Json& json, int depth) {
  if (depth > max_depth) throw failed{simdjson::DEPTH_ERROR};
  switch (good<ondemand::json_type>(json.type())) {
    case ondemand::json_type::array:
      return read_list(good<ondemand::array>(json.get_array()), depth + 1);
    case ondemand::json_type::object:
      return read_object(good<ondemand::object>(json.get_object()), depth + 1);
    case ondemand::json_type::number: return number(json);
    case ondemand::json_type::string: return std::string{good<std::string_view>(json.get_string())};
    case ondemand::json_type::boolean: return good<bool>(json.get_bool());
    case ondemand::json_type::null: break;
  }
  if (!json.is_null()) throw failed{simdjson::N_ATOM_ERROR};
  return {};
}

}  // namespace

expected<value> parse_json(std::string_view text) {
  static thread_local ondemand::parser parser;
  const simdjson::padded_string padded{text};
  try {
    ondemand::document document;
    if (const auto code = parser.iterate(padded).get(document); code != simdjson::SUCCESS)
      throw failed{code};
    auto out = read(document, 0);
    if (document.current_location().error() == simdjson::SUCCESS)
      throw failed{simdjson::TAPE_ERROR};
    return out;
  } catch (const failed& f) {
    return make_error(ec::bad_request, simdjson::error_message(f.code));
  } catch (const simdjson::simdjson_error& e) {
    return make_error(ec::bad_request, e.what());
  }
}

expected<value_object> parse_variables(std::string_view text) {
  if (text.empty()) return value_object{};
  auto read = parse_json(text);
  if (!read) return read.error();
  if (read->is_null()) return value_object{};
  if (!read->is_object()) return make_error(ec::bad_request, "variables must be a JSON object");
  return std::move(read->object());
}

}  // namespace puff::graphql

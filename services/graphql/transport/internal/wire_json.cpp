#include "services/graphql/transport/internal/wire_json.hpp"

#include <simdjson.h>

namespace puff::graphql::internal {
namespace {

namespace ondemand = simdjson::ondemand;

/// What is wrong with a request, for its client. Caught within this file.
struct fault {
  std::string text;
};

template <class T>
T good(simdjson::simdjson_result<T> r) {
  T v;
  if (std::move(r).get(v) != simdjson::SUCCESS) throw fault{"The body is no valid JSON."};
  return v;
}

std::string text_of(ondemand::value& v, std::string_view name) {
  if (good(v.type()) != ondemand::json_type::string)
    throw fault{"\"" + std::string{name} + "\" is a string."};
  return std::string{good<std::string_view>(v.get_string())};
}

/// The text of an object; empty for null.
std::string object_of(ondemand::value& v, std::string_view name) {
  const auto type = good(v.type());
  if (type == ondemand::json_type::null) {
    v.is_null();
    return {};
  }
  if (type != ondemand::json_type::object)
    throw fault{"\"" + std::string{name} + "\" is an object."};
  auto object = good<ondemand::object>(v.get_object());
  return std::string{good<std::string_view>(object.raw_json())};
}

wire_operation read_one(ondemand::object fields) {
  wire_operation out;
  bool has_query = false;
  for (auto entry : fields) {
    auto field = good<ondemand::field>(std::move(entry));
    const auto key = good<std::string_view>(field.unescaped_key());
    auto& v = field.value();
    if (key == "query") {
      if (good(v.type()) == ondemand::json_type::null) continue;
      out.query = text_of(v, key);
      has_query = true;
    } else if (key == "operationName") {
      if (good(v.type()) != ondemand::json_type::null) out.operation_name = text_of(v, key);
    } else if (key == "variables") {
      out.variables = object_of(v, key);
    } else if (key == "extensions") {
      out.extensions = object_of(v, key);
    } else if (key == "documentId") {
      if (good(v.type()) != ondemand::json_type::null) out.document_id = text_of(v, key);
    }
  }
  if (!has_query && out.extensions.empty() && out.document_id.empty())
    throw fault{"\"query\" is missing."};
  out.persisted_hash = persisted_hash_of(out.extensions);
  out.operation_id = operation_id_of(out.extensions);
  return out;
}

wire_operations read_list(ondemand::array items, std::uint32_t max_batch) {
  if (max_batch == 0) throw fault{"A list of operations is not accepted here."};
  wire_operations out{{}, true};
  for (auto item : items) {
    if (out.all.size() == max_batch)
      throw fault{"More than " + std::to_string(max_batch) + " operations in one request."};
    auto one = good<ondemand::value>(std::move(item));
    if (good(one.type()) != ondemand::json_type::object)
      throw fault{"An operation is a JSON object."};
    out.all.push_back(read_one(good<ondemand::object>(one.get_object())));
  }
  if (out.all.empty()) throw fault{"The list has no operation."};
  return out;
}

ondemand::parser& parser_of_this_thread() {
  thread_local ondemand::parser parser;
  return parser;
}

}  // namespace

std::variant<wire_operations, std::string> read_operations(std::string_view json,
                                                           std::uint32_t max_batch) {
  try {
    const simdjson::padded_string padded{json};
    auto doc = good<ondemand::document>(parser_of_this_thread().iterate(padded));
    wire_operations out;
    switch (good(doc.type())) {
      case ondemand::json_type::object:
        out.all.push_back(read_one(good<ondemand::object>(doc.get_object())));
        break;
      case ondemand::json_type::array:
        out = read_list(good<ondemand::array>(doc.get_array()), max_batch);
        break;
      default: throw fault{"The body is a JSON object."};
    }
    const char* rest = nullptr;
    if (doc.current_location().get(rest) == simdjson::SUCCESS)
      throw fault{"The body is no valid JSON."};
    return out;
  } catch (fault& why) {
    return std::move(why.text);
  } catch (const simdjson::simdjson_error&) {
    return std::string{"The body is no valid JSON."};
  }
}

std::optional<wire_frame> read_frame(std::string_view json) {
  try {
    const simdjson::padded_string padded{json};
    auto doc = good<ondemand::document>(parser_of_this_thread().iterate(padded));
    wire_frame out;
    bool has_type = false;
    for (auto entry : good<ondemand::object>(doc.get_object())) {
      auto field = good<ondemand::field>(std::move(entry));
      const std::string key{good<std::string_view>(field.unescaped_key())};
      auto& v = field.value();
      if (key == "type") {
        out.type = text_of(v, key);
        has_type = true;
      } else if (key == "id") {
        out.id = text_of(v, key);
      } else if (key == "payload" && good(v.type()) != ondemand::json_type::null) {
        out.payload = good<std::string_view>(simdjson::to_json_string(v));
      }
    }
    if (!has_type) return std::nullopt;
    return out;
  } catch (const fault&) {
    return std::nullopt;
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

std::string operation_id_of(std::string_view extensions) {
  if (extensions.find("operationId") == extensions.npos) return {};
  const simdjson::padded_string padded{extensions};
  simdjson::dom::parser parser;
  std::string_view id;
  if (parser.parse(padded)["operationId"].get(id) != simdjson::SUCCESS) return {};
  return std::string{id};
}

std::string persisted_hash_of(std::string_view extensions) {
  if (extensions.find("persistedQuery") == extensions.npos) return {};
  try {
    const simdjson::padded_string padded{extensions};
    simdjson::dom::parser parser;
    std::string_view hash;
    if (parser.parse(padded)["persistedQuery"]["sha256Hash"].get(hash) != simdjson::SUCCESS)
      return {};
    return std::string{hash};
  } catch (const simdjson::simdjson_error&) {
    return {};
  }
}

std::variant<std::unordered_map<std::string, std::string>, std::string> read_document_list(
    std::string_view json) {
  namespace dom = simdjson::dom;
  std::unordered_map<std::string, std::string> out;
  const simdjson::padded_string padded{json};
  dom::parser parser;
  dom::object all;
  if (parser.parse(padded).get(all) != simdjson::SUCCESS) return "it is no JSON object";
  dom::array operations;
  if (all["operations"].get(operations) == simdjson::SUCCESS) {
    for (const auto one : operations) {
      std::string_view id, body;
      if (one["id"].get(id) != simdjson::SUCCESS || one["body"].get(body) != simdjson::SUCCESS)
        return "an operation of the manifest has no \"id\" or no \"body\"";
      out.insert_or_assign(std::string{id}, std::string{body});
    }
    return out;
  }
  for (const auto [id, text] : all) {
    std::string_view body;
    if (text.get(body) != simdjson::SUCCESS)
      return "the document of \"" + std::string{id} + "\" is no string";
    out.insert_or_assign(std::string{id}, std::string{body});
  }
  return out;
}

namespace {

std::optional<std::string> authorization_in(ondemand::object fields, bool is_outer) {
  std::optional<std::string> found;
  for (auto entry : fields) {
    auto field = good<ondemand::field>(std::move(entry));
    const std::string key{good<std::string_view>(field.unescaped_key())};
    auto& v = field.value();
    const auto type = good(v.type());
    if (type == ondemand::json_type::string && equal_ignoring_case(key, "authorization"))
      found = text_of(v, key);
    else if (is_outer && !found && type == ondemand::json_type::object && key == "headers")
      found = authorization_in(good<ondemand::object>(v.get_object()), false);
  }
  return found;
}

}  // namespace

std::optional<std::string> authorization_of(std::string_view payload) {
  if (payload.empty()) return std::nullopt;
  try {
    const simdjson::padded_string padded{payload};
    auto doc = good<ondemand::document>(parser_of_this_thread().iterate(padded));
    return authorization_in(good<ondemand::object>(doc.get_object()), true);
  } catch (const fault&) {
    return std::nullopt;
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

bool is_object_or_null(std::string_view json) {
  try {
    const simdjson::padded_string padded{json};
    auto doc = good<ondemand::document>(parser_of_this_thread().iterate(padded));
    const auto type = good(doc.type());
    return type == ondemand::json_type::object || type == ondemand::json_type::null;
  } catch (const fault&) {
    return false;
  }
}

}  // namespace puff::graphql::internal

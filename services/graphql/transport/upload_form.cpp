#include "services/graphql/transport/upload_form.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/header_block.hpp"
#include "services/graphql/transport/media_type.hpp"
#include "services/graphql/values/json_input.hpp"

namespace puff::graphql {
namespace {

constexpr std::size_t max_headers = 8 * 1024, max_map = 64 * 1024;
constexpr std::string_view line = "\r\n";

form_fault bad(std::string why) { return {400, std::move(why)}; }

/// The value of a parameter of a field's value, as it is written: name="a \"b\"".
std::optional<std::string> parameter(std::string_view field, std::string_view name) {
  for (auto at = field.find(';'); at != field.npos; at = field.find(';', at)) {
    ++at;
    while (at < field.size() && (field[at] == ' ' || field[at] == '\t')) ++at;
    const auto key = field.substr(at, field.find('=', at) - at);
    at += std::min(key.size() + 1, field.size() - at);
    std::string out;
    if (at < field.size() && field[at] == '"') {
      for (++at; at < field.size() && field[at] != '"'; ++at) {
        if (field[at] == '\\' && at + 1 < field.size() &&
            (field[at + 1] == '"' || field[at + 1] == '\\'))
          ++at;
        out += field[at];
      }
    } else {
      out = field.substr(at, field.find(';', at) - at);
    }
    if (equal_ignoring_case(key, name)) return out;
  }
  return std::nullopt;
}

/// A field of a part's headers; empty if it is not there.
std::string_view header_of(std::string_view headers, std::string_view name) {
  while (!headers.empty()) {
    const auto one = headers.substr(0, headers.find(line));
    headers.remove_prefix(std::min(one.size() + line.size(), headers.size()));
    const auto colon = one.find(':');
    if (colon == one.npos || !equal_ignoring_case(one.substr(0, colon), name)) continue;
    auto text = one.substr(colon + 1);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text;
  }
  return {};
}

/// The place of a path like "variables.files.0" in a value; null if there is none.
value* find_place(value& in, std::string_view path) {
  auto* at = &in;
  while (true) {
    const auto step = path.substr(0, path.find('.'));
    if (at->is_object()) {
      const auto entry = std::ranges::find(at->object(), step,
                                           [](const auto& e) { return std::string_view{e.first}; });
      if (entry == at->object().end()) return nullptr;
      at = &entry->second;
    } else if (at->is_list()) {
      std::size_t index = 0;
      const auto [end, wrong] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (wrong != std::errc{} || end != step.data() + step.size() || index >= at->list().size())
        return nullptr;
      at = &at->list()[index];
    } else {
      return nullptr;
    }
    if (step.size() == path.size()) return at;
    path.remove_prefix(step.size() + 1);
  }
}

bool is_text(const value& v) { return v.is_text(); }

}  // namespace

bool is_form(const puff::request& head) {
  return parse_media_type(head.headers.get("content-type")).type == "multipart/form-data";
}

std::optional<form_fault> refuse_form(const puff::request& head) {
  for (const auto* name :
       {"graphql-require-preflight", "apollo-require-preflight", "x-requested-with"}) {
    if (!head.headers.contains(name)) continue;
    const auto boundary = parameter(head.headers.get("content-type"), "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70)
      return bad("The Content-Type of the form has no boundary.");
    return std::nullopt;
  }
  return form_fault{403,
                    "Files are accepted with a header field that pages of other sites cannot send "
                    "unasked: set GraphQL-Require-Preflight (or Apollo-Require-Preflight, or "
                    "X-Requested-With) to any value."};
}

upload_form::upload_form(const puff::request& head, const upload_rules& rules)
    : rules_(rules),
      delimiter_("\r\n--" + parameter(head.headers.get("content-type"), "boundary").value_or("")),
      buffer_(line) {}

std::optional<form_fault> upload_form::take(std::string_view bytes) {
  taken_ += bytes.size();
  if (taken_ > rules_.max_bytes)
    return form_fault{413, "The request is larger than " + std::to_string(rules_.max_bytes) +
                               " bytes with its files."};
  buffer_ += bytes;
  fault wrong;
  while (step(wrong)) {
  }
  return wrong;
}

/// False if more bytes are needed, or something is wrong.
bool upload_form::step(fault& wrong) {
  switch (state_) {
    case state::preamble: return skip_preamble();
    case state::behind_boundary: return pass_boundary(wrong);
    case state::headers: return read_headers(wrong);
    case state::content: return read_content(wrong);
    case state::done: buffer_.clear(); return false;
  }
  return false;
}

bool upload_form::skip_preamble() {
  const auto at = buffer_.find(delimiter_);
  const auto kept = std::min(buffer_.size(), delimiter_.size());
  buffer_.erase(0, at == buffer_.npos ? buffer_.size() - kept : at + delimiter_.size());
  if (at == buffer_.npos) return false;
  state_ = state::behind_boundary;
  return true;
}

bool upload_form::pass_boundary(fault& wrong) {
  if (buffer_.size() < 2) return false;
  if (buffer_.starts_with("--")) {
    state_ = state::done;
    return true;
  }
  const auto end = buffer_.find(line);
  if (end == buffer_.npos && buffer_.size() < 256) return false;
  if (end != buffer_.find_first_not_of(" \t")) {
    wrong = bad("A boundary of the form does not end its line.");
    return false;
  }
  buffer_.erase(0, end);  // the end of the line may be the end of the headers
  state_ = state::headers;
  return true;
}

bool upload_form::read_headers(fault& wrong) {
  const auto end = buffer_.find("\r\n\r\n");
  if (end == buffer_.npos) {
    if (buffer_.size() > max_headers) wrong = bad("The headers of a part are too long.");
    return false;
  }
  const auto headers = buffer_.substr(line.size(), end < line.size() ? 0 : end - line.size());
  buffer_.erase(0, end + 4);
  wrong = begin_part(headers);
  state_ = state::content;
  return !wrong;
}

upload_form::fault upload_form::begin_part(std::string_view headers) {
  const auto disposition = header_of(headers, "content-disposition");
  const auto field = parameter(disposition, "name");
  if (!field) return bad("A part of the form has no name.");
  if (*field == "operations" && !has_operations_) {
    has_operations_ = true;
    part_ = part::operations;
    return std::nullopt;
  }
  if (!has_operations_) return bad("The first part of the form is \"operations\".");
  if (*field == "map" && !has_map_) {
    has_map_ = true;
    part_ = part::map;
    return std::nullopt;
  }
  if (!has_map_) return bad("The second part of the form is \"map\".");
  if (places_.empty())
    if (auto wrong = read_map()) return wrong;
  return begin_file(*field, headers, parameter(disposition, "filename").value_or(""));
}

upload_form::fault upload_form::begin_file(const std::string& field, std::string_view headers,
                                           std::string name) {
  const auto known =
      std::ranges::any_of(places_, [&](const auto& place) { return place.first == field; });
  if (!known) return bad("The map does not name the file \"" + field + "\".");
  if (!positions_.emplace(field, files_->files.size()).second)
    return bad("The file \"" + field + "\" is there twice.");
  if (files_->files.size() >= rules_.max_files)
    return form_fault{
        413, "The limit of files in one request is " + std::to_string(rules_.max_files) + "."};
  part_ = part::file;
  const auto type = header_of(headers, "content-type");
  files_->files.emplace_back(std::move(name),
                             std::string{type.empty() ? "application/octet-stream" : type});
  return std::nullopt;
}

bool upload_form::read_content(fault& wrong) {
  const auto at = buffer_.find(delimiter_);
  if (at == buffer_.npos) {
    if (buffer_.size() < delimiter_.size()) return false;
    const auto safe = buffer_.size() - delimiter_.size() + 1;
    wrong = add(std::string_view{buffer_}.substr(0, safe));
    buffer_.erase(0, safe);
    return false;
  }
  if (at != 0) wrong = add(std::string_view{buffer_}.substr(0, at));
  buffer_.erase(0, at + delimiter_.size());
  state_ = state::behind_boundary;
  return !wrong;
}

upload_form::fault upload_form::add(std::string_view bytes) {
  if (part_ == part::file) {
    auto& file = files_->files.back();
    if (file.size() + bytes.size() > rules_.max_file_bytes)
      return form_fault{413, "A file is larger than the limit of " +
                                 std::to_string(rules_.max_file_bytes) + " bytes."};
    if (auto kept = file.append(bytes); !kept)
      return form_fault{503, "A file cannot be kept at the moment."};
    return std::nullopt;
  }
  auto& text = part_ == part::map ? map_ : operations_;
  const auto limit = part_ == part::map ? max_map : rules_.max_operations_bytes;
  if (text.size() + bytes.size() > limit)
    return form_fault{413,
                      "A part of the form is larger than " + std::to_string(limit) + " bytes."};
  text += bytes;
  return std::nullopt;
}

upload_form::fault upload_form::read_map() {
  const auto map = parse_json(map_);
  if (!map || !map->is_object()) return bad("\"map\" is a JSON object.");
  for (const auto& [field, paths] : map->object()) {
    if (!paths.is_list() || paths.list().empty() || !std::ranges::all_of(paths.list(), is_text))
      return bad("\"map\" has a list of paths for each file.");
    auto& place = places_.emplace_back(field, std::vector<std::string>{});
    for (const auto& path : paths.list()) place.second.push_back(path.text());
  }
  if (places_.size() > rules_.max_files)
    return form_fault{
        413, "The limit of files in one request is " + std::to_string(rules_.max_files) + "."};
  return std::nullopt;
}

std::variant<std::string, form_fault> upload_form::finish() {
  if (state_ != state::done) return bad("The form is not complete.");
  if (!has_operations_ || !has_map_) return bad("The form has no \"operations\" or no \"map\".");
  if (places_.empty())
    if (auto wrong = read_map()) return std::move(*wrong);
  auto operations = parse_json(operations_);
  if (!operations) return bad("\"operations\" is no valid JSON.");
  for (const auto& [field, paths] : places_) {
    const auto file = positions_.find(field);
    if (file == positions_.end()) return bad("The file \"" + field + "\" of the map is missing.");
    for (const auto& path : paths) {
      auto* place = find_place(*operations, path);
      if (place == nullptr || !place->is_null())
        return bad("There is no null at \"" + path + "\" for the file \"" + field + "\".");
      *place = upload_token(file->second);
    }
  }
  return to_json(*operations);
}

}  // namespace puff::graphql

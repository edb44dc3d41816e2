#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schemas/request.hpp"
#include "services/graphql/transport/uploaded_file.hpp"

namespace puff::graphql {

/// What a request with files may be.
struct upload_rules {
  std::uint32_t max_files = 10;
  std::size_t max_file_bytes = 10u << 20;
  std::size_t max_bytes = 32u << 20;            ///< of the whole body
  std::size_t max_operations_bytes = 1u << 20;  ///< of what is no file
};

/// Why a form is none, for its client.
struct form_fault {
  std::uint16_t status;
  std::string text;
};

/// Whether a request is a form (multipart/form-data).
bool is_form(const puff::request& head);
/// Why files are refused by the head alone: a form without boundary, or one that a page of another
/// site may send without asking, for want of a header field that no form has.
std::optional<form_fault> refuse_form(const puff::request& head);

/// Reads the body of a request with files piece by piece, by the GraphQL multipart request
/// specification: "operations", "map", then the files. Files never lie in memory as a whole.
class upload_form {
 public:
  upload_form(const puff::request& head, const upload_rules& rules);

  /// The next bytes of the body.
  std::optional<form_fault> take(std::string_view bytes);
  /// The body is complete: its operations as JSON, with a token in the place of each file.
  std::variant<std::string, form_fault> finish();
  std::shared_ptr<upload_list> files() const { return files_; }

 private:
  enum class state : std::uint8_t { preamble, behind_boundary, headers, content, done };
  enum class part : std::uint8_t { operations, map, file };
  using fault = std::optional<form_fault>;

  bool step(fault& wrong);
  bool skip_preamble();
  bool pass_boundary(fault& wrong);
  bool read_headers(fault& wrong);
  fault begin_part(std::string_view headers);
  fault begin_file(const std::string& field, std::string_view headers, std::string name);
  bool read_content(fault& wrong);
  fault add(std::string_view bytes);
  fault read_map();

  const upload_rules rules_;
  std::string delimiter_;  ///< with the line's end before it
  std::string buffer_;
  std::size_t taken_ = 0;
  state state_ = state::preamble;
  part part_ = part::operations;
  std::string operations_, map_;
  bool has_operations_ = false, has_map_ = false;
  std::vector<std::pair<std::string, std::vector<std::string>>> places_;  ///< by field, of the map
  std::map<std::string, std::size_t> positions_;                          ///< of fields in `files_`
  std::shared_ptr<upload_list> files_ = std::make_shared<upload_list>();
};

}  // namespace puff::graphql

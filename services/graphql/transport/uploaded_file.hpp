#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"
#include "services/graphql/values/value.hpp"

namespace puff::graphql {

/// A file that came with a request: in memory while it is small, else in a temporary file without
/// a name. Gone with the object, but for who has opened `path()` before.
class uploaded_file {
 public:
  /// So many bytes stay in memory.
  static constexpr std::size_t memory = 256 * 1024;

  uploaded_file(std::string name, std::string content_type)
      : name_(std::move(name)), content_type_(std::move(content_type)) {}
  uploaded_file(uploaded_file&& other) noexcept;
  uploaded_file& operator=(uploaded_file&&) = delete;
  ~uploaded_file();

  /// The error is the system's: no space, no more files.
  expected<void> append(std::string_view bytes);

  const std::string& name() const noexcept { return name_; }
  const std::string& content_type() const noexcept { return content_type_; }
  std::size_t size() const noexcept { return size_; }
  /// Where this process can open it for reading; each opening has a position of its own.
  std::string path() const;

 private:
  expected<void> open(int made);
  expected<void> move_to_disk();

  std::string name_, content_type_;
  std::size_t size_ = 0;
  int descriptor_ = -1;
  bool is_on_disk_ = false;
};

/// The files of one request; an input value names one by its position.
struct upload_list {
  std::vector<uploaded_file> files;
};

/// The value that stands for a file in variables. No JSON without files means anything by it: the
/// request's list is looked at when the value is used.
value upload_token(std::size_t position);
/// The position that a value names; none if it names none.
std::optional<std::size_t> uploaded_position(const value& v) noexcept;
/// The file of `files`, which may be null, that a value names; null if it names none.
const uploaded_file* uploaded_to(const std::shared_ptr<const upload_list>& files,
                                 const value& v) noexcept;

}  // namespace puff::graphql

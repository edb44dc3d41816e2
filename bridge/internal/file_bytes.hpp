#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

namespace puff::bridge::internal {

/// A file's content, or why it could not be read.
struct file_bytes {
  std::string path;
  std::string content;
  int error_number = 0;

  /// bytes, or null with the OSError that `open` would raise.
  PyObject* to_python() const;
};

/// Reads a whole file. Blocks; needs no GIL.
std::shared_ptr<const file_bytes> read_file(const std::string& path);

}  // namespace puff::bridge::internal

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace puff::graphql {

struct layer;

/// How long the parts of a request took. One thread.
class request_trace {
 public:
  using clock = std::chrono::steady_clock;

  struct span {
    clock::time_point from{}, to{};
  };
  span parsing, validation;  ///< empty where the document was known

  /// A resolver or statement begins for all objects of a layer; the number is to end it by.
  std::size_t begin(const layer& of, std::size_t field);
  void end(std::size_t number) { calls_[number].time.to = clock::now(); }

  /// The text of a JSON object for the response's `extensions`, in the manner of Apollo Tracing,
  /// format 1: times are nanoseconds since the start. A path has no indices, since a resolver is
  /// called once for all objects; `parents` tells how many they are.
  std::string extensions() const;

 private:
  struct call {
    std::string path, parent, name, type;  ///< the first as JSON
    std::size_t parents;
    span time;
  };
  std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
  clock::time_point started_ = clock::now();
  std::vector<call> calls_;
};

}  // namespace puff::graphql

#include "cli/console.hpp"

#include <cstdio>
#include <string>

namespace puff::cli {

void print_error(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  auto line = "puff: error: " + std::string{text} + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int print_failure(const error& why) {
  auto context = context_of(why);
  print_error(context.empty() ? describe(why) : context);
  return row_of(code_of(why)).exit_code;
}

bool print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

}  // namespace puff::cli

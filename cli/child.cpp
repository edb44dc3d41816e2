#include "cli/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "services/dev_servers/child_signals.hpp"

namespace puff::cli {
namespace {

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> entries;
  for (auto** entry = environ; *entry; ++entry) {
    std::string text = *entry;
    if (!more.contains(text.substr(0, text.find('=')))) entries.push_back(std::move(text));
  }
  for (const auto& [name, value] : more) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// In the child, where only async-signal-safe calls are allowed. Returns only by ending.
[[noreturn]] void become(char** words, char** environment, pid_t parent, int report,
                         child_group group) {
  if (group == child_group::own) ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  dev::give_signals_back();
  if (::getppid() == parent) ::execvpe(words[0], words, environment);
  const int why = errno;
  [[maybe_unused]] auto written = ::write(report, &why, sizeof why);
  ::_exit(127);
}

}  // namespace

expected<pid_t> start_child(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& more_environment,
                            child_group group) {
  auto arguments = words;
  auto environment = environment_with(more_environment);
  auto argument_pointers = pointers_to(arguments);
  auto environment_pointers = pointers_to(environment);
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0)
    return make_error(ec::io_failed, words[0] + ": " + std::strerror(errno));
  const dev::blocked_signals until_exec;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0)
    become(argument_pointers.data(), environment_pointers.data(), parent, report[1], group);
  const int fork_failure = errno;
  ::close(report[1]);
  int failure = child < 0 ? fork_failure : 0;
  // The pipe is closed by a successful exec.
  if (child > 0 && ::read(report[0], &failure, sizeof failure) > 0) ::waitpid(child, nullptr, 0);
  ::close(report[0]);
  if (failure == ENOENT) return make_error(ec::not_found, words[0] + ": there is no such program");
  if (failure != 0) return make_error(ec::io_failed, words[0] + ": " + std::strerror(failure));
  return child;
}

void signal_child(pid_t child, int number) { ::kill(-child, number); }

std::string text_of_status(int status) {
  if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  return "signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
}

}  // namespace puff::cli

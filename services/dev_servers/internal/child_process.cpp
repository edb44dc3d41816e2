#include "services/dev_servers/internal/child_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "services/dev_servers/child_signals.hpp"

namespace puff::dev::internal {
namespace {

// Everything below runs between fork and exec: only calls that are safe in a signal handler.
[[noreturn]] void become(char* const* words, int log, int keep_open, int report, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  ::setsid();
  give_signals_back();
  int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool ready =
      nothing >= 0 && ::dup2(nothing, 0) >= 0 && ::dup2(log, 1) >= 0 && ::dup2(log, 2) >= 0;
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (keep_open >= 0) ready = ready && ::fcntl(keep_open, F_SETFD, 0) == 0;
  if (ready) ::execv(words[0], words);
  int why = errno;
  [[maybe_unused]] auto told = ::write(report, &why, sizeof why);
  ::_exit(127);
}

class open_file {
 public:
  explicit open_file(int descriptor) : descriptor_(descriptor) {}
  open_file(const open_file&) = delete;
  ~open_file() { reset(); }
  int get() const { return descriptor_; }
  void reset() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_;
};

// The errno that the child reports before exec; 0 once exec has closed the pipe.
int start_failure(int pipe) {
  int why = 0;
  ssize_t got;
  do got = ::read(pipe, &why, sizeof why);
  while (got < 0 && errno == EINTR);
  return got == sizeof why ? why : 0;
}

}  // namespace

void child_process::keep(const command_line& what) {
  auto settle = [this](int failure, pid_t pid) {
    std::lock_guard lock{guard_};
    failure_ = failure;
    pid_ = failure ? 0 : pid;
    changed_.notify_all();
  };
  open_file log{::open(what.log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)};
  int ends[2];
  if (log.get() < 0 || ::pipe2(ends, O_CLOEXEC) != 0) return settle(errno, 0);
  open_file reading{ends[0]}, writing{ends[1]};
  std::vector<char*> words;
  for (const auto& word : what.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  auto parent = ::getpid();
  auto pid = ::fork();
  if (pid < 0) return settle(errno, 0);
  if (pid == 0) become(words.data(), log.get(), what.keep_open, writing.get(), parent);
  writing.reset();
  settle(start_failure(reading.get()), pid);

  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  std::lock_guard lock{guard_};  // no signal may be sent between reaping and forgetting the pid
  int status = 0;
  ::waitpid(pid, &status, 0);
  status_ = status;
  pid_ = 0;
  changed_.notify_all();
}

expected<std::unique_ptr<child_process>> child_process::spawn(command_line what) {
  std::unique_ptr<child_process> child{new child_process};
  auto program = what.words.at(0);
  {
    const blocked_signals none;  // the keeper handles no signal of the program
    child->keeper_ = std::thread{[c = child.get(), what = std::move(what)] { c->keep(what); }};
  }
  int failure = 0;
  {
    std::unique_lock lock{child->guard_};
    child->changed_.wait(lock, [&] { return child->failure_.has_value(); });
    failure = *child->failure_;
  }
  if (failure == 0) return child;
  return make_error(ec::io_failed, "cannot start " + program + ": " + std::strerror(failure));
}

child_process::~child_process() {
  signal(SIGKILL);
  keeper_.join();
}

pid_t child_process::pid() const {
  std::lock_guard lock{guard_};
  return pid_;
}

bool child_process::ended_within(std::chrono::milliseconds time) const {
  std::unique_lock lock{guard_};
  return changed_.wait_for(lock, time, [this] { return status_.has_value(); });
}

void child_process::signal(int number) const {
  std::lock_guard lock{guard_};
  if (pid_) ::kill(pid_, number);
}

std::string child_process::outcome() const {
  std::lock_guard lock{guard_};
  if (!status_) return "is running";
  if (WIFEXITED(*status_)) return "exited with status " + std::to_string(WEXITSTATUS(*status_));
  return "was ended by signal " + std::to_string(WTERMSIG(*status_));
}

}  // namespace puff::dev::internal

#include "host/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "host/call_filter.h"

namespace locksmith::host {
namespace {

// --- Files -------------------------------------------------------------------------------------------------------------------

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReadFolder = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriteFile = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kWriteFolder = kReadFolder | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
// All that the first version of Landlock knows: what is not allowed somewhere is refused everywhere.
constexpr std::uint64_t kHandled = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                                   LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                   LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                   LANDLOCK_ACCESS_FS_MAKE_SYM;

// What the C library reads to look a name up (with the modules that it loads for that), and where certificates of authorities are.
constexpr std::array kSystemFiles{"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
                                  "/etc/protocols", "/etc/ld.so.cache", "/etc/localtime", "/run/systemd/resolve", "/run/resolvconf",
                                  "/run/NetworkManager", "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/usr/share/ca-certificates",
                                  "/usr/local/share/ca-certificates", "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo",
                                  "/proc/self", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random"};

void allow(int rules, const char* path, std::uint64_t access) {
  const int opened = ::open(path, O_PATH | O_CLOEXEC);
  if (opened < 0) return;
  struct stat facts {};
  // Rights of folders may not be given to a file.
  if (::fstat(opened, &facts) == 0 && !S_ISDIR(facts.st_mode)) access &= kWriteFile;
  landlock_path_beneath_attr below{};
  below.allowed_access = access;
  below.parent_fd = opened;
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0U);
  ::close(opened);
}

bool lock_files(const SandboxPaths& paths) {
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = kHandled;
  const auto rules = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0U));
  if (rules < 0) return false;
  for (const char* const path : kSystemFiles) allow(rules, path, kReadFolder);
  allow(rules, "/dev/null", kWriteFile);
  for (const std::string& path : paths.read) allow(rules, path.c_str(), kReadFolder);
  for (const std::string& path : paths.write) allow(rules, path.c_str(), kWriteFolder);
  const bool locked = ::syscall(SYS_landlock_restrict_self, rules, 0U) == 0;
  ::close(rules);
  return locked;
}

// --- Ways out ----------------------------------------------------------------------------------------------------------------

// A call that must be refused, with arguments that do no harm where it is not: it then succeeds, or fails for another reason.
struct Attempt {
  const char* name;
  long call;
  long first = -1;
  long second = 0;
};
constexpr std::array kAttempts{
    Attempt{"bind", SYS_bind},
    Attempt{"clone3", SYS_clone3, 0},
    Attempt{"inotify_add_watch", SYS_inotify_add_watch},
    Attempt{"io_uring_setup", SYS_io_uring_setup, 1},
    Attempt{"ioctl TIOCSTI", SYS_ioctl, -1, TIOCSTI},
    Attempt{"kill", SYS_kill, 0, 0},
    Attempt{"listen", SYS_listen},
    Attempt{"memfd_create", SYS_memfd_create, 0, 0},
    Attempt{"mkdirat", SYS_mkdirat},
    Attempt{"prctl PR_SET_DUMPABLE", SYS_prctl, PR_SET_DUMPABLE, 1},
    Attempt{"process_vm_readv", SYS_process_vm_readv},
    Attempt{"ptrace", SYS_ptrace, PTRACE_TRACEME, 0},
    Attempt{"setns", SYS_setns},
    Attempt{"setsid", SYS_setsid},
    Attempt{"tgkill", SYS_tgkill, 1, 1},
    Attempt{"unshare", SYS_unshare, 0},
};

bool can_run_programs() {
  const pid_t child = ::fork();
  if (child == 0) {
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    ::execv(name, arguments);
    ::_exit(1);
  }
  if (child < 0) {
    // No child to try it in. A program that is not there is looked for only where running one is not refused.
    char name[] = "";
    char* arguments[] = {name, nullptr};
    ::execv(name, arguments);
    return errno != EPERM;
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool keep_memory_private() {
  const rlimit none{0, 0};
  return ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

std::vector<std::string> enter_sandbox(const SandboxPaths& paths) {
  std::vector<std::string> missing;
  if (!keep_memory_private()) {
    missing.emplace_back("its memory could be dumped: a core file would hold the real keys");
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) missing.emplace_back("it could gain privileges by running a program");
  if (!lock_files(paths)) missing.emplace_back("this kernel has no Landlock: all files of its user stay open to it");
  if (!filter_calls()) missing.emplace_back("this kernel takes no seccomp filter: every system call stays open to it");
  return missing;
}

std::vector<std::string> try_to_leave_sandbox() {
  std::vector<std::string> possible;
  // Others' files that root may read, and everybody.
  for (const char* const path : {"/etc/shadow", "/etc/passwd"}) {
    const int opened = ::open(path, O_RDONLY | O_CLOEXEC);
    if (opened >= 0) {
      ::close(opened);
      possible.emplace_back(std::string("open ") + path);
    }
  }
  if (can_run_programs()) possible.emplace_back("exec");
  const int kernel = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (kernel >= 0) {
    ::close(kernel);
    possible.emplace_back("AF_NETLINK");
  }
  for (const Attempt& attempt : kAttempts) {
    const long result = ::syscall(attempt.call, attempt.first, attempt.second, 0L, 0L, 0L);
    if (result >= 0 || (errno != EPERM && errno != ENOSYS)) possible.emplace_back(attempt.name);
  }
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) possible.emplace_back("dump");
  return possible;
}

}  // namespace locksmith::host

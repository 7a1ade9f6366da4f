#include "host/sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
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
#include <cstddef>
#include <cstdint>

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

// --- System calls ------------------------------------------------------------------------------------------------------------

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;  // unknown: no filter, and that is said
#endif

constexpr std::array<std::uint32_t, 33> kRefusedCalls{
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_pidfd_open, SYS_kcmp,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_keyctl,
    SYS_add_key, SYS_request_key, SYS_acct, SYS_quotactl, SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_personality};

bool lock_calls() {
  if (kArchitecture == 0) return false;
  const auto load = [](std::size_t offset) { return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}; };
  const auto give = [](std::uint32_t verdict) { return sock_filter{BPF_RET | BPF_K, 0, 0, verdict}; };
  const auto skip_unless = [](std::uint32_t value, std::uint8_t lines) { return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, lines, value}; };
  std::vector<sock_filter> program;
  program.push_back(load(offsetof(seccomp_data, arch)));
  // Another architecture's calls have other numbers: none is known, so none is made.
  program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture});
  program.push_back(give(SECCOMP_RET_KILL_PROCESS));
  program.push_back(load(offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
  constexpr std::uint32_t kX32 = 0x40000000;
  program.push_back({BPF_JMP | BPF_JGE | BPF_K, 0, 1, kX32});
  program.push_back(give(SECCOMP_RET_KILL_PROCESS));
#endif
  for (const std::uint32_t call : kRefusedCalls) {
    program.push_back(skip_unless(call, 1));
    program.push_back(give(SECCOMP_RET_ERRNO | EPERM));
  }
  // Of sockets, those of the internet and of this machine only. The C library does without the kernel's list of addresses.
  program.push_back(skip_unless(SYS_socket, 5));
  program.push_back(load(offsetof(seccomp_data, args[0])));
  program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 3, 0, AF_INET});
  program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 2, 0, AF_INET6});
  program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AF_UNIX});
  program.push_back(give(SECCOMP_RET_ERRNO | EAFNOSUPPORT));
  program.push_back(give(SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

std::vector<std::string> enter_sandbox(const SandboxPaths& paths) {
  std::vector<std::string> missing;
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    missing.emplace_back("its memory could be dumped: a core file would hold the real keys");
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) missing.emplace_back("it could gain privileges by running a program");
  if (!lock_files(paths)) missing.emplace_back("this kernel has no Landlock: all files of its user stay open to it");
  if (!lock_calls()) missing.emplace_back("this kernel takes no seccomp filter: every system call stays open to it");
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
  const pid_t child = ::fork();
  if (child == 0) {
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    ::execv(name, arguments);
    ::_exit(1);
  }
  int status = 0;
  if (child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0) possible.emplace_back("exec");
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) possible.emplace_back("ptrace");
  const int kernel = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (kernel >= 0) {
    ::close(kernel);
    possible.emplace_back("AF_NETLINK");
  }
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) possible.emplace_back("dump");
  return possible;
}

}  // namespace locksmith::host

// A running process, from /proc: environ, cwd, root and cgroup. Source: proc(5), Linux 6.1.
#include <algorithm>
#include <string>

#include "doctor/elsewhere/elsewhere.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::elsewhere {
namespace {

// What started it, from the last control group's name: docker-<id>.scope, kubepods…, web.service.
void read_group(const world::Files& files, const std::string& folder, Elsewhere& out) {
  const auto groups = files.read(folder + "/cgroup", limits::kTextFile);
  if (!groups) return;
  const std::string_view text = groups->reveal();
  for (const std::string_view sign : {"docker", "kubepods", "libpod", "containerd", "lxc"}) {
    if (text.find(sign) == std::string_view::npos) continue;
    out.environment->set_container();
    return;
  }
  if (text.find("system.slice/") != std::string_view::npos &&
      text.find(".service") != std::string_view::npos) {
    out.observations.emplace_back("launched.service");
  }
}

}  // namespace

Result<Elsewhere> read_process(const world::Files& files, const world::Environment& here, std::int64_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  const std::string what = "process " + std::to_string(pid);
  const auto variables = files.read(folder + "/environ", limits::kEnvironment);
  if (!variables) {
    if (!files.facts("/proc/self").exists) {
      return fail(FailureCode("proc_not_mounted"), "There is no /proc here, so no process can be looked at.",
                  "Run it where /proc is mounted, or give what is known with --systemd or --inspect.", Blame::user);
    }
    if (variables.error().code.name() == "file_not_found") {
      return fail(FailureCode("process_not_found"), "There is no " + what + " on this machine.",
                  "Find it with: pgrep -af NAME", Blame::user);
    }
    return fail(FailureCode("process_unreadable"), "The environment of " + what + " may not be read.",
                "It belongs to another user: run the same command with sudo.", Blame::user);
  }
  Elsewhere out;
  out.what = what;
  out.environment = std::make_unique<GivenEnvironment>(here);
  std::string_view rest = variables->reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    out.environment->set(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (const auto place = files.link_target(folder + "/cwd")) {
    out.environment->set_folder(*place);
  } else {
    out.remarks.push_back(
        {what, "Its working directory may not be read, so its .env file was not looked for."});
  }
  read_group(files, folder, out);
  const auto root = files.link_target(folder + "/" + "root");
  if (root && *root != "/") {
    out.sees_our_files = false;
    out.remarks.push_back(
        {what, "It has a file system of its own, so settings files and logins were not looked at."});
  }
  out.remarks.push_back(
      {what, "These are the variables it was started with; what it changed since is not seen."});
  return out;
}

}  // namespace locksmith::doctor::elsewhere

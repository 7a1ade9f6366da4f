// The environment of something that does not run in this shell: a process, a systemd service, a container.
// Each becomes a world::Environment, so that the survey reads it as it reads this machine.
//
// Only files are read: nothing is asked of a service manager or a container engine, and nothing is started.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/survey/machine.h"
#include "vocabulary/failure.h"
#include "vocabulary/secret.h"
#include "world/environment.h"
#include "world/files.h"

namespace locksmith::doctor::elsewhere {

// Variables that were given; everything else is as `here` has it. `here` must outlive it.
class GivenEnvironment final : public world::Environment {
 public:
  explicit GivenEnvironment(const world::Environment& here) : here_(&here), folder_("/") {}

  void set(std::string_view name, std::string_view value);
  void set(std::string_view assignment);  // NAME=value; without an equals sign nothing happens
  void unset(std::string_view name);
  void set_folder(std::string folder) { folder_ = std::move(folder); }
  void set_container() { container_ = true; }

  std::optional<Secret> variable(std::string_view name) const override;
  std::vector<std::string> names() const override;
  std::optional<std::string> home() const override;  // its HOME
  std::string working_directory() const override { return folder_; }
  world::Os os() const override { return here_->os(); }
  std::string os_description() const override { return here_->os_description(); }
  bool in_container() const override { return container_; }

 private:
  const world::Environment* here_;
  std::map<std::string, Secret, std::less<>> variables_;
  std::string folder_;
  bool container_ = false;
};

struct Elsewhere {
  std::string what;  // "process 4711", "unit web.service", "container web"
  std::unique_ptr<GivenEnvironment> environment;
  bool sees_our_files = true;  // false: another file system, so that no file of ours says anything of it
  bool is_reachable = true;    // false: its network is not ours, so that a request from here proves nothing
  std::vector<survey::Remark> remarks;    // what could not be seen
  std::vector<std::string> observations;  // launched.service, …
};

// A running process, from /proc. Its variables are those it was started with; what it changed since is not
// seen. Failure codes: proc_not_mounted, process_not_found, process_unreadable (another
// user's; ask as root).
Result<Elsewhere> read_process(const world::Files& files, const world::Environment& here, std::int64_t pid);

// A systemd unit: a path to a unit file, or a unit's name, looked for where systemd looks. Drop-ins count.
// Failure codes: unit_not_found, and those of world::Files for a unit that is there and cannot be read.
Result<Elsewhere> read_unit(const world::Files& files, const world::Environment& here,
                            const std::string& unit);

// What `docker inspect`, `podman inspect` or `docker image inspect` prints. Failure code: inspect_invalid.
Result<Elsewhere> read_container(const world::Environment& here, std::string_view json);

// A file system with nothing in it.
class NoFiles final : public world::Files {
 public:
  Result<Secret> read(const std::string& path, ByteCount limit) const override;
  world::FileFacts facts(const std::string& path) const override;
};

}  // namespace locksmith::doctor::elsewhere

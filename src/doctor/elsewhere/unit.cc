// A systemd unit and its drop-ins. Source: systemd.unit(5), "unit file load path"; systemd.exec(5),
// "environment".
#include <algorithm>
#include <array>

#include "doctor/elsewhere/elsewhere.h"
#include "doctor/elsewhere/unit_file.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::elsewhere {
namespace {

constexpr std::array<std::string_view, 5> kSystemFolders{"/etc/systemd/system", "/run/systemd/system",
                                                         "/usr/local/lib/systemd/system",
                                                         "/usr/lib/systemd/system", "/lib/systemd/system"};
constexpr std::array<std::string_view, 3> kUserFolders{"/etc/systemd/user", "/usr/lib/systemd/user",
                                                       "/lib/systemd/user"};

class UnitReading {
 public:
  UnitReading(const world::Files& files, const world::Environment& here) : files_(files), here_(here) {}

  Result<Elsewhere> run(const std::string& unit) {
    out_.environment = std::make_unique<GivenEnvironment>(here_);
    out_.what = "unit " + unit;
    const auto path = find(unit);
    if (!path) {
      return fail(FailureCode("unit_not_found"),
                  "There is no unit file for " + unit + " where systemd looks.",
                  "Give its path: systemctl show -p FragmentPath UNIT", Blame::user);
    }
    const auto text = files_.read(*path, limits::kTextFile);
    if (!text) return std::unexpected(text.error());
    UnitFile file;
    read_unit_file(text->reveal(), file);
    read_drop_ins(*path, unit, file);
    give(file);
    if (std::ranges::find(kUserFolders, folder_of(*path)) == kUserFolders.end())
      out_.observations.emplace_back("launched.service");
    return std::move(out_);
  }

 private:
  static std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  // web@blue.service is read from web@.service.
  static std::string template_of(const std::string& name) {
    const std::size_t at = name.find('@');
    return at == std::string::npos ? std::string() : name.substr(0, at + 1) + name.substr(name.rfind('.'));
  }
  std::vector<std::string> folders() const {
    std::vector<std::string> all(kSystemFolders.begin(), kSystemFolders.end());
    if (const auto home = here_.home()) all.push_back(*home + "/.config/systemd/user");
    all.insert(all.end(), kUserFolders.begin(), kUserFolders.end());
    return all;
  }
  std::optional<std::string> find(const std::string& unit) const;
  void read_drop_ins(const std::string& path, const std::string& unit, UnitFile& file);
  void give(const UnitFile& file);
  void give_home(const std::string& user);
  void read_values(const UnitFile::EnvironmentFile& file);
  void remark_exports(const std::string& path, std::string_view text);
  void remark(std::string place, std::string sentence) {
    out_.remarks.push_back({std::move(place), std::move(sentence)});
  }

  const world::Files& files_;
  const world::Environment& here_;
  Elsewhere out_;
};

std::optional<std::string> UnitReading::find(const std::string& unit) const {
  if (unit.find('/') != std::string::npos || files_.facts(here_.working_directory() + "/" + unit).exists) {
    return unit.starts_with('/') ? unit : here_.working_directory() + "/" + unit;
  }
  std::vector<std::string> names{unit, unit + ".service"};
  if (const std::string general = template_of(unit.find('.') == std::string::npos ? unit + ".service" : unit);
      !general.empty()) {
    names.push_back(general);
  }
  for (const std::string& folder : folders()) {
    for (const std::string& name : names) {
      if (files_.facts(folder + "/" + name).is_regular) return folder + "/" + name;
    }
  }
  return std::nullopt;
}

// NAME.service.d/*.conf of every folder, in the order of their names whatever the folder; of one name the
// first counts.
void UnitReading::read_drop_ins(const std::string& path, const std::string& unit, UnitFile& file) {
  std::vector<std::string> places{folder_of(path)};
  if (unit.find('/') == std::string::npos) places = folders();
  std::map<std::string, std::string> found;
  for (const std::string& place : places) {
    const std::string folder = place + "/" + name_of(path) + ".d";
    for (const std::string& name : files_.list(folder)) {
      if (name.ends_with(".conf")) found.try_emplace(name, folder + "/" + name);
    }
  }
  for (const auto& [name, place] : found) {
    const auto text = files_.read(place, limits::kTextFile);
    if (text) {
      read_unit_file(text->reveal(), file);
    } else {
      remark(place, text.error().message);
    }
  }
}

// systemd sets HOME and USER where User= names somebody.
void UnitReading::give_home(const std::string& user) {
  const auto accounts = files_.read("/etc/passwd", limits::kTextFile);
  if (!accounts) return;
  std::string_view rest = accounts->reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.starts_with(user + ":")) continue;
    for (int field = 0; field < 5; ++field) line.remove_prefix(std::min(line.find(':') + 1, line.size()));
    out_.environment->set("HOME", line.substr(0, line.find(':')));
    out_.environment->set("USER", user);
    return;
  }
}

void UnitReading::read_values(const UnitFile::EnvironmentFile& file) {
  const auto text = files_.read(file.path, limits::kTextFile);
  if (text) {
    for (const std::string& assignment : read_environment_file(text->reveal()))
      out_.environment->set(assignment);
    remark_exports(file.path, text->reveal());
  } else if (!file.may_be_missing || text.error().code.name() != "file_not_found") {
    remark(file.path, "The unit's EnvironmentFile: " + text.error().message);
  }
}

// systemd.exec(5): an EnvironmentFile has NAME=value lines and is not run by a shell, so that "export" is part of the name.
void UnitReading::remark_exports(const std::string& path, std::string_view text) {
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("export ") || line.find('=') == std::string_view::npos) continue;
    const std::string name(line.substr(7, line.find('=') - 7));
    remark(path, "Line " + std::to_string(number) + " begins with export, which systemd does not know: " + name + " is not set by it.");
    if (name.starts_with("ANTHROPIC_") || name.starts_with("CLAUDE_")) out_.observations.emplace_back("config.line-not-read");
  }
}

void UnitReading::give(const UnitFile& file) {
  if (!file.user.empty()) give_home(file.user);
  for (const std::string& assignment : file.environment) out_.environment->set(assignment);
  for (const auto& values : file.environment_files) read_values(values);
  for (const std::string& name : file.unset) out_.environment->unset(name.substr(0, name.find('=')));
  if (!file.passed.empty())
    remark(out_.what,
           "PassEnvironment takes variables from the service manager, which are not seen from here.");
  for (const std::string& name : file.credentials)
    remark(out_.what, "The credential " + name + " is handed over as a file, not as a variable.");
  const std::string home = out_.environment->home().value_or("/");
  out_.environment->set_folder(file.folder.empty() ? "/" : file.folder == "~" ? home : file.folder);
}

}  // namespace

Result<Elsewhere> read_unit(const world::Files& files, const world::Environment& here,
                            const std::string& unit) {
  return UnitReading(files, here).run(unit);
}

}  // namespace locksmith::doctor::elsewhere

#include "doctor/survey/project.h"

#include <algorithm>
#include <array>
#include <optional>

#include "vocabulary/character.h"
#include "vocabulary/limits/input.h"
#include "wire/json/json.h"

namespace locksmith::doctor::survey {
namespace {

using wire::json::Value;

constexpr std::string_view kNodeSdk = "@anthropic-ai/sdk";

bool contains_any(std::string_view text, std::span<const std::string_view> signs, std::string_view* found = nullptr) {
  for (const std::string_view sign : signs) {
    if (text.find(sign) == std::string_view::npos) continue;
    if (found != nullptr) *found = sign;
    return true;
  }
  return false;
}

bool is_javascript(std::string_view name) {
  for (const std::string_view ending : {".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"}) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

// Frameworks that load .env files by themselves, and the files that they take, the stronger first.
struct Framework {
  std::string_view package;
  bool local_files;  // .env.development.local, .env.local, .env.development, .env; else .env alone
};
constexpr std::array<Framework, 9> kFrameworks{{{"next", true},
                                                {"nuxt", false},
                                                {"astro", true},
                                                {"react-scripts", true},
                                                {"gatsby", false},
                                                {"@remix-run/dev", false},
                                                {"@sveltejs/kit", true},
                                                {"@redwoodjs/core", false},
                                                {"dotenv-cli", false}}};

constexpr std::array<std::string_view, 9> kNodeLoads{"dotenv/config",     "require('dotenv')", "require(\"dotenv\")", "from 'dotenv'",        "from \"dotenv\"",
                                                     "@dotenvx/dotenvx", "dotenv-flow",       "loadEnvFile",         "@next/env"};
constexpr std::array<std::string_view, 5> kPythonLoads{"load_dotenv", "read_env(", "dotenv_path", "find_dotenv", "set_key("};
// They load a .env file in some set-ups only.
constexpr std::array<std::string_view, 7> kPythonMay{"env_file", "decouple", "dynaconf", "import litellm", "from litellm", "flask", "starlette.config"};
constexpr std::array<std::string_view, 4> kPythonSdk{"import anthropic", "from anthropic", "import langchain_anthropic", "from langchain_anthropic"};

class Look {
 public:
  Look(const Machine& machine, ClientKind client) : machine_(machine), client_(client), here_(machine.environment.working_directory()) {}

  Project run() {
    const std::vector<std::string> names = machine_.files.list(here_);
    read_package();
    find_installed();
    for (const std::string_view folder : {"", "/src", "/app", "/lib", "/server", "/scripts"}) read_sources(here_ + std::string(folder), folder.empty() ? names : machine_.files.list(here_ + std::string(folder)));
    read_requirements();
    conclude_sdk();
    const bool for_python = out_.sdk == ClientKind::sdk_python || out_.sdk == ClientKind::sdk_python_0;
    const bool for_node = out_.sdk == ClientKind::sdk_typescript_1 || out_.sdk == ClientKind::sdk_typescript_0;
    if (!for_python) conclude_node();
    if (!for_node) conclude_python();
    read_launchers();
    if (out_.files.empty()) out_.files.emplace_back(".env");
    return std::move(out_);
  }

 private:
  std::optional<Secret> text(const std::string& path, ByteCount limit) const {
    auto content = machine_.files.read(path, limit);
    return content ? std::optional(std::move(*content)) : std::nullopt;
  }
  void loads(std::string by) {
    if (out_.dotenv == Loads::yes) return;
    out_.dotenv = Loads::yes;
    out_.dotenv_by = std::move(by);
  }
  void may_load(std::string by) {
    if (out_.dotenv == Loads::yes) return;
    unsure_ = true;
    out_.dotenv_by = std::move(by);
  }
  void read_package();
  void read_script(std::string_view name, std::string_view command);
  void find_installed();
  void read_sources(const std::string& folder, const std::vector<std::string>& names);
  void read_requirements();
  void conclude_sdk();
  void conclude_node();
  void conclude_python();
  void read_launchers();

  const Machine& machine_;
  ClientKind client_;
  std::string here_;
  Project out_;
  bool unsure_ = false;
  bool node_sdk_ = false, python_sdk_ = false;
  std::string node_version_, python_version_;
  bool node_source_ = false, python_source_ = false;  // a source that uses the SDK was read
  std::string node_loader_, python_loader_, python_may_;
  bool has_dotenv_package_ = false;
  std::size_t sources_ = 0;
};

void Look::read_package() {
  const auto content = text(here_ + "/package.json", limits::kTextFile);
  if (!content) return;
  wire::json::Reader reader;
  const auto root = reader.parse(content->reveal());
  if (!root) return;
  for (const std::string_view list : {"dependencies", "devDependencies"}) {
    (*root)[list].for_each_member([&](std::string_view name, Value version) {
      if (name == kNodeSdk) {
        node_sdk_ = true;
        node_version_ = version.string_or("");
      }
      has_dotenv_package_ |= name == "dotenv" || name == "dotenv-flow" || name == "@dotenvx/dotenvx" || name == "@nestjs/config" || name == "env-cmd";
      const auto* framework = std::ranges::find(kFrameworks, name, &Framework::package);
      if (framework == kFrameworks.end() || list == "devDependencies") return;
      if (framework->package == "dotenv-cli") return;  // only where a script calls it
      loads(std::string(name) + ", by itself");
      if (framework->local_files) out_.files = {".env.development.local", ".env.local", ".env.development", ".env"};
    });
  }
  (*root)["scripts"].for_each_member([&](std::string_view name, Value command) { read_script(name, command.string_or("")); });
}

void Look::read_script(std::string_view name, std::string_view command) {
  const std::string by = "the script " + std::string(name.substr(0, 40)) + " of package.json";
  const std::size_t flag = command.find("--env-file");
  if (flag != std::string_view::npos && command.find("node") != std::string_view::npos) {
    loads(by + " (node --env-file)");
    out_.by_node = true;
    const std::size_t equals = command.find_first_of("= ", flag + 10);
    if (equals != std::string_view::npos && command[flag + 10] != '-') {
      const std::string_view rest = command.substr(equals + 1);
      out_.files = {std::string(rest.substr(0, rest.find(' ')))};
    }
    return;
  }
  if (flag != std::string_view::npos || command.find("dotenv ") != std::string_view::npos || command.find("env-cmd") != std::string_view::npos ||
      command.find("dotenvx run") != std::string_view::npos) {
    loads(by);
  } else if (command.starts_with("bun ") || command.find(" bun ") != std::string_view::npos) {
    loads(by + ": bun loads .env by itself");
    out_.files = {".env.local", ".env.development", ".env"};
  }
}

// What is installed says more than what is asked for.
void Look::find_installed() {
  if (const auto content = text(here_ + "/node_modules/@anthropic-ai/sdk/package.json", limits::kTextFile)) {
    wire::json::Reader reader;
    if (const auto root = reader.parse(content->reveal())) {
      node_sdk_ = true;
      node_version_ = (*root)["version"].string_or(node_version_);
    }
  }
  std::vector<std::string> environments{here_ + "/.venv", here_ + "/venv"};
  if (const std::string active = machine_.text_of("VIRTUAL_ENV"); !active.empty()) environments.insert(environments.begin(), active);
  for (const std::string& environment : environments) {
    for (const std::string& python : machine_.files.list(environment + "/lib")) {
      if (!python.starts_with("python")) continue;
      for (const std::string& package : machine_.files.list(environment + "/lib/" + python + "/site-packages")) {
        if (!package.starts_with("anthropic-") || !package.ends_with(".dist-info")) continue;
        python_sdk_ = true;
        python_version_ = package.substr(10, package.size() - 20);
        return;
      }
    }
  }
}

void Look::read_sources(const std::string& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool javascript = is_javascript(name);
    const bool python = name.ends_with(".py");
    if ((!javascript && !python) || name.ends_with(".d.ts") || sources_ == limits::kSourcesRead) continue;
    const auto content = text(folder + "/" + name, limits::kSourceFile);
    if (!content) continue;
    ++sources_;
    const std::string_view source = content->reveal();
    const std::string shown = machine_.shown(folder + "/" + name);
    std::string_view sign;
    if (javascript) {
      if (source.find(kNodeSdk) != std::string_view::npos || source.find("@ai-sdk/anthropic") != std::string_view::npos) node_source_ = true;
      if (node_loader_.empty() && contains_any(source, kNodeLoads)) node_loader_ = shown;
    } else {
      if (contains_any(source, kPythonSdk)) python_source_ = true;
      if (python_loader_.empty() && contains_any(source, kPythonLoads)) python_loader_ = shown;
      if (python_may_.empty() && contains_any(source, kPythonMay, &sign)) python_may_ = shown;
    }
  }
}

void Look::read_requirements() {
  for (const std::string_view name : {"/requirements.txt", "/pyproject.toml", "/Pipfile", "/setup.py"}) {
    const auto content = text(here_ + std::string(name), limits::kTextFile);
    if (!content) continue;
    const std::string_view all = content->reveal();
    for (std::size_t at = all.find("anthropic"); at != std::string_view::npos; at = all.find("anthropic", at + 9)) {
      const std::string_view behind = all.substr(at + 9);
      const char before = at == 0 ? '\n' : all[at - 1];
      if (before != '\n' && before != '"' && before != '\'' && before != ' ') continue;
      if (!behind.empty() && (behind[0] == '-' || behind[0] == '_' || behind[0] == '.')) continue;
      python_sdk_ = true;
      const std::size_t digit = behind.find_first_of("0123456789\n");
      if (python_version_.empty() && digit != std::string_view::npos && behind[digit] != '\n') {
        python_version_ = behind.substr(digit, behind.find_first_not_of("0123456789.", digit) - digit);
      }
      break;
    }
    if (name == "/Pipfile" && python_loader_.empty()) python_loader_ = "Pipfile (pipenv loads .env by itself)";
  }
}

// "^1.12.0", "1.12.0": the major; nullopt where it names none.
std::optional<int> major_of(std::string_view version) {
  const std::size_t digit = version.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::nullopt;
  int major = 0;
  for (std::size_t i = digit; i < version.size() && i < digit + 3 && is_digit(version[i]); ++i) major = major * 10 + (version[i] - '0');
  return major;
}

void Look::conclude_sdk() {
  const bool node = node_sdk_ || node_source_;
  const bool python = python_sdk_ || python_source_;
  if (client_ != ClientKind::any) {
    out_.sdk = client_;
    const bool for_node = client_ == ClientKind::sdk_typescript_0 || client_ == ClientKind::sdk_typescript_1;
    out_.sdk_version = for_node ? node_version_ : client_ == ClientKind::sdk_python || client_ == ClientKind::sdk_python_0 ? python_version_ : "";
    return;
  }
  if (node == python) return;
  const auto major = major_of(node ? node_version_ : python_version_);
  if (!major) return;
  out_.sdk_version = node ? node_version_ : python_version_;
  if (node) {
    out_.sdk = *major >= 1 ? ClientKind::sdk_typescript_1 : ClientKind::sdk_typescript_0;
  } else {
    out_.sdk = *major >= 2 ? ClientKind::sdk_python : ClientKind::sdk_python_0;
  }
}

void Look::conclude_node() {
  if (!node_loader_.empty()) loads("dotenv, in " + node_loader_);
  if (out_.dotenv == Loads::yes) return;
  if (has_dotenv_package_) return may_load("package.json lists a loader of .env files, and no source that was read uses it");
  if (node_source_) out_.dotenv = Loads::no;
}

void Look::conclude_python() {
  if (!python_loader_.empty()) {
    loads("python-dotenv, in " + python_loader_);
    out_.searches_up = true;
  }
  if (out_.dotenv == Loads::yes) return;
  if (!python_may_.empty()) return may_load(python_may_ + " may load it");
  if (python_source_ && !unsure_) out_.dotenv = Loads::no;
}

// Whoever starts the program may load the file for it.
void Look::read_launchers() {
  struct Launcher {
    std::string_view file, sign, words;
  };
  for (const Launcher& one : {Launcher{"/Makefile", ".env", "make"}, Launcher{"/justfile", "dotenv", "just"}, Launcher{"/Procfile", "", "foreman"},
                              Launcher{"/mise.toml", ".env", "mise"}, Launcher{"/docker-compose.yml", "env_file", "docker compose"}, Launcher{"/compose.yaml", "env_file", "docker compose"},
                              Launcher{"/docker-compose.yaml", "env_file", "docker compose"}, Launcher{"/compose.yml", "env_file", "docker compose"},
                              Launcher{"/.vscode/launch.json", "envFile", "the editor's launch.json"}, Launcher{"/bun.lock", "", "bun"}, Launcher{"/bun.lockb", "", "bun"},
                              Launcher{"/.envrc", "dotenv", "direnv"}}) {
    const std::string path = here_ + std::string(one.file);
    if (!machine_.files.facts(path).exists) continue;
    if (!one.sign.empty()) {
      const auto content = text(path, limits::kTextFile);
      if (!content || content->reveal().find(one.sign) == std::string_view::npos) continue;
    }
    if (out_.dotenv == Loads::yes) return;
    out_.dotenv = Loads::unknown;
    out_.dotenv_by = std::string(one.words) + " may load it (" + machine_.shown(path) + ")";
    return;
  }
  if (unsure_ && out_.dotenv == Loads::no) out_.dotenv = Loads::unknown;
}

}  // namespace

Project look_at_project(const Machine& machine, ClientKind client) {
  return Look(machine, client).run();
}

}  // namespace locksmith::doctor::survey

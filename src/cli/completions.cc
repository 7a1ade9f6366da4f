// locksmith completions: what bash, zsh and fish offer behind Tab, and the manual page; all from the tree of commands.
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "cli/command.h"

namespace locksmith::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Calls visit(path, command) for the root and all commands below it: "", "keys", "keys create".
template <class Visit>
void walk(const CommandDescription& command, const std::string& path, const Visit& visit) {
  visit(path, command);
  for (const CommandDescription& below : command.commands) walk(below, path.empty() ? below.name : path + " " + below.name, visit);
}

std::vector<std::string> words_of(const CommandDescription& command) {
  std::vector<std::string> words;
  for (const CommandDescription& below : command.commands) words.push_back(below.name);
  for (const OptionDescription& option : command.options) {
    if (option.is_argument()) {
      words.insert(words.end(), option.words.begin(), option.words.end());
    } else {
      words.insert(words.end(), option.names.begin(), option.names.end());
    }
  }
  return words;
}

// The part that bash and zsh share: which command stands on the line so far, and what may follow it. It sets `path`, and
// `offered`; leaves `offered` empty where a file is wanted.
std::string shell_cases(const CommandDescription& root) {
  std::string paths;
  std::string offers;
  std::string values;
  walk(root, "", [&](const std::string& path, const CommandDescription& command) {
    if (!path.empty()) paths += (paths.empty() ? "" : "|") + ("\"" + path + "\"");
    offers += fmt::format("    \"{}\") offered=\"{}\" ;;\n", path, joined(words_of(command)));
    for (const OptionDescription& option : command.options) {
      if (option.is_argument() || option.value.empty()) continue;
      for (const std::string& name : option.names) values += fmt::format("    \"{} {}\") offered=\"{}\" ;;\n", path, name, joined(option.words));
    }
  });
  return "  local path=\"\" offered=\"\" word\n"
         "  for word in \"${before[@]}\"; do\n"
         "    case \"${path:+$path }$word\" in\n"
         "      " + paths + ") path=\"${path:+$path }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" + offers + "  esac\n"
         "  [ -z \"$path\" ] || offered=\"$offered --json --no-color\"\n"
         "  case \"$path $previous\" in\n" + values + "  esac\n";
}

std::string for_bash(const CommandDescription& root) {
  return "# Completions of locksmith for bash: source this, or put it into bash-completion's folder.\n"
         "_locksmith() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n" +
         shell_cases(root) +
         "  COMPREPLY=($(compgen -W \"$offered\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _locksmith locksmith\n";
}

std::string for_zsh(const CommandDescription& root) {
  return "#compdef locksmith\n"
         "# Completions of locksmith for zsh: put this into a folder of $fpath as _locksmith, or source it after compinit.\n"
         "_locksmith() {\n"
         "  local previous=\"${words[CURRENT-1]}\"\n"
         "  local -a before=(\"${(@)words[2,CURRENT-1]}\")\n" +
         shell_cases(root) +
         "  compadd -- ${=offered}\n"
         "  [[ \"$words[CURRENT]\" == -* ]] || _files\n"
         "}\n"
         "compdef _locksmith locksmith\n";
}

std::string quoted_for_fish(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string for_fish(const CommandDescription& root) {
  std::string out = "# Completions of locksmith for fish: put this into ~/.config/fish/completions as locksmith.fish.\n";
  walk(root, "", [&](const std::string& path, const CommandDescription& command) {
    std::string below;
    for (const CommandDescription& one : command.commands) below += (below.empty() ? "" : " ") + one.name;
    std::string when = path.empty() ? "not __fish_seen_subcommand_from " + below : "";
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t end = std::min(path.find(' ', at), path.size());
      when += (when.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + path.substr(at, end - at));
      at = end + 1;
    }
    if (!path.empty() && !below.empty()) when += "; and not __fish_seen_subcommand_from " + below;
    const std::string begin = "complete -c locksmith -n " + quoted_for_fish(when);
    for (const CommandDescription& one : command.commands) out += begin + " -f -a " + one.name + " -d " + quoted_for_fish(one.about) + "\n";
    for (const OptionDescription& option : command.options) {
      if (option.is_argument()) {
        if (!option.words.empty()) out += begin + " -f -a " + quoted_for_fish(joined(option.words)) + "\n";
        continue;
      }
      out += begin;
      for (const std::string& name : option.names) out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) out += " -r";
      if (!option.words.empty()) out += " -f -a " + quoted_for_fish(joined(option.words));
      out += " -d " + quoted_for_fish(option.help) + "\n";
    }
  });
  out += "complete -c locksmith -l json -d 'One JSON document on stdout'\ncomplete -c locksmith -l no-color -d 'No colour'\n";
  return out;
}

// --- The manual page, in mdoc(7) ----------------------------------------------------------------------------------------------

// A line of running text: a leading dot or quote would be a request, a backslash an escape.
std::string as_mdoc(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
    at_start = c == '\n';
  }
  return out;
}

void append_options(std::string& out, const CommandDescription& command) {
  if (command.options.empty()) return;
  out += ".Bl -tag -width Ds\n";
  for (const OptionDescription& option : command.options) {
    out += option.is_argument() ? ".It Ar " + option.names.front() + "\n" : ".It Xo Sy " + joined(option.names) + (option.value.empty() ? "" : " Ar " + option.value) + "\n.Xc\n";
    out += as_mdoc(option.help) + "\n";
    if (!option.words.empty()) out += "One of: " + as_mdoc(joined(option.words)) + ".\n";
  }
  out += ".El\n";
}

std::string manual_page(const CommandDescription& root) {
  std::string out = ".Dd November 30, 2026\n.Dt LOCKSMITH 1\n.Os\n.Sh NAME\n.Nm locksmith\n.Nd finds out why a Claude API key does not work\n"
                    ".Sh SYNOPSIS\n.Nm\n.Op Ar command\n.Op Ar options\n.Sh DESCRIPTION\n" +
                    as_mdoc(root.about) + "\nWithout a command,\n.Nm\nexamines this machine.\nThe commands are:\n";
  append_options(out, root);
  walk(root, "", [&](const std::string& path, const CommandDescription& command) {
    if (path.empty()) return;
    out += ".Ss locksmith " + path + "\n" + as_mdoc(command.about) + ".\n";
    append_options(out, command);
    if (!command.footer.empty()) out += ".Bd -literal -offset indent\n" + as_mdoc(command.footer) + "\n.Ed\n";
  });
  out += ".Sh EXIT STATUS\n.Bl -tag -width Ds\n.It 0\nHealthy, nothing found, or done.\n.It 1\nA problem was diagnosed or found.\n"
         ".It 2\nWrong use or unreadable input.\n.It 3\nIt could not be determined.\n.It 70\nA defect of\n.Nm ;\nplease report it.\n.El\n"
         ".Sh SEE ALSO\n.Xr curl 1\n";
  return out;
}

}  // namespace

void add_completions(const Command& root, const CommandLine& line, Shell& shell) {
  auto wanted = std::make_shared<std::string>();
  const Command command = root.command("completions", "What a shell offers behind Tab, or the manual page");
  command.option("SHELL", *wanted, "Whose completions, or man for the manual page").one_of({"bash", "zsh", "fish", "man"}).required();
  command.footer(
      "Examples:\n"
      "  source <(locksmith completions bash)\n"
      "  locksmith completions fish > ~/.config/fish/completions/locksmith.fish\n"
      "  locksmith completions man > locksmith.1; man ./locksmith.1");
  command.run([wanted, &line, &shell] {
    const CommandDescription tree = line.describe();
    const std::string text = *wanted == "bash" ? for_bash(tree) : *wanted == "zsh" ? for_zsh(tree) : *wanted == "fish" ? for_fish(tree) : manual_page(tree);
    fmt::print("{}", text);
    shell.exit_code = ExitCode::healthy;
  });
}

}  // namespace locksmith::cli

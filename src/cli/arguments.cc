#include "cli/arguments.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace locksmith::cli {
namespace {

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription described;
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  if (described.names.empty()) described.names.push_back(option.get_name());
  described.help = option.get_description();
  if (option.get_type_size() == 0) return described;
  described.value = option.get_type_name();
  // What IsMember adds to a type's name: "TEXT:{good,expired}".
  const std::size_t open = described.value.find(":{");
  if (open == std::string::npos || !described.value.ends_with('}')) return described;
  std::istringstream words(described.value.substr(open + 2, described.value.size() - open - 3));
  for (std::string word; std::getline(words, word, ',');) described.words.push_back(word);
  described.value.resize(open);
  return described;
}

CommandDescription describe_command(const CLI::App& app) {
  CommandDescription described{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) described.options.push_back(describe_option(*option));
  }
  for (const CLI::App* command : app.get_subcommands({})) described.commands.push_back(describe_command(*command));
  return described;
}

}  // namespace

Option& Option::takes(std::string_view type_name) {
  option_->type_name(std::string(type_name));
  return *this;
}
Option& Option::required() {
  option_->required();
  return *this;
}
Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}
Option& Option::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}
Option& Option::between(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}
Option& Option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}
Option& Option::one_each() {
  option_->allow_extra_args(false);
  return *this;
}
Option& Option::excludes(Option& other) {
  option_->excludes(other.option_);
  return *this;
}
Option& Option::hidden() {
  option_->group("");
  return *this;
}

Command Command::command(std::string_view name, std::string_view about) const {
  return Command(app_->add_subcommand(std::string(name), std::string(about)));
}
Option Command::option(std::string_view names, std::string& into, std::string_view help) const {
  return Option(app_->add_option(std::string(names), into, std::string(help)));
}
Option Command::option(std::string_view names, std::optional<std::string>& into, std::string_view help) const {
  return Option(app_->add_option(std::string(names), into, std::string(help)));
}
Option Command::option(std::string_view names, std::vector<std::string>& into, std::string_view help) const {
  return Option(app_->add_option(std::string(names), into, std::string(help)));
}
Option Command::option(std::string_view names, std::int64_t& into, std::string_view help) const {
  return Option(app_->add_option(std::string(names), into, std::string(help)));
}
Option Command::option(std::string_view names, int& into, std::string_view help) const {
  return Option(app_->add_option(std::string(names), into, std::string(help)));
}
Option Command::on_value(std::string_view names, std::function<void(const std::string&)> take, std::string_view help) const {
  return Option(app_->add_option_function<std::string>(std::string(names), std::move(take), std::string(help)));
}
Option Command::flag(std::string_view names, bool& into, std::string_view help) const {
  return Option(app_->add_flag(std::string(names), into, std::string(help)));
}
Option Command::on_flag(std::string_view names, std::function<void()> take, std::string_view help) const {
  return Option(app_->add_flag_callback(std::string(names), std::move(take), std::string(help)));
}
void Command::rest(std::vector<std::string>& into, std::string_view type_name) const {
  app_->add_option(std::string(type_name), into)->group("");
  app_->positionals_at_end();
}
void Command::footer(std::string_view text) const {
  app_->footer(std::string(text));
}
void Command::needs_command() const {
  app_->require_subcommand(1);
}
void Command::run(std::function<void()> action) const {
  app_->callback(std::move(action));
}
bool Command::given(std::string_view name) const {
  return app_->count(std::string(name)) != 0;
}

CommandLine::CommandLine(std::string_view about, std::string_view name)
    : app_(std::make_unique<CLI::App>(std::string(about), std::string(name))) {
  app_->require_subcommand(0, 1);
  app_->fallthrough();
}
CommandLine::~CommandLine() = default;

Command CommandLine::root() const {
  return Command(app_.get());
}
CommandDescription CommandLine::describe() const {
  return describe_command(*app_);
}

CommandLine::Parsed CommandLine::parse(std::vector<std::string> words) {
  std::ranges::reverse(words);  // as the parser takes them
  try {
    app_->parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return {Outcome::wrong, error.what()};
    std::ostringstream help;
    app_->exit(error, help, help);
    return {Outcome::help, help.str()};
  }
  return {app_->get_subcommands().empty() ? Outcome::nothing : Outcome::ran, {}};
}

}  // namespace locksmith::cli

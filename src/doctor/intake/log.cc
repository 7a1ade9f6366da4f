#include "doctor/intake/log.h"

#include <algorithm>
#include <array>

#include "model/credential/credential.h"
#include "model/evidence/error_text.h"
#include "vocabulary/character.h"
#include "vocabulary/limits/input.h"

namespace locksmith::doctor::intake {
namespace {

bool is_word_char(char c) {
  return is_name_char(c) || c == '-';
}

// A number that is the same for entries which differ in times, ids and sizes only: runs of digits count as
// one unless they have three, as a status has.
std::uint64_t skeleton(std::string_view text) {
  std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
  const auto mix = [&](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL; };
  std::size_t i = 0;
  while (i < text.size()) {
    if (!is_word_char(text[i])) {
      mix(text[i++]);
      continue;
    }
    std::size_t end = i;
    bool digit = false;
    while (end < text.size() && is_word_char(text[end])) digit |= is_digit(text[end++]);
    const std::string_view word = text.substr(i, end - i);
    i = end;
    if (digit && word.size() >= limits::kLogWord) {
      mix('#');
      continue;
    }
    for (std::size_t k = 0; k < word.size();) {
      if (!is_digit(word[k])) {
        mix(word[k++]);
        continue;
      }
      std::size_t run = k;
      while (run < word.size() && is_digit(word[run])) ++run;
      if (run - k == 3) {
        for (; k < run; ++k) mix(word[k]);
      } else {
        mix('0');
      }
      k = run;
    }
  }
  return hash;
}

// "POST /v1/messages HTTP/1.1" 529: the access logs' order.
std::optional<int> access_log_status(std::string_view text) {
  for (std::size_t at = text.find("HTTP/"); at != std::string_view::npos; at = text.find("HTTP/", at + 5)) {
    std::size_t i = at + 5;
    while (i < text.size() && (is_digit(text[i]) || text[i] == '.')) ++i;
    if (text.substr(i, 2) != "\" " || i + 5 > text.size()) continue;
    const std::string_view digits = text.substr(i + 2, 3);
    if (!std::ranges::all_of(digits, is_digit) || digits.size() < 3) continue;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  }
  return std::nullopt;
}

bool starts_with_any(std::string_view line, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view s) { return line.starts_with(s); });
}

}  // namespace

bool LogReader::continues(std::string_view line, bool stamped, bool hit) const {
  if (entry_lines_ == 0 || stamped || entry_lines_ >= limits::kLogEntryLines) return false;
  if (entry_.size() + line.size() > limits::kLogEntry) return false;
  if (line.empty()) return had_trace_;
  const char first = line[0];
  if (first == ' ' || first == '\t' || first == '}' || first == ']' || first == ')') return true;
  if (starts_with_any(line,
                      {"Caused by", "caused by", "During handling", "The above exception", "Traceback"}))
    return true;
  if (in_trace_) return true;
  // Another failure without a time of its own is another failure.
  return entry_stamped_ && !(hit && LogSigns::worth_reading(entry_signs_));
}

void LogReader::begin(std::string_view line, bool stamped) {
  entry_.assign(line.substr(0, limits::kLogEntry));
  entry_lines_ = 1;
  entry_line_ = lines_;
  entry_signs_ = 0;
  entry_stamped_ = stamped;
  in_trace_ = had_trace_ = false;
  if (stamped) last_stamped_.assign(line.substr(0, limits::kLogStamp));
}

void LogReader::line(std::string_view line) {
  ++lines_;
  static const LogSigns kSigns;
  line.remove_prefix(model::evidence::container_prefix(line));
  const std::uint8_t signs = kSigns.look(line);
  if ((signs & LogSigns::around) != 0) around_.line(line);
  const bool stamped = begins_with_timestamp(line);
  if (continues(line, stamped, LogSigns::worth_reading(signs))) {
    // The line that names the exception ends a traceback.
    if (in_trace_ && !line.empty() && line[0] != ' ' && line[0] != '\t' &&
        line.find("Error") != std::string_view::npos && !line.starts_with("Traceback")) {
      in_trace_ = false;
    }
    entry_ += '\n';
    entry_ += line;
    ++entry_lines_;
  } else {
    flush();
    begin(line, stamped);
  }
  entry_signs_ |= signs;
  if (line.starts_with("Traceback (most recent")) in_trace_ = had_trace_ = true;
}

void LogReader::skipped_line() {
  flush();
  entry_lines_ = 0;
  ++lines_;
}

void LogReader::flush() {
  if (entry_lines_ == 0 || !LogSigns::worth_reading(entry_signs_)) return;
  const std::uint64_t hash = skeleton(entry_);
  const auto known = seen_.find(hash);
  Read read;
  if (known != seen_.end()) {
    read = known->second;
  } else {
    read = examine(entry_, (entry_signs_ & LogSigns::claude) != 0);
    if (seen_.size() >= limits::kLogSkeletons) seen_.clear();
    seen_.emplace(hash, read);
  }
  if (read.group < 0) return;
  ++failures_;
  stand_beside(read.group);
  count(groups_[static_cast<std::size_t>(read.group)]);
}

void LogReader::stand_beside(std::int32_t group) {
  const std::uint64_t began = entry_line_;
  const std::int32_t before = last_group_;
  const bool near = before >= 0 && began <= last_line_ + limits::kLogBeside;
  last_group_ = group;
  last_line_ = entry_line_ + entry_lines_ - 1;
  if (!near || before == group) return;
  const bool first_is_bare = groups_[static_cast<std::size_t>(before)].is_bare;
  if (first_is_bare == groups_[static_cast<std::size_t>(group)].is_bare) return;
  const auto bare = static_cast<std::uint64_t>(first_is_bare ? before : group);
  const auto other = static_cast<std::uint64_t>(first_is_bare ? group : before);
  ++beside_[bare << 32U | other];
}

// A bare failure that mostly stood beside one with a reason is the same one, told twice.
void LogReader::join_bare() {
  std::vector<bool> joined(groups_.size(), false);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i].is_bare) continue;
    std::uint64_t most = 0;
    std::size_t partner = i;
    for (std::size_t k = 0; k < groups_.size(); ++k) {
      const auto found = beside_.find(static_cast<std::uint64_t>(i) << 32U | k);
      if (found == beside_.end() || found->second <= most || !groups_[k].other_service.empty()) continue;
      most = found->second;
      partner = k;
    }
    LogGroup& other = groups_[partner];
    if (partner == i || most * 2 < groups_[i].count || most * 2 <= other.count) continue;
    const auto& bare = groups_[i].evidence.error;
    const auto& told = other.evidence.error;
    if (bare.status && told.status && bare.status != told.status) continue;
    if (!bare.type.empty() && !told.type.empty() && bare.type != told.type) continue;
    other.names_claude |= groups_[i].names_claude;
    if (!other.evidence.error.status) other.evidence.error.status = groups_[i].evidence.error.status;
    if (other.evidence.error.type.empty()) other.evidence.error.type = groups_[i].evidence.error.type;
    // Entries are counted, and both tell of it.
    other.count += groups_[i].count;
    other.first_line = std::min(other.first_line, groups_[i].first_line);
    other.last_line = std::max(other.last_line, groups_[i].last_line);
    if (groups_[i].first && (!other.first || groups_[i].first->at < other.first->at)) other.first = groups_[i].first;
    if (groups_[i].last && (!other.last || groups_[i].last->at > other.last->at)) other.last = groups_[i].last;
    joined[i] = true;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (joined[i]) continue;
    if (kept != i) groups_[kept] = std::move(groups_[i]);
    ++kept;
  }
  groups_.resize(kept);
}

LogReader::Read LogReader::examine(std::string_view text, bool claude) {
  model::evidence::Evidence e;
  const std::string plain = model::evidence::plain(text);
  const model::evidence::ReadError read = model::evidence::read_error(plain);
  e.error.status = read.status;
  // The access log's own place is surer than a word before a number.
  if (const auto status = access_log_status(plain)) e.error.status = status;
  e.error.type = read.type;
  e.error.text = plain;
  const bool refused = e.error.status.value_or(0) >= 400;
  if (e.error.status && !refused && e.error.type.empty()) return {};  // an answer in order
  if (e.error.status && !refused) e.error.status.reset();
  std::string key = std::to_string(e.error.status.value_or(0)) + '|' + e.error.type + (claude ? "|c" : "|");
  bool meaning = false;
  bool bare = true;
  for (const std::string_view fact : examiner_.facts(e)) {
    if (!fact.starts_with("says.")) continue;
    key += '|';
    key += fact;
    meaning = true;
    bare = bare && (fact == "says.connection-generic" || fact == "says.zero-cost-run");
  }
  if (!refused && e.error.type.empty() && !meaning) return {};
  std::string other_service = owners_.other_service(plain);
  key += '|' + other_service;
  if (const auto known = by_key_.find(key); known != by_key_.end()) return {known->second};
  if (groups_.size() >= limits::kLogGroups) {
    overflowed_ = true;
    return {};
  }
  if (!read.request_id.empty()) e.error.headers.emplace_back("request-id", read.request_id);
  std::string example = model::credential::redact(text);
  if (example.size() > limits::kLogExample) {
    // The end of a traceback says what happened, its start where.
    std::size_t cut = example.size() - limits::kLogExample;
    while (cut < example.size() && (static_cast<unsigned char>(example[cut]) & 0xC0U) == 0x80) ++cut;
    example.erase(0, cut);
  }
  e.error.text = std::move(example);
  groups_.emplace_back();
  groups_.back().evidence = std::move(e);
  groups_.back().names_claude = claude && other_service.empty();
  groups_.back().is_bare = bare;
  groups_.back().other_service = std::move(other_service);
  const auto index = static_cast<std::int32_t>(groups_.size() - 1);
  by_key_.emplace(std::move(key), index);
  return {index};
}

void LogReader::count(LogGroup& group) {
  if (group.count++ == 0) group.first_line = entry_line_;
  group.last_line = entry_line_;
  auto stamp = find_timestamp(entry_);
  if (!stamp && !entry_stamped_) stamp = find_timestamp(last_stamped_);
  if (!stamp) return;
  *stamp = with_year(*stamp, latest_);
  if (!group.first || stamp->at < group.first->at) group.first = stamp;
  if (!group.last || stamp->at > group.last->at) group.last = stamp;
}

std::vector<LogGroup> LogReader::end() {
  flush();
  entry_lines_ = 0;
  by_key_.clear();
  seen_.clear();
  join_bare();
  beside_.clear();
  last_group_ = -1;
  for (LogGroup& group : groups_) {
    if (group.other_service.empty()) around_.add_to(group.evidence);
  }
  std::ranges::stable_sort(groups_, [](const LogGroup& a, const LogGroup& b) {
    return a.names_claude != b.names_claude ? a.names_claude : a.count > b.count;
  });
  return std::move(groups_);
}

Result<void> check_log_start(std::string_view start) {
  const auto refuse = [](std::string what, std::string next) {
    return fail(FailureCode("log_not_text"), std::move(what), std::move(next), Blame::user);
  };
  if (start.starts_with("\x1f\x8b") || start.starts_with("BZh") ||
      start.starts_with("\xFD"
                        "7zXZ") ||
      start.starts_with("\x28\xB5\x2F\xFD")) {
    return refuse("The log is compressed.", "Unpack it on the way: zcat FILE | locksmith diagnose --log -");
  }
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    return refuse("The log is UTF-16, as PowerShell writes it.",
                  "Convert it: iconv -f UTF-16 -t UTF-8 FILE | locksmith diagnose --log -");
  }
  const auto strange = static_cast<std::size_t>(std::ranges::count_if(start, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\x1b';
  }));
  if (strange * 20 > start.size())
    return refuse("The file is binary, not a text log.", "Check that it is the log that you mean.");
  return {};
}

}  // namespace locksmith::doctor::intake

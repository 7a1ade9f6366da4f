#include "model/diagnosis/examine.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "vocabulary/assert.h"

namespace locksmith::model::diagnosis {
namespace {

// A cause with fewer points than this is not worth a reader's time.
constexpr int kWorthSaying = 8;
// Two causes nearer than this are told apart by a test rather than by us.
constexpr int kNear = 25;
// The sum that makes a proof hold against what speaks for others.
constexpr int kProofStands = 60;

template <class Visit>
void split(std::string_view text, char separator, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// A gateway of ours has seen the request as it was sent, and concluded: more than any hint that is left on this machine.
constexpr int kGatewaysWord = 120;
constexpr std::string_view kGatewaysRule = "gateway_names_cause";

// The cause that a Locksmith gateway on the way named in its answer; nullptr where there is none, or of a newer version.
const CauseCode* named_by_gateway(const evidence::Evidence& evidence) {
  const std::string* const name = evidence::find_field(evidence.error.headers, "x-locksmith-cause");
  return name == nullptr || *name == "other" ? nullptr : find_cause(*name);
}

// What all rules say of one cause.
struct Tally {
  int points = 0;
  int heaviest = 0;
  std::vector<Reason> supports;
  std::vector<Reason> against;
};

}  // namespace

std::string_view to_words(Certainty certainty) {
  switch (certainty) {
    case Certainty::possible:
      return "possible";
    case Certainty::likely:
      return "likely";
    case Certainty::proven:
      return "certain";
  }
  return "possible";
}

std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> all;
  for (const auto& table : {credential_rules(), environment_rules(), network_rules(), account_rules(), request_rules(),
                            intermediary_rules(), measured_rules()}) {
    for (const Rule& rule : table) all.push_back(&rule);
  }
  return all;
}

Examiner::Examiner(std::vector<evidence::Meaning> wordings) : book_(std::move(wordings)), names_(book_) {
  std::unordered_set<std::string_view> seen;
  for (const Rule* rule : all_rules()) {
    const bool is_new = seen.insert(rule->name).second;
    LOCKSMITH_ASSERT(is_new);
    compile(*rule);
  }
}

void Examiner::compile(const Rule& rule) {
  Compiled compiled{.rule = &rule, .clauses = {}, .codes = {}};
  split(rule.needs, ' ', [&](std::string_view clause) {
    std::vector<Literal> literals;
    split(clause, '|', [&](std::string_view word) {
      const bool negated = word.starts_with('!');
      if (negated) word.remove_prefix(1);
      const FactId fact = names_.find(word);
      // A meaning that a user's own wordings leave out never holds; any other unknown name is our mistake.
      LOCKSMITH_ASSERT(fact != FactNames::kNone || word.starts_with("says."));
      literals.push_back({fact, negated});
    });
    compiled.clauses.push_back(std::move(literals));
  });
  split(rule.concludes, ' ', [&](std::string_view code) {
    compiled.codes.push_back(static_cast<std::uint16_t>(cause_index(code)));
  });
  LOCKSMITH_ASSERT(!compiled.clauses.empty() && !compiled.codes.empty() && rule.points != 0);
  rules_.push_back(std::move(compiled));
}

bool Examiner::holds(const Compiled& compiled, const FactSet& facts) {
  return std::ranges::all_of(compiled.clauses, [&](const auto& clause) {
    return std::ranges::any_of(clause, [&](const Literal& literal) { return facts.has(literal.fact) != literal.negated; });
  });
}

namespace {

const CauseCode* finest(std::size_t cause, std::span<const int> points) {
  const auto codes = cause_codes();
  const CauseCode* best = &codes[cause];
  int most = 0;
  for (std::size_t i = cause + 1; i < codes.size() && codes[i].cause() == codes[cause].name; ++i) {
    if (points[i] > most) {
      most = points[i];
      best = &codes[i];
    }
  }
  return best;
}

Finding conclude(std::size_t cause, Tally& tally, std::span<const int> points) {
  Finding finding;
  finding.code = finest(cause, points);
  finding.points = tally.points;
  if (tally.heaviest >= kProvenPoints && tally.points >= kProofStands) {
    finding.certainty = Certainty::proven;
  } else if (tally.points >= kLikelyPoints) {
    finding.certainty = Certainty::likely;
  }
  const auto heavier = [](const Reason& a, const Reason& b) { return std::abs(a.points) > std::abs(b.points); };
  std::ranges::stable_sort(tally.supports, heavier);
  std::ranges::stable_sort(tally.against, heavier);
  finding.supports = std::move(tally.supports);
  finding.against = std::move(tally.against);
  return finding;
}

}  // namespace

Diagnosis Examiner::examine(const evidence::Evidence& evidence) const { return examine_without(evidence, {}); }

Diagnosis Examiner::examine_without(const evidence::Evidence& evidence, std::string_view ignored) const {
  const auto codes = cause_codes();
  const FactSet facts = facts_of(evidence);
  std::vector<int> points(codes.size(), 0);  // by code
  std::vector<Tally> tallies(codes.size());  // by cause: only the entries of whole causes are used
  std::size_t cause = 0;
  std::vector<std::size_t> cause_of(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!codes[i].is_finer()) cause = i;
    cause_of[i] = cause;
  }
  for (const Compiled& compiled : rules_) {
    const Rule& rule = *compiled.rule;
    if (!holds(compiled, facts) || rule.name == ignored) continue;
    for (const std::uint16_t code : compiled.codes) {
      points[code] += rule.points;
      Tally& tally = tallies[cause_of[code]];
      tally.points += rule.points;
      tally.heaviest = std::max(tally.heaviest, rule.points);
      (rule.points > 0 ? tally.supports : tally.against).push_back({rule.name, rule.because, rule.points});
    }
  }
  if (const CauseCode* const named = named_by_gateway(evidence); named != nullptr && ignored != kGatewaysRule) {
    const std::size_t code = cause_index(named->name);
    points[code] += kGatewaysWord;
    Tally& tally = tallies[cause_of[code]];
    tally.points += kGatewaysWord;
    tally.heaviest = std::max(tally.heaviest, kGatewaysWord);
    tally.supports.push_back({kGatewaysRule,
                              evidence::find_field(evidence.error.headers, "request-id") == nullptr
                                  ? "the gateway itself refused this request, and its answer names this cause (x-locksmith-cause)"
                                  : "the gateway passed on the API's refusal, and names this cause (x-locksmith-cause)",
                              kGatewaysWord});
  }
  Diagnosis diagnosis;
  diagnosis.facts = facts.count();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!codes[i].is_finer() && tallies[i].points >= kWorthSaying) {
      diagnosis.findings.push_back(conclude(i, tallies[i], points));
    }
  }
  std::ranges::stable_sort(diagnosis.findings, std::ranges::greater{}, &Finding::points);
  if (diagnosis.findings.size() >= 2 && diagnosis.findings[0].certainty != Certainty::proven &&
      diagnosis.findings[0].points - diagnosis.findings[1].points < kNear) {
    diagnosis.next_test = next_test(diagnosis.findings[0].code->cause(), diagnosis.findings[1].code->cause());
  }
  return diagnosis;
}

std::vector<std::string_view> Examiner::facts(const evidence::Evidence& evidence) const {
  const FactSet set = facts_of(evidence);
  std::vector<std::string_view> names;
  for (FactId id = 0; id < names_.size(); ++id) {
    if (set.has(id)) names.push_back(names_.name(id));
  }
  return names;
}

std::vector<std::string_view> Examiner::fired(const evidence::Evidence& evidence) const {
  const FactSet set = facts_of(evidence);
  std::vector<std::string_view> names;
  for (const Compiled& compiled : rules_) {
    if (holds(compiled, set)) names.push_back(compiled.rule->name);
  }
  return names;
}

}  // namespace locksmith::model::diagnosis

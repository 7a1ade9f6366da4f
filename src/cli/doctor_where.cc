#include "cli/doctor_where.h"

#include "cli/line_reader.h"
#include "doctor/elsewhere/compare.h"
#include "doctor/elsewhere/elsewhere.h"
#include "doctor/survey/surroundings.h"
#include "host/machine.h"
#include "vocabulary/limits/input.h"

namespace locksmith::cli {
namespace {

using doctor::elsewhere::Elsewhere;

Result<Elsewhere> find(const Where& where, const world::Environment& here, const world::Files& files) {
  if (where.pid != 0) return doctor::elsewhere::read_process(files, here, where.pid);
  if (!where.unit.empty()) return doctor::elsewhere::read_unit(files, here, where.unit);
  auto text = read_whole(where.inspect, limits::kConfigFile);
  if (!text) return std::unexpected(text.error());
  auto container = doctor::elsewhere::read_container(here, *text);
  wipe(text->data(), text->size());
  return container;
}

}  // namespace

Result<SurveyOfPlace> take_survey(const Where& where, Instant now, doctor::survey::ClientKind client) {
  const host::RealEnvironment here;
  const host::RealFiles files;
  SurveyOfPlace out{doctor::survey::take(here, files, now, client)};
  if (where.pid == 0 && where.unit.empty() && where.inspect.empty()) {
    doctor::survey::look_around(here, files, out.survey);
    return out;
  }

  auto place = find(where, here, files);
  if (!place) return std::unexpected(place.error());
  const doctor::elsewhere::NoFiles none;
  const world::Files& seen = place->sees_our_files ? static_cast<const world::Files&>(files) : none;
  auto there = doctor::survey::take(*place->environment, seen, now, client);
  there.where = place->what;
  there.remarks.insert(there.remarks.end(), place->remarks.begin(), place->remarks.end());
  there.observations.insert(there.observations.end(), place->observations.begin(), place->observations.end());
  doctor::elsewhere::compare(out.survey, place->what, there);
  return SurveyOfPlace{std::move(there), place->is_reachable};
}

}  // namespace locksmith::cli

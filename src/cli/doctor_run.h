// One examination from what the command line asks for: survey, probes, diagnosis, verdict.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/doctor_where.h"
#include "doctor/examination/examination.h"
#include "doctor/examination/judge.h"
#include "model/diagnosis/examine.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

struct RunFlags {
  std::string client;
  std::string base_url;
  std::string model;
  bool offline = false;
  bool deep = false;
  bool account = false;
  std::string echo;
  bool run_helper = false;  // the user agreed that the key helper is run
  Where where;
};

struct DoctorRun {
  doctor::examination::Examination examination;
  model::diagnosis::Diagnosis diagnosis;
  doctor::examination::Verdict verdict;
};

// May run more than once: each time the machine is looked at anew. While one lives, SIGINT ends the run under way, which then tells
// what is known by then.
class Doctor {
 public:
  // Failure codes: client_unknown, admin_key_missing, and those of the embedded data.
  static Result<std::unique_ptr<Doctor>> make(const RunFlags& flags);
  virtual ~Doctor() = default;
  // Failure codes: those of take_survey().
  virtual Result<DoctorRun> run(const std::function<void(const doctor::examination::Tried&)>& progress = {}) = 0;
  virtual Instant now() const = 0;
  virtual bool interrupted() const = 0;
  virtual void wait(Duration how_long) = 0;  // or until SIGINT
};

}  // namespace locksmith::cli

// Profiles of the ant CLI and Workload Identity Federation, as each SDK looks for them.
//
// Source: the TypeScript SDK's core/credentials.ts and lib/credentials (0.120.0, 1.12.0), the Python SDK's
// lib/credentials/_chain.py (0.121.0), the ant CLI's extras.go (1.20.0).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/survey/client.h"
#include "doctor/survey/machine.h"
#include "vocabulary/instant.h"
#include "vocabulary/secret.h"

namespace locksmith::doctor::survey {

struct ProfileSource {
  std::string source;  // "profile:work", "env:ANTHROPIC_FEDERATION_RULE_ID"
  Secret token;        // sent as it is stored; empty where one is fetched first
  std::optional<Instant> expires_at;
  bool has_refresh_token = false;
  bool federated = false;    // Workload Identity Federation, of a profile or of variables
  bool exchanged = false;    // the client first fetches a token, with what is named here
  bool incomplete = false;   // federation that lacks a variable
  bool passed_over = false;  // the client does not come to it; `note` says why
  std::string problem;       // the client fails on it and looks no further, for people
  bool no_config = false;    // the problem is that there is no profile of that name that can be read
  bool no_file = false;      // … that its credentials file is not there
  bool early = false;        // … before a request is built, so that a custom header may still save it
  bool unreadable = false;   // the problem is a file that cannot or must not be read
  std::string note;
  std::string base_url;      // of the profile; without slashes at its end, but for Claude Code
  std::string workspace_id;  // goes out as anthropic-workspace-id
};

// In the order in which the client asks; the first that is not passed over counts. Empty where there is
// nothing.
std::vector<ProfileSource> read_profiles(const Machine& machine, const ClientTraits& traits);

}  // namespace locksmith::doctor::survey

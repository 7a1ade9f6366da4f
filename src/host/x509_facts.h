// What certificates say, as plain values.
#pragma once

#include "world/loop.h"

struct x509_store_ctx_st;

namespace locksmith::host {

// Fills subject, issuer, dates, names and the root from a verification that has run, whatever its result.
void note_certificates(x509_store_ctx_st* store, world::TlsFacts& facts);

}  // namespace locksmith::host

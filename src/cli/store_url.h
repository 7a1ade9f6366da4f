// Where the store is: from --store, LOCKSMITH_STORE, or the user's data folder (XDG_DATA_HOME).
#pragma once

#include <memory>
#include <string>
#include <string>

#include "store/key_store.h"
#include "vocabulary/failure.h"

namespace locksmith::cli {

// The file that it is. Makes the default folder where there is none. Failure codes: store_url_invalid.
Result<std::string> key_store_path(const std::string& url);

// Opens it, and makes its folder (mode 0700) and file (0600) where there are none. Failure codes: store_url_invalid,
// store_unavailable, store_foreign, store_newer.
Result<std::unique_ptr<store::KeyStore>> open_key_store(const std::string& url);

}  // namespace locksmith::cli

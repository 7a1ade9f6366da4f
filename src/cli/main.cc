#include "cli/run.h"

#if defined(__SANITIZE_ADDRESS__)
// A look-up that is given up goes on in the C library, on a thread of its own, and the program may end before it: what it holds
// then is no leak of ours.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:res_context_send\n"; }
#endif

int main(int argc, char** argv) { return locksmith::cli::run(argc, argv); }

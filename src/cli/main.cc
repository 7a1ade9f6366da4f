#include "cli/run.h"

int main(int argc, char** argv) { return locksmith::cli::run(argc, argv); }

// The name of a cause is one of the list: a mistyped one would be a rule that concludes nothing.
// expect: no_such_cause_in_cause_list
#include "model/diagnosis/cause_name.h"

int main() {
  using namespace locksmith::model::diagnosis;
#ifdef OFFENDING
  constexpr CauseName name = "key_mising";
#else
  constexpr CauseName name = "key_missing";
#endif
  return static_cast<int>(name.text().size());
}

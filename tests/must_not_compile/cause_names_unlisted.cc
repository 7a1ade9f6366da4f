// Of several names each is checked, and nothing stands between them but one space.
// expect: no_such_cause_in_cause_list
#include "model/diagnosis/rule.h"

int main() {
  using namespace locksmith::model::diagnosis;
#ifdef OFFENDING
  constexpr Rule rule{"name", "a.fact", "key_missing key_expird", Strength::hint, "because"};
#else
  constexpr Rule rule{"name", "a.fact", "key_missing key_expired", Strength::hint, "because"};
#endif
  return static_cast<int>(rule.name.size());
}

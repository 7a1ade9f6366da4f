// A case that fails for another reason than it names.
// expect: use of deleted function
int main() {
#ifdef OFFENDING
  return undeclared;
#else
  return 0;
#endif
}

// A case that never compiles.
// expect: expected
int main() { return }

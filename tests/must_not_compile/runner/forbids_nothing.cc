// A case that forbids nothing.
// expect: anything
int main() { return 0; }

// The entry points of libFuzzer, whose own `main` is linked: Swift would want one of its own.
#include <stddef.h>
#include <stdint.h>

void tonofuzz_choose(int count, char **arguments);
void tonofuzz_read(const uint8_t *bytes, size_t count);

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  tonofuzz_choose(*count, *arguments);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  tonofuzz_read(bytes, count);
  return 0;
}

// What glibc 2.34 does not have and Swift's libraries ask for. The linker's --wrap sends calls here.
#include <stdint.h>
#include <sys/random.h>

// 2.35 has newer versions, which differ in errno alone.
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#endif

__asm__(".symver older_hypot,hypot@" OLDEST);
__asm__(".symver older_hypotf,hypotf@" OLDEST);
double older_hypot(double x, double y);
float older_hypotf(float x, float y);
double __wrap_hypot(double x, double y) { return older_hypot(x, y); }
float __wrap_hypotf(float x, float y) { return older_hypotf(x, y); }

// Of glibc 2.36; a random number from the kernel is as good.
uint32_t __wrap_arc4random(void) {
  uint32_t number;
  while (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
  }
  return number;
}

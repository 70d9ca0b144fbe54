// Functions of which glibc 2.35 has newer versions that differ in errno alone. The linker's --wrap sends calls here, so
// that the program runs with older ones as well.
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

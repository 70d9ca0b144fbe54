#include "CHDF5Driver.h"

__attribute__((weak)) int st_h5_is_checksum(uint32_t stored, uint32_t computed) {
  return stored == computed;
}

#include "build.h"

const char *st_build_version(void) { return ST_VERSION; }

const char *st_build_commit(void) { return ST_COMMIT; }

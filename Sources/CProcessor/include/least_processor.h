#pragma once

// Ends the program, in which this file is linked, with a sentence and status 1 on a processor that it cannot run on. That
// is looked at before any library's code runs (.preinit_array), since the first of it might need more.

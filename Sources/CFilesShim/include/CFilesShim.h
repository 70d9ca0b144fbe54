#pragma once

/// Gives the file `from` the name `to` unless something has that name.
///
/// Returns 0, or the system's error number, which is EEXIST where something has the name.
int st_rename_if_free(const char *from, const char *to);

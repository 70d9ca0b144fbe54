#pragma once

// What Package.swift knows of the sources that are being built.

/// Stipple's version: "0.1.0".
const char *st_build_version(void);

/// The commit, with a "+" where files were changed since; empty where the sources have no history.
const char *st_build_commit(void);

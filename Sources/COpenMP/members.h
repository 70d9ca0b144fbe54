#pragma once

/// Of the pool, the calling thread included, which is number 0.
enum { most_members = 1024 };

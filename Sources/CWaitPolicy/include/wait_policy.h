#ifndef ST_WAIT_POLICY_H
#define ST_WAIT_POLICY_H

/// How long libgomp's threads spin before they sleep, where the user has set neither
/// GOMP_SPINCOUNT nor OMP_WAIT_POLICY.
///
/// Spinning threads take the time of other programs that want the same processors. Sleeping ones
/// cost next to nothing but take a while to wake up, so they spin for some microseconds first.
#define ST_SPIN_COUNT "1000"

#endif

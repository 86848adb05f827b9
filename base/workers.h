#pragma once

#include <cstdint>
#include <functional>

namespace lockstep {

/// Processors this process may use.
int num_processors();

/// Calls work(item, worker) once for each item in [0, num_items), by `num_workers` threads that
/// take the next item in order. An exception stops what comes after its item; that of the lowest
/// item that fails is thrown again here, whatever the threads. With one worker the caller's thread
/// does it.
void for_each_item(int64_t num_items,
                   int num_workers,
                   const std::function<void(int64_t item, int worker)>& work);

}  // namespace lockstep

// worker_script.h — the program that a worker's python3 runs.
#pragma once

namespace weir {

/// Standard library only. Talks in frames (row_frames.h) over its standard input, which is a socket.
extern const char* const python_worker_script;

}  // namespace weir

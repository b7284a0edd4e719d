// heap.cpp — how jemalloc, which the program is linked with, is set up; nothing where it is built with a sanitizer, which brings its own heap.
//
// Fetches, epochs and growing tables take and give back megabytes many times a second. The C library either gives them to the system at once, and each costs
// a fault for every page when it comes again, or keeps what lies between small blocks for good. jemalloc keeps what is free for a moment.
extern "C" {

/// Read by jemalloc when it starts (jemalloc(3), TUNING). Memory goes from thread to thread by the chunk: with many arenas more of it lies idle.
/// What wants large pages asks for them: where the system gives them to everybody, the process would grow by a fifth.
#ifdef __GNUC__
__attribute__((visibility("default")))
#endif
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0,thp:never";
}

/* broken_start.c — a plugin that is wrong in the one way that -D chooses. */
#include <stdlib.h>
#include <unistd.h>
#include <weir_udf.h>

#ifndef MAGIC
#define MAGIC WEIR_UDF_MAGIC
#endif
#ifndef MAJOR
#define MAJOR WEIR_UDF_MAJOR
#endif
#ifndef SIZE
#define SIZE sizeof(weir_plugin)
#endif
#ifndef PLUGIN
#define PLUGIN "broken"
#endif
#ifndef FUNCTION
#define FUNCTION "broken_one"
#endif
#ifndef SECOND
#define SECOND "broken_two"
#endif
#ifndef RESULT
#define RESULT "bigint"
#endif
#ifndef ENTRY
#define ENTRY weir_plugin_entry
#endif

#ifdef CRASHES
__attribute__((constructor)) static void start(void) { *(volatile int*)0 = 1; }
#endif
#ifdef EXITS
__attribute__((constructor)) static void start(void) { _exit(0); }
#endif
#ifdef ABORTS
__attribute__((constructor)) static void start(void) { abort(); }
#endif
#ifdef UNDEFINED
extern int nobody_has_this(void);
int ask(void) { return nobody_has_this(); }
#endif

static int evaluate(void* state, const struct ArrowArray* const* arguments, uint32_t count, int64_t rows, weir_column* result, const weir_call* call) {
  (void)state, (void)arguments, (void)count, (void)rows, (void)result;
  call->fail(call, "is never called");
  return 1;
}

static const char* const parameters[] = {"string"};
#define DECLARED(function)                                                                                                 \
  {.struct_size = sizeof(weir_function), .kind = WEIR_SCALAR, .flags = WEIR_STRICT, .name = function, .summary = "Breaks.", \
   .parameters = parameters, .parameter_count = 1, .result = RESULT, .evaluate = evaluate}
static const weir_function one = DECLARED(FUNCTION);
static const weir_function two = DECLARED(SECOND);
static const weir_function* const functions[] = {&one, &two};
static const weir_plugin plugin = {.struct_size = SIZE, .magic = MAGIC, .major = MAJOR, .name = PLUGIN, .version = "1", .functions = functions,
                                   .function_count = 2};

WEIR_EXPORT const weir_plugin* ENTRY(const weir_host* host);
const weir_plugin* ENTRY(const weir_host* host) {
#ifdef REFUSES
  host->fail(host, "no licence was found");
  return NULL;
#endif
  (void)host;
  return &plugin;
}

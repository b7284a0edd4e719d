// options.cpp — mistakes of connectors, their options, plugins and functions.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_options() {
  return {
      {"W0701", "an unknown option of a connector or a format",
       R"(Each connector and each format has its own options, and an option that nothing reads would do nothing. The nearest one is named, or all of them; `weir list connectors` and `weir list formats` show them with types and defaults. Properties of librdkafka stand under `properties`.)",
       ExampleKind::statements, "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', strat = 'earliest');",
       "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', start = 'earliest');"},
      {"W0702", "a value that the option does not take",
       R"(Options have types: numbers with bounds, true and false, spans of time, sizes, lists, or one of a few words. The message says what is expected and what came; values of secret options are not shown.)",
       ExampleKind::statements, "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', start = 'first');",
       "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', start = 'earliest');"},
      {"W0703", "an option is missing",
       R"(The connector cannot work without it, and no default would be right: where the brokers are, which topic is read, which file. The help line says what it is for.)",
       ExampleKind::statements, "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', format = 'json');", "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json');"},
      {"W0704", "options that contradict each other",
       R"(Two options say the same thing, or one means nothing beside the other: a topic and a list of topics, a user name without a login. Keep the one that is meant.)",
       ExampleKind::statements, "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', topics = ['s'], format = 'json');",
       "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topics = ['s'], format = 'json');"},
      {"W0705", "a property that librdkafka does not take, or that Weir sets itself",
       R"(`properties` are handed to librdkafka as they are, and it refuses unknown names and values. A few Weir sets itself, as exactly-once reading depends on them: positions are kept in the database, so nothing may be committed to the broker.)",
       ExampleKind::statements, "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', properties = (fetch.wait = '10'));",
       "CREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json', properties = (fetch.wait.max.ms = '10'));"},
      {"W0706", "a plugin that cannot be loaded",
       R"(The file is not there, is not a plugin of this version of Weir, may be written by everybody, or declares a function that cannot be. Plugins run inside the process, so all of that is checked before any of their code runs. `weir plugin check FILE` says more.)",
       ExampleKind::yaml, "name: shop\nplugins: [no_such_plugin.so]\nsources:\n  clicks: { type: kafka, brokers: \"localhost:9092\", topic: clicks, format: json, columns: { id: string } }\nsinks:\n  out: { input: clicks, type: console }",
       "name: shop\nsources:\n  clicks: { type: kafka, brokers: \"localhost:9092\", topic: clicks, format: json, columns: { id: string } }\nsinks:\n  out: { input: clicks, type: console }"},
      {"W0707", "a function of the pipeline's own that cannot be defined",
       R"(The script cannot be read or does not run, it has no function of the name, or the name belongs to a function of Weir or a plugin. The script is loaded once when the file is checked, so that this is not found by the first row.)",
       ExampleKind::yaml, "name: shop\nfunctions:\n  twice: { language: python, file: no_such_file.py, parameters: { n: int }, returns: int }\nsources:\n  clicks: { type: kafka, brokers: \"localhost:9092\", topic: clicks, format: json, columns: { id: string } }\nsinks:\n  out: { input: clicks, type: console }",
       "name: shop\nsources:\n  clicks: { type: kafka, brokers: \"localhost:9092\", topic: clicks, format: json, columns: { id: string } }\nsinks:\n  out: { input: clicks, type: console }"},
  };
}

}  // namespace weir

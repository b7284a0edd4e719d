// text.cpp — mistakes of the text itself: files, YAML, variables.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_text() {
  return {
      {"W0001", "a file cannot be read",
       R"(The file is not there, or may not be read by you. Paths that stand in a pipeline file are looked up from the folder of that file; paths on the command line from where you are. Check the name, then its permissions with ls -l.)"},
      {"W0002", "the ending does not say how the file is written",
       R"(A pipeline file is YAML if its name ends in .yaml or .yml, and SQL if it ends in .weir. Weir does not guess from what is inside, because half-written files would be guessed differently from one moment to the next. Rename the file.)"},
      {"W0003", "the file is no text",
       R"(A pipeline file is UTF-8 without control characters. Files saved as UTF-16 or Latin-1, and characters that a terminal or a chat put there, are found here: iconv -f LATIN1 -t UTF-8 converts, and the place names the first byte that is wrong.)"},
      {"W0004", "too long or nested too deeply",
       R"(Files, statements, lists and expressions have limits, so that no file can exhaust the memory or the stack: 1 MiB and 10,000 statements a file, 64 levels of YAML, 200 levels of brackets. People stay far below them; programs that write pipelines reach them with long chains of operators. Name parts of the expression with extend, or use a function of many arguments, such as concat or coalesce, instead of a chain.)",
       ExampleKind::yaml,
       R"(a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]])", R"(name: shop
sources:
  clicks: { type: kafka, brokers: "localhost:9092", topic: clicks, format: json, columns: { id: string } }
sinks:
  out: { input: clicks, type: console })"},
      {"W0005", "a tab indents a line of YAML",
       R"(YAML indents with blanks alone: a tab has no width that everybody agrees on, so it cannot say how deep a line is. Set your editor to insert blanks in YAML files, and put two of them where the tab is.)",
       ExampleKind::sections, "sinks:\n\tout: { input: orders, type: console }", "sinks:\n  out: { input: orders, type: console }"},
      {"W0006", "the lines do not form YAML",
       R"(YAML tells what belongs to what by how far lines are indented. Here a line is indented by another number of blanks than its neighbours, or a key stands where the text above is still a list or a value. Put what belongs together in one column; the place is where YAML noticed, the cause is often the line above.)",
       ExampleKind::sections, "sinks:\n  out:\n    input: orders\n   type: console", "sinks:\n  out:\n    input: orders\n    type: console"},
      {"W0007", "a second colon in a value",
       R"(A colon and a blank separate a key from its value, so one that stands inside a value splits it a second time. Put the value in quotes; expressions with colons, such as JSON paths and times, want them as well.)",
       ExampleKind::sections, "sinks:\n  out:\n    input: orders\n    description: note: all orders\n    type: console", "sinks:\n  out:\n    input: orders\n    description: \"note: all orders\"\n    type: console"},
      {"W0008", "a bracket of YAML is not closed",
       R"(A '{' or '[' has no partner. Inside of them commas and brackets are YAML's own, so an expression or a ${variable} that has some must stand in quotes there. Close the bracket, or put the value in quotes.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console", "sinks:\n  out: { input: orders, type: console }"},
      {"W0009", "a quote of YAML is not closed",
       R"(A text that begins with ' or " goes on to the same quote. The file ends before there is one. Within '...' an apostrophe is written twice; within "..." a quote is written \".)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: 'console }\n  other: { input: shipments, type: console }",
       "sinks:\n  out: { input: orders, type: 'console' }\n  other: { input: shipments, type: console }"},
      {"W0010", "a value begins with a sign that YAML keeps for itself",
       R"(YAML has kept @ and ` for later versions of itself, so no plain value may begin with them. Put the whole value in quotes.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\n  at:\n    input: orders\n    description: @home\n    type: console",
       "sinks:\n  out: { input: orders, type: console }\n  at:\n    input: orders\n    description: \"@home\"\n    type: console"},
      {"W0011", "anchors, aliases, tags and merge keys",
       R"(&name, *name, !tag and << are left out of pipeline files: with them, a value is not where it is used, ten lines can stand for a billion, and messages cannot point at what they mean. Write the value out; what several steps share belongs into a stream, and what several files share into a variable. A text that begins with one of these signs is put in quotes.)",
       ExampleKind::sections, "sinks:\n  out: &all { input: orders, type: console }", "sinks:\n  out: { input: orders, type: console }"},
      {"W0012", "a second YAML document",
       R"(A line of three dashes begins another document. A file is one pipeline, whose books are kept under one name, so there can only be one. Put the second one into a file of its own.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\n---\nname: other", "sinks:\n  out: { input: orders, type: console }"},
      {"W0013", "a key or an option is given twice",
       R"(YAML itself would keep one of the two without saying which, so Weir takes neither. The note shows where the first one stands. Keep the one that is meant; two entries of a section want two names.)",
       ExampleKind::sections, "sinks:\n  out:\n    input: orders\n    type: console\n    input: shipments", "sinks:\n  out:\n    input: orders\n    type: console"},
      {"W0014", "a key is no word",
       R"(Each entry of a map has a key, which is a word, then a colon. Here the key is missing, or it is a list or a map itself. This often comes from a ${variable} or a { without quotes.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console, [a]: b }", "sinks:\n  out: { input: orders, type: console }"},
      {"W0015", "a variable is written wrongly",
       R"(Variables are ${NAME}, ${section.key}, ${NAME:-a default} and ${file:PATH}; names have letters, digits, dots, underscores and dashes, and the brace is closed. A dollar and a brace that are meant as such are written $${.)",
       ExampleKind::sections, "sinks:\n  out: { input: \"${my input:-orders}\", type: console }", "sinks:\n  out: { input: \"${INPUT:-orders}\", type: console }"},
      {"W0016", "a variable has no value",
       R"(The name is in none of --set, the environment and the file of --config, and the place gives no default. An empty text in its stead would be found much later, as a topic or a database with a strange name, so a pipeline does not start without its variables. Set it, or write a default: ${NAME:-value}.)",
       ExampleKind::sections, "sinks:\n  out: { input: \"${INPUT_OF_OUT}\", type: console }", "sinks:\n  out: { input: \"${INPUT_OF_OUT:-orders}\", type: console }"},
      {"W0017", "a secret cannot be read",
       R"(${file:PATH} puts in what the file holds, without the line's end: that is how passwords stay out of pipeline files. The file is not there, may not be read by you, or is too large for a secret. The path is looked up from where Weir was started.)",
       ExampleKind::sections, "connections:\n  warehouse: { dsn: \"${file:no/such/file}\" }\nsinks:\n  out: { input: orders, type: console }",
       "connections:\n  warehouse: { dsn: \"sqlite:shop.db\" }\nsinks:\n  out: { input: orders, type: console }"},
  };
}

}  // namespace weir

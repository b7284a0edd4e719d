// descriptor_test.cpp — a plugin's description is believed only if it is sound.
#include "udf/host/descriptor.h"

#include <gtest/gtest.h>

namespace weir::test {
namespace {

int compute(void*, const ArrowArray* const*, std::uint32_t, std::int64_t, weir_column*, const weir_call*) { return 0; }

// A sound description; each test spoils one thing of it.
struct Sound {
  Sound() {
    function.struct_size = sizeof(weir_function);
    function.kind = WEIR_SCALAR;
    function.flags = WEIR_STRICT;
    function.name = "twice";
    function.summary = "Twice.";
    function.parameters = parameters;
    function.parameter_count = 1;
    function.result = "bigint";
    function.evaluate = compute;
    plugin = {sizeof(weir_plugin), WEIR_UDF_MAGIC, WEIR_UDF_MAJOR, WEIR_UDF_MINOR, "acme", "1", functions, 1, 0};
  }
  std::string error() const {
    const Status status = check_descriptor(plugin);
    return status.ok() ? "sound" : status.error().message();
  }
  const char* parameters[2] = {"bigint", "string"};
  weir_function function{};
  const weir_function* functions[2] = {&function, &function};
  weir_plugin plugin{};
};

TEST(Descriptor, ASoundOneIsTaken) {
  const Sound sound;
  EXPECT_EQ(sound.error(), "sound");
  EXPECT_EQ(signature_of(sound.function), "twice(bigint) -> bigint");
}

TEST(Descriptor, ALargerOneOfALaterMinorVersionIsTaken) {
  Sound sound;
  sound.plugin.struct_size += 64;
  sound.function.struct_size += 64;
  EXPECT_EQ(sound.error(), "sound");
}

TEST(Descriptor, VersionsAndSizesAreLookedAtFirst) {
  Sound sound;
  sound.plugin.struct_size = 8;
  sound.plugin.magic = 0;
  EXPECT_EQ(sound.error(), "its description is 8 bytes long, expected at least 48");
  sound.plugin.struct_size = 40;
  EXPECT_EQ(sound.error(), "its description has the magic number 0x0, expected 0x31524957");
  sound.plugin.magic = WEIR_UDF_MAGIC;
  sound.plugin.major = 2;
  EXPECT_EQ(sound.error(), "it was built for version 2.0 of the plugin interface; this Weir has 1.0");
  sound.plugin.major = 1;
  sound.plugin.minor = 1;
  EXPECT_EQ(sound.error(), "it was built for version 1.1 of the plugin interface; this Weir has 1.0");
  sound.plugin.minor = 0;
  EXPECT_EQ(sound.error(), "its description is 40 bytes long, expected at least 48");
}

TEST(Descriptor, EachFaultOfAFunctionHasItsSentence) {
  const auto spoiled = [](const std::function<void(Sound&)>& spoil) {
    Sound sound;
    spoil(sound);
    return sound.error();
  };
  EXPECT_EQ(spoiled([](Sound& s) { s.plugin.function_count = 0; }), "it has no functions");
  EXPECT_EQ(spoiled([](Sound& s) { s.plugin.name = ""; }), "it has no name or no version");
  EXPECT_EQ(spoiled([](Sound& s) { s.functions[0] = nullptr; }), "function 1 is missing");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.struct_size = 16; }),
            "the description of function 1 is 16 bytes long, expected at least " + std::to_string(sizeof(weir_function)));
  EXPECT_EQ(spoiled([](Sound& s) { s.function.name = "Twice"; }), "the name of function 1 is not of lower case letters, digits and _");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.kind = 9; }), "function twice: it is of an unknown kind: 9");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.flags = 1 << 10; }), "function twice: it has flags that this Weir does not know: 0x400");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.summary = nullptr; }), "function twice: it has no summary");
  EXPECT_EQ(spoiled([](Sound& s) { s.parameters[0] = "number9"; }), "function twice: parameter 1 is of an unknown type: number9");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.result = nullptr; }), "function twice: the result has no type");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.optional_count = 2; }), "function twice: more of its parameters are optional than it has");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.evaluate = nullptr; }), "function twice: it is scalar but has no evaluate");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.drop = [](void*) {}; }), "function twice: it has one of prepare and drop");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.kind = WEIR_AGGREGATE; }), "function twice: it is an aggregate but has no bodies");
  EXPECT_EQ(spoiled([](Sound& s) { s.function.kind = WEIR_TABLE; }), "function twice: it makes rows without columns");
  EXPECT_EQ(spoiled([](Sound& s) { s.plugin.function_count = 2; }), "function twice is there twice with the same parameters");
}

}  // namespace
}  // namespace weir::test

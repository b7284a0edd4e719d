// weir_hint.h — what to do about an error, in the words of .weir files.
#pragma once

#include "engine/base/error.h"

namespace weir {

/// Layers below know settings, and show them as YAML has them: "add key: [NAME]". The same error with statements and options of .weir files.
Error in_words_of_weir(const Error& error);

}  // namespace weir

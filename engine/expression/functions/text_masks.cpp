// text_masks.cpp — mask: texts with their letters and digits hidden.
#include <fmt/format.h>

#include <array>
#include <clocale>
#include <cwctype>
#include <optional>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

/// What stands for a kind of character: one character, or nothing where such characters are kept.
using Cover = std::optional<std::string>;

struct Covers {
  Cover upper = "X";
  Cover lower = "x";
  Cover digit = "n";
  Cover other;
};

class Masker {
 public:
  Masker() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  Masker(const Masker&) = delete;
  Masker& operator=(const Masker&) = delete;
  ~Masker() {
    if (locale_ != nullptr) freelocale(locale_);
  }

  const Cover& cover(const Covers& covers, char32_t character) const {
    if (character >= '0' && character <= '9') return covers.digit;
    if (character < 0x80) {
      if (character >= 'A' && character <= 'Z') return covers.upper;
      return character >= 'a' && character <= 'z' ? covers.lower : covers.other;
    }
    const auto letter = static_cast<wint_t>(character);
    if (locale_ == nullptr || iswalpha_l(letter, locale_) == 0) return covers.other;
    // A title letter (Dz) is both a capital and not.
    if (iswupper_l(letter, locale_) != 0)
      return towupper_l(letter, locale_) == letter ? covers.upper : covers.other;
    return iswlower_l(letter, locale_) != 0 ? covers.lower : covers.other;
  }

 private:
  locale_t locale_;
};

void mask(const Masker& masker, const Covers& covers, RowOutput& output, std::string_view text) {
  char* out = output.room(4 * text.size());
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t start = position;
    const Cover& cover = masker.cover(covers, next_character(text, position));
    const std::string_view made =
        cover.has_value() ? std::string_view(*cover) : text.substr(start, position - start);
    out = std::copy(made.begin(), made.end(), out);
  }
  output.finish(out);
}

/// A cover is a literal of one character, or NULL.
Result<Covers> covers_of(const CallSite& site) {
  Covers covers;
  const std::array<Cover*, 4> places{&covers.upper, &covers.lower, &covers.digit, &covers.other};
  for (std::size_t i = 1; i < site.types.size(); ++i) {
    if (site.constants[i] == nullptr) return call_error("mask: what stands for letters must be a constant");
    const std::string* text = constant_text(site, i);
    if (text != nullptr && count_characters(*text) != 1)
      return call_error(fmt::format("mask: one character stands for another: {}", *text));
    *places[i - 1] = text == nullptr ? Cover() : Cover(*text);
  }
  return covers;
}

class Mask final : public Kernel {
 public:
  explicit Mask(Covers covers) : covers_(std::move(covers)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    RowOutput output(writer, arguments);
    const Column& texts = arguments[0];
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      output.move_to(row);
      const RowError* error = texts.errors == nullptr ? nullptr : texts.errors->find(row & texts.row_mask);
      if (error != nullptr) {
        output.error(error->code, error->message);
      } else if (texts.is_null(row)) {
        output.null();
      } else {
        mask(masker_, covers_, output, texts.text_at(row));
      }
    }
    return writer.finish();
  }

 private:
  Covers covers_;
  Masker masker_;
};

}  // namespace

void register_text_masks(FunctionRegistry& registry) {
  Overload overload = prepared({"string", "string", "string", "string", "string"}, string_type,
                               [](const CallSite& site) -> KernelResult {
                                 WEIR_ASSIGN(Covers covers, covers_of(site));
                                 return kernel_of<Mask>(std::move(covers));
                               });
  overload.optional = 4;
  overload.strict = false;  // NULL for a cover keeps such characters
  overload.never_null = false;
  add(registry,
      {.name = "mask",
       .family = "string",
       .signature = "mask(text string[, upper string, lower string, digit string, other string]) -> string",
       .summary = "The text with X for capitals, x for small letters, n for digits and the rest kept, or "
                  "with the given characters; NULL keeps.",
       .examples = {{"mask('AbCD123-@$#')", "XxXXnnn-@$#"},
                    {"mask('AbCD123-@$#', 'Q', 'q', 'd', 'o')", "QqQQdddoooo"},
                    {"mask('AbCD123-@$#', NULL, 'q')", "AqCDnnn-@$#"}},
       .overloads = {overload}});
}

}  // namespace weir

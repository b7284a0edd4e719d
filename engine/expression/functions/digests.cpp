// digests.cpp — cryptographic digests and checksums of bytes: sha2, sha1, md5, crc32.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/hexadecimal.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "hash";

/// One algorithm of OpenSSL, looked up once: the look-up costs more than a digest.
class Digest {
 public:
  explicit Digest(const char* name) : algorithm_(EVP_MD_fetch(nullptr, name, nullptr)) {}
  Digest(Digest&& other) noexcept : algorithm_(std::exchange(other.algorithm_, nullptr)) {}
  Digest& operator=(Digest&&) = delete;
  ~Digest() { EVP_MD_free(algorithm_); }
  bool is_available() const { return algorithm_ != nullptr; }
  const EVP_MD* algorithm() const { return algorithm_; }

 private:
  EVP_MD* algorithm_;
};

/// The working memory of digests, used again for every row.
class DigestContext {
 public:
  DigestContext() : context_(EVP_MD_CTX_new()) {}
  DigestContext(const DigestContext&) = delete;
  DigestContext& operator=(const DigestContext&) = delete;
  ~DigestContext() { EVP_MD_CTX_free(context_); }

  /// Writes the digest in hexadecimal digits at `out` and returns the end; null where OpenSSL refuses.
  const char* write(const Digest& digest, std::string_view bytes, char* out) {
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    const bool is_done = EVP_DigestInit_ex2(context_, digest.algorithm(), nullptr) == 1 &&
                         EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1 &&
                         EVP_DigestFinal_ex(context_, made, &length) == 1;
    if (!is_done) return nullptr;
    return write_hex({reinterpret_cast<const char*>(made), length}, "0123456789abcdef", out);
  }

 private:
  EVP_MD_CTX* context_;
};

void digest_into(RowOutput& output, DigestContext& context, const Digest& digest, std::string_view bytes) {
  const char* end = context.write(digest, bytes, output.room(2 * EVP_MAX_MD_SIZE));
  if (end == nullptr) return output.error("no_digest", "OpenSSL could not make the digest");
  output.finish(end);
}

const char* sha2_name(std::int64_t bits) {
  switch (bits) {
    case 224:
      return "SHA224";
    case 0:
    case 256:
      return "SHA256";
    case 384:
      return "SHA384";
    case 512:
      return "SHA512";
    default:
      return nullptr;
  }
}

Error no_digest(const char* name) {
  return call_error(fmt::format("this machine's OpenSSL does not offer {}", name));
}

std::string bad_length(std::int64_t bits) {
  return fmt::format("sha2: unknown length: {} (lengths are 224, 256, 384, 512 and 0, which means 256)",
                     bits);
}

/// sha2 with a length that differs from row to row.
struct Sha2State {
  DigestContext working;
  std::array<Digest, 4> digests{Digest("SHA224"), Digest("SHA256"), Digest("SHA384"), Digest("SHA512")};
  const Digest& of_length(std::int32_t bits) const {
    return digests[bits == 224 ? 0 : bits == 384 ? 2 : bits == 512 ? 3 : 1];
  }
};

void sha2_of_any_length(Sha2State& state, RowOutput& output, std::string_view bytes, std::int32_t bits) {
  if (sha2_name(bits) == nullptr) return output.error("bad_argument", bad_length(bits));
  digest_into(output, state.working, state.of_length(bits), bytes);
}

KernelResult prepare_sha2(const CallSite& site) {
  const auto bits = constant_integer(site, 1);
  if (!bits.has_value()) {
    return make_kernel(string_type,
                       [](Sha2State& state, RowOutput& output, std::string_view bytes, std::int32_t length) {
                         sha2_of_any_length(state, output, bytes, length);
                       });
  }
  const char* name = sha2_name(*bits);
  if (name == nullptr) return call_error(bad_length(*bits));
  Digest digest(name);
  if (!digest.is_available()) return no_digest(name);
  return make_kernel(string_type, [digest = std::move(digest)](DigestContext& context, RowOutput& output,
                                                               std::string_view bytes, std::int32_t) {
    digest_into(output, context, digest, bytes);
  });
}

KernelResult prepare_digest(const char* name) {
  Digest digest(name);
  if (!digest.is_available()) return no_digest(name);
  return make_kernel(string_type, [digest = std::move(digest)](DigestContext& context, RowOutput& output,
                                                               std::string_view bytes) {
    digest_into(output, context, digest, bytes);
  });
}

std::vector<Overload> digest_overloads(const char* name) {
  const auto prepare = [name](const CallSite&) { return prepare_digest(name); };
  return {prepared({"string"}, string_type, prepare), prepared({"bytes"}, string_type, prepare)};
}

std::array<std::uint32_t, 256> crc32_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0);
    table[i] = value;
  }
  return table;
}

std::int64_t crc32(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = crc32_table();
  std::uint32_t value = ~0u;
  for (const char byte : bytes)
    value = (value >> 8) ^ table[(value ^ static_cast<unsigned char>(byte)) & 0xFF];
  return static_cast<std::int64_t>(~value);
}

}  // namespace

void register_digests(FunctionRegistry& registry) {
  add(registry,
      {.name = "sha2",
       .family = family,
       .signature = "sha2(value string or bytes, bits int) -> string",
       .summary = "The SHA-2 digest of 224, 256, 384 or 512 bits (0 means 256), in hexadecimal digits.",
       .examples = {{"sha2('Spark', 256)",
                     "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"},
                    {"sha2('Spark', 0)", "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"},
                    {"sha2(NULL, 256)", "NULL"}},
       .overloads = {prepared({"string", "int"}, string_type, prepare_sha2),
                     prepared({"bytes", "int"}, string_type, prepare_sha2)},
       .expensive = true});
  add(registry, {.name = "sha1",
                 .aliases = {"sha"},
                 .family = family,
                 .signature = "sha1(value string or bytes) -> string",
                 .summary = "The SHA-1 digest in hexadecimal digits.",
                 .examples = {{"sha1('Spark')", "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"}},
                 .overloads = digest_overloads("SHA1"),
                 .expensive = true});
  add(registry, {.name = "md5",
                 .family = family,
                 .signature = "md5(value string or bytes) -> string",
                 .summary = "The MD5 digest in hexadecimal digits.",
                 .examples = {{"md5('Spark')", "8cde774d6f7333752ed72cacddb05126"}},
                 .overloads = digest_overloads("MD5"),
                 .expensive = true});
  const auto checksum = [](std::string_view bytes) { return crc32(bytes); };
  add(registry,
      {.name = "crc32",
       .family = family,
       .signature = "crc32(value string or bytes) -> bigint",
       .summary = "The CRC-32 checksum.",
       .examples = {{"crc32('Spark')", "1557323817"}},
       .overloads = {strict({"string"}, int64_type, checksum), strict({"bytes"}, int64_type, checksum)}});
}

}  // namespace weir

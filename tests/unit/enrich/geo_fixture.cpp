// geo_fixture.cpp — writers of geo databases for tests.
#include "tests/unit/enrich/geo_fixture.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "udf/enrich/enrich.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

void put_u32(std::string& bytes, std::size_t at, std::size_t value) {
  const auto number = static_cast<std::uint32_t>(value);
  std::memcpy(bytes.data() + at, &number, 4);
}

/// The address as the file has it: little-endian.
std::string little_endian(const std::string& address) {
  unsigned char bytes[16];
  const bool is_v4 = address.find(':') == std::string::npos;
  EXPECT_EQ(::inet_pton(is_v4 ? AF_INET : AF_INET6, address.c_str(), bytes), 1) << address;
  const std::string big(reinterpret_cast<const char*>(bytes), is_v4 ? 4 : 16);
  return {big.rbegin(), big.rend()};
}

std::size_t first16(const std::string& little) {
  const auto high = static_cast<unsigned char>(little[little.size() - 1]);
  const auto low = static_cast<unsigned char>(little[little.size() - 2]);
  return static_cast<std::size_t>(high) << 8 | low;
}

/// A table of rows of one family with its index; texts are appended to the file and pointed at.
class TableWriter {
 public:
  TableWriter(std::string& file, int columns) : file_(file), columns_(columns) {}

  void add(const BinRow& row) {
    std::string bytes = little_endian(row.first);
    starts_.push_back(first16(bytes));
    for (int column = 2; column <= columns_; ++column) {
      bytes.resize(bytes.size() + 4);
      put_u32(bytes, bytes.size() - 4, value_of(row, column));
    }
    rows_ += bytes;
  }

  /// Writes the table where the header at `header` tells of it.
  void finish(std::size_t header, std::size_t index_header) {
    if (starts_.empty()) return;
    const std::size_t index = file_.size();
    file_.resize(index + 65536 * 8);
    for (std::size_t top = 0; top < 65536; ++top) {
      std::size_t low = 0;
      std::size_t high = 0;
      for (std::size_t row = 0; row < starts_.size(); ++row) {
        if (starts_[row] < top) low = row;
        if (starts_[row] <= top) high = row;
      }
      put_u32(file_, index + top * 8, low);
      put_u32(file_, index + top * 8 + 4, high);
    }
    put_u32(file_, index_header, index + 1);
    put_u32(file_, header, starts_.size());
    put_u32(file_, header + 4, file_.size() + 1);
    file_ += rows_;
  }

 private:
  std::size_t value_of(const BinRow& row, int column) {
    if (const auto degrees = row.coordinates.find(column); degrees != row.coordinates.end()) {
      std::uint32_t bits;
      std::memcpy(&bits, &degrees->second, 4);
      return bits;
    }
    const auto text = row.texts.find(column);
    const std::size_t place = file_.size();
    const std::string value = text == row.texts.end() ? "-" : text->second;
    file_ += static_cast<char>(value.size());
    file_ += value;
    if (column == 2) {
      file_.resize(place + 3);  // the name stands three bytes behind the code
      file_ += static_cast<char>(row.country_name.size());
      file_ += row.country_name;
    }
    return place;
  }

  std::string& file_;
  int columns_;
  std::string rows_;
  std::vector<std::size_t> starts_;
};

}  // namespace

std::string bin_file(int type, int columns, const std::vector<BinRow>& rows) {
  std::string file(64, '\0');
  file[0] = static_cast<char>(type);
  file[1] = static_cast<char>(columns);
  file[2] = 25;
  file[3] = 7;
  file[4] = 1;
  file[29] = 1;
  TableWriter v4(file, columns);
  TableWriter v6(file, columns);
  for (const BinRow& row : rows) (row.first.find(':') == std::string::npos ? v4 : v6).add(row);
  v4.finish(5, 21);
  v6.finish(13, 25);
  put_u32(file, 31, file.size());
  return file;
}

std::string example_bin() {
  const BinRow nothing{"0.0.0.0", {}, "-", {{5, 0.0f}, {6, 0.0f}}};
  const BinRow google{"8.8.8.0",
                      {{2, "US"},     {3, "California"}, {4, "Mountain View"}, {7, "94043"},
                       {8, "-07:00"}, {9, "Google LLC"}, {10, "google.com"},   {11, "T1"},
                       {12, "1"},     {13, "650"},       {14, "USCA0746"},     {15, "Mountain View"},
                       {16, "310"},   {17, "004"},       {18, "Verizon"},      {19, "32"},
                       {20, "DCH"},   {21, "A"},         {22, "IAB19-11"},     {23, "Santa Clara County"},
                       {24, "15169"}, {25, "Google LLC"}},
                      "United States of America",
                      {{5, 37.40599f}, {6, -122.078514f}}};
  BinRow after = nothing;
  after.first = "8.8.9.0";
  BinRow nothing6 = nothing;
  nothing6.first = "::";
  BinRow google6 = google;
  google6.first = "2001:4860::";
  BinRow after6 = nothing;
  after6.first = "2001:4861::";
  return bin_file(26, 25, {nothing, google, after, nothing6, google6, after6});
}

namespace {

std::string with_type(int type, std::size_t size) {
  std::string bytes(1, static_cast<char>(type << 5 | static_cast<int>(size < 29 ? size : 29)));
  if (size >= 29) bytes += static_cast<char>(size - 29);
  return bytes;
}

std::string extended(int type, std::size_t size) {
  return std::string(1, static_cast<char>(size)) + static_cast<char>(type - 7);
}

}  // namespace

std::string mmdb_text(const std::string& text) { return with_type(2, text.size()) + text; }

std::string mmdb_double(double number) {
  char bytes[8];
  std::memcpy(bytes, &number, 8);
  return with_type(3, 8) +
         std::string(std::make_reverse_iterator(bytes + 8), std::make_reverse_iterator(bytes));
}

std::string mmdb_unsigned(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return with_type(6, 4) + bytes;
}

std::string mmdb_map(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string bytes = with_type(7, entries.size());
  for (const auto& [key, value] : entries) bytes += mmdb_text(key) + value;
  return bytes;
}

std::string mmdb_array(const std::vector<std::string>& elements) {
  std::string bytes = extended(11, elements.size());
  for (const std::string& element : elements) bytes += element;
  return bytes;
}

std::string mmdb_file(const std::string& network_first, int prefix_bits, int ip_version,
                      const std::string& record) {
  const std::string little = little_endian(network_first);
  std::string path(little.rbegin(), little.rend());
  // IPv4 networks lie at ::/96 of a tree for IPv6.
  const bool is_embedded = ip_version == 6 && path.size() == 4;
  if (is_embedded) path.insert(0, 12, '\0');
  const auto nodes = static_cast<std::uint32_t>(prefix_bits + (is_embedded ? 96 : 0));
  std::string tree;
  const auto put_record = [&](std::uint32_t value) {
    for (int shift = 16; shift >= 0; shift -= 8) tree += static_cast<char>(value >> shift);
  };
  for (std::uint32_t node = 0; node < nodes; ++node) {
    const bool goes_right = (static_cast<unsigned char>(path[node / 8]) >> (7 - node % 8) & 1) != 0;
    const std::uint32_t next = node + 1 < nodes ? node + 1 : nodes + 16;  // the data section's first record
    put_record(goes_right ? nodes : next);
    put_record(goes_right ? next : nodes);
  }
  const auto short_number = [](std::uint32_t number) {
    return with_type(5, 2) + static_cast<char>(number >> 8) + static_cast<char>(number);
  };
  const std::string metadata = mmdb_map({{"node_count", mmdb_unsigned(nodes)},
                                         {"record_size", short_number(24)},
                                         {"ip_version", short_number(static_cast<std::uint32_t>(ip_version))},
                                         {"database_type", mmdb_text("Test")},
                                         {"languages", mmdb_array({mmdb_text("en")})},
                                         {"binary_format_major_version", short_number(2)},
                                         {"binary_format_minor_version", short_number(0)},
                                         {"build_epoch", extended(9, 1) + "\x01"},
                                         {"description", mmdb_map({{"en", mmdb_text("a test")}})}});
  return tree + std::string(16, '\0') + record + "\xAB\xCD\xEFMaxMind.com" + metadata;
}

Folder::Folder() {
  static std::atomic<int> number = 0;
  path_ = fs::temp_directory_path() /
          ("weir_enrich_" + std::to_string(::getpid()) + "_" + std::to_string(++number));
  fs::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& bytes) const {
  const fs::path fresh = path_ / (name + ".new");
  std::ofstream(fresh, std::ios::binary) << bytes;
  fs::rename(fresh, path_ / name);
  return path(name);
}

fs::path shared_data() {
  const char* given = std::getenv("WEIR_SHARED");
  return (given != nullptr ? fs::path(given) : fs::path(WEIR_SOURCE_DIR) / ".." / "shared") / "data";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const FunctionRegistry& functions() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry;
    register_builtin_functions(*made);
    register_enrichment(*made);
    return made;
  }();
  return *registry;
}

std::vector<std::string> answers(const std::string& expression, const std::vector<std::string>& x) {
  Arena input(4096);
  ColumnWriter writer(string_type, static_cast<std::uint32_t>(x.size()), input);
  for (std::uint32_t row = 0; row < x.size(); ++row) {
    if (x[row] != "NULL") writer.set_text(row, x[row]);
  }
  const auto schema = std::make_shared<const Schema>(Schema{{{"x", string_type, true}}});
  const Batch batch{schema, {writer.finish()}, static_cast<std::uint32_t>(x.size())};
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(expression, {}, diagnostics);
  const ExpressionPtr bound =
      ast == nullptr ? nullptr : bind(*ast, Scope{schema.get(), "test"}, functions(), diagnostics);
  if (bound == nullptr) return {"refused: " + diagnostics.errors().front().message()};
  const auto program = Program::compile(std::span(&bound, 1));
  if (!program.ok()) return {"refused: " + program.error().message()};
  Arena arena;
  const Column column = program->evaluate(batch, arena, 1'730'419'200'000'000)[0];
  std::vector<std::string> found;
  for (std::uint32_t row = 0; row < x.size(); ++row) {
    const RowError* error = column.errors == nullptr ? nullptr : column.errors->find(row);
    found.push_back(error == nullptr ? to_text(value_at(column, row)) : "error " + error->code);
  }
  return found;
}

std::string answer(const std::string& expression) { return answers(expression).front(); }

std::string look_up(const GeoDatabase& database, const std::string& address, GeoField field) {
  const auto parsed = parse_ip_address(address);
  if (!parsed) return "malformed";
  const GeoRecord record = database.find(without_tunnel(*parsed));
  if (record == no_record) return "NULL";
  GeoDatabase::Scratch scratch;
  const auto text = database.text(record, field, scratch);
  return text ? std::string(*text) : "NULL";
}

std::optional<double> look_coordinate_up(const GeoDatabase& database, const std::string& address,
                                         GeoField field) {
  const GeoRecord record = database.find(parse_ip_address(address).value());
  return record == no_record ? std::nullopt : database.coordinate(record, field);
}

}  // namespace weir::testing

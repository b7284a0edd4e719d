// case_file.h — reads generated cases: one JSON object a line, as README.md describes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// One of the ways in which a case is run. All of them must give the same tables.
struct CaseWay {
  struct Dying {
    std::int64_t commit;
    bool is_after;
  };
  std::string name;
  std::size_t chunk_rows = 1024;
  std::vector<std::size_t> workers;       // of each run in turn; none: 1
  std::size_t writers = 1;
  std::size_t epoch_rows = 50'000;
  std::size_t state_memory = 0;           // bytes; 0: no limit
  std::uint64_t seed = 0;                 // of the order of splits and chunks
  std::vector<std::size_t> stops;         // a run for each: so many in a thousand of each split's records are there
  std::vector<Dying> deaths;              // of the runs in turn; a run that died is begun again
  std::string failpoints;                 // as in WEIR_FP
  bool more_to_come = false;              // of each run but those of the last stretch: what waits for its time goes on waiting
  bool looks_after_death = false;         // what the first run to die leaves behind is told too
};

struct GeneratedCase {
  std::string name;
  std::string pipeline;                                                            // YAML; ${DB} is the database
  std::map<std::string, std::map<std::string, std::vector<std::string>>> records;  // by type of source, then by split
  std::map<std::string, std::string> files;                                        // text by name; ${FILES} is their folder
  std::vector<std::pair<std::string, std::string>> queries;                        // (name, SQL) of what is looked at afterwards
  std::vector<CaseWay> ways;                                                       // none: the pipeline is only compiled
};

/// The next case, or nothing at the end. Throws std::runtime_error where the file is not of this form.
std::optional<GeneratedCase> read_case(std::istream& stream);

}  // namespace weir::testing

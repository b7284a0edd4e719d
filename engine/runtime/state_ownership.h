// state_ownership.h — makes this process the one that has a stateful pipeline's state.
#pragma once

#include <chrono>
#include <string>

#include "engine/component/store.h"
#include "engine/runtime/job_control.h"

namespace weir {

/// Claims the state's split, waiting while another live process has it (`patient`), or as a service error while the database is away. Nothing
/// where the job was stopped meanwhile, or the state is another's and nobody waits. Otherwise the position of the state, which this process owns as long as
/// its lease is renewed.
Result<std::optional<Position>> own_state(Store& store, const std::string& owner, std::chrono::milliseconds lease, bool patient,
                                          JobControl& control);

}  // namespace weir

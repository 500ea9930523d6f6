// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include "async/clock.h"
#include "catalog/catalog.h"
#include "keys/proxy_ca.h"

namespace strait::programs {

// The forward proxy's CA of the installation under `state_dir`, made when there is none yet, for
// AWS's domains as the catalog has them. Its certificate, which agents are to trust, is left in
// proxy_ca_file().
Result<std::unique_ptr<keys::ProxyCa>> open_proxy_ca(const std::filesystem::path& state_dir,
                                                     const catalog::Catalog& catalog,
                                                     const async::Clock& clock);
std::filesystem::path proxy_ca_file(const std::filesystem::path& state_dir);

}  // namespace strait::programs

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "keys/proxy_ca.h"
#include "net/tunnel.h"
#include "wire/proxy_host.h"

namespace strait::gateway {

// The forward proxy's answer to CONNECT: AWS endpoints of the catalog and nothing else, each with a
// certificate of this installation's own CA. One for all loops.
class ProxyHosts final : public net::TunnelHosts {
 public:
  ProxyHosts(std::shared_ptr<const catalog::Catalog> catalog, std::unique_ptr<keys::ProxyCa> ca)
      : catalog_(std::move(catalog)), ca_(std::move(ca)) {}

  Result<std::shared_ptr<net::ServerTls>> show(const std::string& host) override {
    CHECK_OK(wire::check_proxy_host(host, *catalog_));
    return ca_->leaf(host);
  }

 private:
  const std::shared_ptr<const catalog::Catalog> catalog_;
  const std::unique_ptr<keys::ProxyCa> ca_;
};

}  // namespace strait::gateway

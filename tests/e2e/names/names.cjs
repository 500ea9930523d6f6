// SPDX-License-Identifier: Apache-2.0
// What sitecustomize.py is to Python: names under strait.test are this machine.
const dns = require('node:dns');

const lookup = dns.lookup;
dns.lookup = (host, ...rest) => lookup(String(host).endsWith('.strait.test') ? '127.0.0.1' : host, ...rest);

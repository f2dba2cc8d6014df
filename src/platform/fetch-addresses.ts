import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { McpctlError } from '../core/errors.ts';

export interface AddressGuard {
  /** @throws ADDRESS_REFUSED when the host of a URL is written as an address that is not public. */
  checkLiteral(host: string): void;
  /** True for `localhost` and loopback addresses, when those are allowed. */
  isAllowedLoopback(host: string): boolean;
  /** For sockets: resolves a name and fails with ADDRESS_REFUSED when one of its addresses is not public. */
  readonly lookup: LookupFunction;
}

/** Addresses that mean something else on each machine or network (IANA's special-purpose registries). */
const NOT_PUBLIC = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // IPv6, with the ranges that carry an IPv4 address inside.
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/**
 * Keeps requests off this machine and its networks, where a hostile server could send them (metadata services,
 * routers, local programs). `allowed` lists exceptions: `loopback`, host names, addresses, and ranges such as
 * `10.1.0.0/16`. The check happens when a socket connects, so a name cannot change its mind in between.
 */
export function createAddressGuard(allowed: readonly string[]): AddressGuard {
  const blocked = listOf(NOT_PUBLIC);
  const loopback = listOf(LOOPBACK);
  const allowsLoopback = allowed.includes('loopback');
  const exceptions = listOf(allowed.filter((item) => isIP(item.split('/')[0] ?? '') > 0));
  const names = new Set(allowed.map(nameOf));
  if (allowsLoopback) names.add('localhost');

  const isRefused = (address: string): boolean =>
    contains(blocked, address) &&
    !contains(exceptions, address) &&
    !(allowsLoopback && contains(loopback, address));

  return {
    checkLiteral: (host) => {
      const address = host.replace(/^\[(.*)\]$/, '$1');
      if (isIP(address) && !names.has(address) && isRefused(address)) throw refusal(host, address);
    },
    isAllowedLoopback: (host) => {
      const address = nameOf(host);
      const isLoopback = address === 'localhost' || (isIP(address) > 0 && contains(loopback, address));
      return isLoopback && (allowsLoopback || names.has(address));
    },
    lookup: (hostname, options, callback) => {
      resolveName(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const bad = names.has(nameOf(hostname))
          ? undefined
          : addresses.find((each) => isRefused(each.address));
        if (bad) return callback(refusal(hostname, bad.address), '', 0);
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      });
    },
  };
}

function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refusal(host: string, address: string): McpctlError {
  const means = nameOf(host) === address || host === `[${address}]` ? '' : ` (${address})`;
  return new McpctlError(
    'ADDRESS_REFUSED',
    `${host}${means} is not a public address, so nothing was sent there.`,
    {
      hint: `If you trust it: mcpctl config set network.allowPrivate ${nameOf(host)}`,
      data: { host, address },
    },
  );
}

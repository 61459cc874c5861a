import { BlockList, isIP } from 'node:net';

/** Ranges that nobody on the open internet answers from (IANA's special-purpose registries). */
const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  // what stands for an address of the older kind could be any
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  special.addSubnet(network, prefix, 'ipv6');

/** All that is given out for the open internet; mapped and translated addresses of the older kind are outside of it. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Where clouds hand out a machine's own credentials, whatever else a network may hold. */
const metadata = new BlockList();
metadata.addSubnet('169.254.0.0', 16, 'ipv4');
metadata.addAddress('100.100.100.200', 'ipv4');
metadata.addAddress('168.63.129.16', 'ipv4');
metadata.addAddress('192.0.0.192', 'ipv4');
metadata.addSubnet('fe80::', 10, 'ipv6');
metadata.addAddress('fd00:ec2::254', 'ipv6');
metadata.addAddress('fd20:ce::254', 'ipv6');

/** Anybody's on the open internet. Of what is no address at all: false. */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4') && !isMetadataAddress(address);
  return family === 6 && globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
};

/** Nothing there is for a caller, not even where private networks are. */
export const isMetadataAddress = (address: string): boolean => {
  const plain = unmapped(address);
  const family = isIP(plain);
  return family !== 0 && metadata.check(plain, family === 6 ? 'ipv6' : 'ipv4');
};

/** "::ffff:169.254.169.254" and "::ffff:a9fe:a9fe" are the same place as "169.254.169.254". */
const unmapped = (address: string): string => {
  const [, dotted, high, low] =
    /^(?:::|(?:0+:){5})(?:ffff:)?(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(address) ??
    [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 0xff, second >> 8, second & 0xff].join('.');
};

import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const nearby = new BlockList();
nearby.addSubnet('10.0.0.0', 8, 'ipv4');
nearby.addSubnet('172.16.0.0', 12, 'ipv4');
nearby.addSubnet('192.168.0.0', 16, 'ipv4');
nearby.addSubnet('100.64.0.0', 10, 'ipv4');
nearby.addSubnet('fc00::', 7, 'ipv6');
nearby.addSubnet('fe80::', 10, 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/** Only this machine can reach it. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || isOn(loopback, host);

/** Within one machine or one's own network: names without a dot (containers) count as such. */
export const isNearby = (host: string): boolean =>
  isLoopback(host) ||
  isOn(nearby, host) ||
  (isIP(bare(host)) === 0 && (!host.includes('.') || /\.(local|internal|lan)$/i.test(host)));

/** Where clouds hand out a machine's own credentials: nothing that answers there is a model. */
export const isMetadataService = (host: string): boolean =>
  isOn(linkLocal, host) || /^(metadata|metadata\.google\.internal)$/i.test(host);

const isOn = (list: BlockList, host: string): boolean => {
  const address = bare(host);
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
};

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

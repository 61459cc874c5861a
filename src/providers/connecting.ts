import type { buildConnector as Connectors } from 'undici';
import { buildConnector, errors } from './undici.ts';

/**
 * Connects within the limit. The limit of the library itself is looked at twice a second only, which is
 * too late for whoever is to be asked instead; it takes the connection that came too late away.
 */
export const connectWithin = (limitMs: number): Connectors.connector => {
  const connect = buildConnector({ timeout: limitMs });
  return (options, callback) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      callback(new errors.ConnectTimeoutError(), null);
    }, limitMs);
    connect(options, (error, socket) => {
      clearTimeout(timer);
      if (isLate) socket?.destroy();
      else if (error) callback(error, null);
      else callback(null, socket);
    });
  };
};

import { z } from 'zod';
import { compose } from '../../app/compose.ts';
import { type Config, readConfig } from '../../app/config.ts';
import { findingText } from '../../app/config-findings.ts';
import { watchConfig } from '../../app/config-watch.ts';
import { createLog } from '../../telemetry/log.ts';
import { bannerText } from '../banner.ts';
import { configOf, configOption } from '../config-of.ts';
import { durationText } from '../figures.ts';
import { interruption } from '../interruption.ts';
import { announceUpstream } from '../simulated-upstream-file.ts';
import { startDoor } from '../start-door.ts';
import { terminalLog } from '../terminal-log.ts';
import { defineCommand, option } from './command.ts';

export const serve = defineCommand({
  name: 'serve',
  summary: 'Run the gateway.',
  details:
    'Ctrl-C (or SIGTERM) lets running answers end; a second one ends at once. The configuration is re-read when its file changes and at SIGHUP; address, ledger and log level need a restart. The file of the policy is re-read when it changes, too. Where standard output is no terminal, each exchange is logged as a line of JSON.',
  options: {
    config: configOption,
    port: option(
      '-p, --port <port>',
      'Port to listen on, stronger than the file. 0 takes a free one.',
      z.coerce.number().int().min(0).max(65_535).optional(),
    ),
    host: option(
      '--host <host>',
      'Address to listen on, stronger than the file.',
      z.string().min(1).optional(),
    ),
  },
  examples: ['tierwise serve', 'tierwise serve --config deploy/tierwise.yaml --port 8080'],
  run: async ({ options: { config: file, port, host } }, terminal) => {
    const overrides = { ...(port !== undefined && { port }), ...(host !== undefined && { host }) };
    const { config, reading } = configOf(file, terminal, { overrides });
    const { level } = config.log;
    const log = terminal.isOutputShown
      ? terminalLog(level, config.keys.length > 0, terminal)
      : createLog(level);
    const app = await compose(config, { world: terminal.world, log });
    const door = await startDoor(app).catch(async (cause: unknown) => {
      await app.close();
      throw cause;
    });
    const concealUpstream = announceUpstream(config.ledger.path, app.simulation()?.upstream.url);
    const banner = bannerText(app.current(), app.policy(), door.url, terminal.version, terminal);
    if (terminal.isOutputShown) terminal.print(banner);
    else terminal.tell(banner);
    const watch =
      config.file === undefined
        ? undefined
        : watchConfig(config.file, {
            read: () =>
              readConfig(file, { environment: terminal.environment, folder: terminal.folder, overrides }),
            text: reading.text,
            apply: async (next) => {
              await app.apply(next);
              const later = needsRestart(config, next);
              if (later.length > 0) log.warn(`${later.join(' and ')} will be in force after a restart.`);
            },
            told: (outcome, findings, cause) => {
              for (const finding of findings) log.warn(findingText(finding));
              if (outcome === 'applied') log.info('The configuration was re-read and is in force.');
              else
                log.warn(
                  `The new configuration was refused, the old one stays${cause instanceof Error ? `: ${cause.message}` : '.'}`,
                );
            },
          });
    await interruption(terminal.interrupted);
    watch?.close();
    concealUpstream();
    const { shutdownGraceMs } = app.current().config.server;
    terminal.tell(
      terminal.paintTold.dim(
        `\nStopping: running answers have ${durationText(shutdownGraceMs)} to end. Ctrl-C again ends them now.`,
      ),
    );
    await door.stop(shutdownGraceMs);
    await app.close();
  },
});

/** What is taken from the file at the start only, where it has changed since. */
const needsRestart = (running: Config, next: Config): readonly string[] => [
  ...(running.server.host !== next.server.host || running.server.port !== next.server.port
    ? ['The new address']
    : []),
  ...(JSON.stringify(running.ledger) !== JSON.stringify(next.ledger)
    ? ['the new settings of the ledger']
    : []),
  ...(running.log.level !== next.log.level ? ['the new log level'] : []),
];

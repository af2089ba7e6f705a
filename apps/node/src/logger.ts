import { pino, type Logger as Pino } from 'pino';
import pretty from 'pino-pretty';
import type { Logger, LogFields } from '@vsys/primitives';

/** JSON lines; on a terminal, text. */
export function createLogger(level: string, { terminal = process.stdout.isTTY === true, to = 1 }: { terminal?: boolean; /** A file descriptor. */ to?: 1 | 2 } = {}): Logger {
  const root = pino({ level, base: null }, terminal ? pretty({ colorize: process.env.NO_COLOR === undefined, ignore: 'pid,hostname', destination: to }) : pino.destination({ dest: to, sync: true }));
  return wrap(root);
}

function wrap(logger: Pino): Logger {
  const plain = (fields: LogFields | undefined): LogFields => fields ?? {};
  return {
    debug: (message, fields) => logger.debug(plain(fields), message),
    info: (message, fields) => logger.info(plain(fields), message),
    warn: (message, fields) => logger.warn(plain(fields), message),
    error: (message, fields) => logger.error(plain(fields), message),
    scope: (name) => wrap(logger.child({ part: name })),
  };
}

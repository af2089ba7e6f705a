import { say } from './output.ts';

/** Why it shall stop. Whoever asks by signal a second time does not want to wait: nothing is lost then either, the next start replays the block log. */
export function askedToStop(withStdin: boolean): Promise<string> {
  return new Promise((resolve) => {
    const once = (signal: NodeJS.Signals): void => {
      process.once(signal, () => {
        resolve(signal);
        for (const again of ['SIGINT', 'SIGTERM'] as const) {
          process.once(again, () => {
            say('not waiting any longer');
            process.exit(130);
          });
        }
      });
    };
    once('SIGINT');
    once('SIGTERM');
    if (!withStdin) return;
    process.stdin.on('end', () => resolve('stdin ended')).on('error', () => resolve('stdin ended')).resume();
  });
}

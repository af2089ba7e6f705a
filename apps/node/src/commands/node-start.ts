import type { Command } from 'commander';
import { addConfigOptions, configOf } from '../config-options.ts';
import { createLogger } from '../logger.ts';
import { say } from '../output.ts';
import { runNode } from '../run-node.ts';
import { version } from '../version.ts';

/** `vsys node start`: runs until it is told to stop. */
export function addNodeStart(group: Command): void {
  addConfigOptions(group.command('start').description('run the node of this folder until Ctrl-C; its log goes to stdout, as JSON where that is no terminal'))
    .option('--stop-with-stdin', 'stop too when stdin ends: for programs that start a node and may die before it')
    .action(async ({ stopWithStdin }: { stopWithStdin?: boolean }, command: Command) => {
      const { config } = configOf(command);
      const logger = createLogger(config.text('log.level'));
      const { node, rpcUrl, stop } = await runNode(config, logger);
      const { head, final } = node.chain;
      logger.info('the node is up', {
        version, chain: node.chain.spec.name, module: node.chain.spec.consensus.module, rpc: rpcUrl, p2p: node.network.addresses(), head: head.height, final: final.height,
      });
      logger.info(`stopping: ${await askedToStop(stopWithStdin === true)}`);
      await stop();
      logger.info('stopped');
    });
}

/** Why it shall stop. Whoever asks by signal a second time does not want to wait: nothing is lost then either, the next start replays the block log. */
function askedToStop(withStdin: boolean): Promise<string> {
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
